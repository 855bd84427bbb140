"""A circuit breaker around the store, or a part of it: where it does not answer, nobody waits to find out again."""

import logging
from collections.abc import Callable
from threading import Lock
from typing import Final, TypeVar

from features.store.protocol import Backlog, PartUnavailable, StoreUnavailable

FIRST_SECONDS: Final = 0.1  # open for this long after a first failure: a pause of the server is no outage
PROMPT_SECONDS: Final = (
    0.01  # a failure within this time cost nobody any waiting: it is a refusal, not a delay
)
PATIENCE_SECONDS: Final = 0.02  # a failure to answer in less says more about the caller's deadline
LATE_CALLS: Final = 3  # so many in a row that were waited for in vain are an outage; one is a busy moment
LONGEST_SECONDS: Final = 1.0  # twice as long after each probe that fails, up to this
_LOG: Final = logging.getLogger(__name__)

T = TypeVar("T")


class Circuit:
    """Closed while the store answers; open from its failure to the next probe that succeeds. `name` is for the log."""

    def __init__(
        self,
        timer: Callable[[], float],
        on_change: Callable[[bool], None] = lambda _: None,
        name: str = "the store",
    ) -> None:
        self._timer = timer
        self._on_change = on_change
        self._name = name
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
        A store that refuses to grow (Backlog) answers, and opens nothing; nor does one that is away in part, because
        its parts have circuits of their own.
        """
        self.admit()
        began = self._timer()
        try:
            result = call()
        except (Backlog, PartUnavailable):
            self.succeeded()
            raise
        except StoreUnavailable as error:
            if patient:
                self.failed(error, self._timer() - began)
            raise
        self.succeeded()
        return result

    def admit(self) -> None:
        """Return if the store may be asked now; raise StoreUnavailable at once while it may not."""
        if self._next_probe is not None and not self._may_probe():
            raise StoreUnavailable(f"{self._name} did not answer a moment ago")

    def _may_probe(self) -> bool:
        """Let one of the calls that come after the wait through, and have the others wait on."""
        with self._lock:
            now = self._timer()
            if self._next_probe is None or now >= self._next_probe:
                self._next_probe = now + self._wait
                return True
            return False

    def succeeded(self) -> None:
        """Note that the store answered."""
        self._late = 0
        if self._next_probe is None:
            return
        with self._lock:
            was_open, self._next_probe, self._wait = self._next_probe is not None, None, FIRST_SECONDS
        if was_open:
            self._on_change(True)  # noqa: FBT003 - up
            _LOG.warning("%s answers again", self._name)

    def failed(self, error: Exception, waited_seconds: float) -> None:
        """Note that the store did not answer a call that waited so long for it."""
        late = waited_seconds > PROMPT_SECONDS
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
            _LOG.error("%s does not answer: %s", self._name, error)
