"""A circuit breaker around the store: where it does not answer, the next request does not wait to find out."""

import logging
from collections.abc import Callable
from threading import Lock
from typing import Final, TypeVar

from features.store.protocol import Backlog, StoreUnavailable

PROBE_SECONDS: Final = 0.5  # while open, one call per this time tries the store
_LOG: Final = logging.getLogger(__name__)

T = TypeVar("T")


class Circuit:
    """Closed while the store answers; open from a failure to the next probe that succeeds."""

    def __init__(
        self, timer: Callable[[], float], on_change: Callable[[bool], None] = lambda _: None
    ) -> None:
        self._timer = timer
        self._on_change = on_change
        self._lock = Lock()
        self._next_probe: float | None = None  # None while closed

    @property
    def closed(self) -> bool:
        """Whether the store answered last time."""
        return self._next_probe is None

    def run(self, call: Callable[[], T], *, patient: bool = True) -> T:
        """Call the store, or raise StoreUnavailable at once while the circuit is open.

        A call that was not `patient` gave the store too little time for its failure to say anything about it.
        A store that refuses to grow (Backlog) answers, and opens nothing.
        """
        if self._next_probe is not None and not self._may_probe():
            raise StoreUnavailable("the store did not answer a moment ago")
        try:
            result = call()
        except Backlog:
            self._change(closed=True)
            raise
        except StoreUnavailable as error:
            if patient:
                self._change(closed=False, why=str(error))
            raise
        self._change(closed=True)
        return result

    def _may_probe(self) -> bool:
        with self._lock:
            now = self._timer()
            if self._next_probe is None or now >= self._next_probe:
                self._next_probe = now + PROBE_SECONDS
                return True
            return False

    def _change(self, *, closed: bool, why: str = "") -> None:
        if closed and self._next_probe is None:
            return
        with self._lock:
            was_closed = self._next_probe is None
            self._next_probe = None if closed else self._timer() + PROBE_SECONDS
        if was_closed == closed:
            return
        self._on_change(closed)
        if closed:
            _LOG.warning("the store answers again")
        else:
            _LOG.error("the store does not answer: %s", why)
