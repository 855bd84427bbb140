"""A circuit breaker around the store: where it does not answer, the next request does not wait to find out."""

import logging
from collections.abc import Callable
from threading import Lock
from typing import Final, TypeVar

from features.store.protocol import Backlog, StoreUnavailable

FIRST_SECONDS: Final = 0.1  # open for this long after a first failure: a pause of the server is no outage
PROMPT_SECONDS: Final = (
    0.01  # a failure within this time cost nobody any waiting: it is a refusal, not a delay
)
LATE_CALLS: Final = 3  # so many in a row that were waited for in vain are an outage; one is a busy moment
LONGEST_SECONDS: Final = 1.0  # twice as long after each probe that fails, up to this
_LOG: Final = logging.getLogger(__name__)

T = TypeVar("T")


class Circuit:
    """Closed while the store answers; open from its failure to the next probe that succeeds."""

    def __init__(
        self, timer: Callable[[], float], on_change: Callable[[bool], None] = lambda _: None
    ) -> None:
        self._timer = timer
        self._on_change = on_change
        self._lock = Lock()
        self._next_probe: float | None = None  # None while closed
        self._wait = FIRST_SECONDS
        self._late = 0

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
        began = self._timer()
        try:
            result = call()
        except Backlog:
            self._succeeded()
            raise
        except StoreUnavailable as error:
            if patient:
                self._failed(error, late=self._timer() - began > PROMPT_SECONDS)
            raise
        self._succeeded()
        return result

    def _may_probe(self) -> bool:
        """Let one of the calls that come after the wait through, and have the others wait on."""
        with self._lock:
            now = self._timer()
            if self._next_probe is None or now >= self._next_probe:
                self._next_probe = now + self._wait
                return True
            return False

    def _succeeded(self) -> None:
        self._late = 0
        if self._next_probe is None:
            return
        with self._lock:
            was_open, self._next_probe, self._wait = self._next_probe is not None, None, FIRST_SECONDS
        if was_open:
            self._on_change(True)  # noqa: FBT003 - up
            _LOG.warning("the store answers again")

    def _failed(self, error: StoreUnavailable, *, late: bool) -> None:
        with self._lock:
            was_closed = self._next_probe is None
            self._late += late
            if was_closed and late and self._late < LATE_CALLS:
                return
            if not was_closed:
                self._wait = min(2 * self._wait, LONGEST_SECONDS)
            self._next_probe = self._timer() + self._wait
        if was_closed:
            self._on_change(False)  # noqa: FBT003 - down
            _LOG.error("the store does not answer: %s", error)
