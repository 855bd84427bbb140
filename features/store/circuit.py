"""Circuit breakers around the store, or a part of it: where it does not answer, nobody waits to find out again."""

import logging
from collections.abc import Callable
from threading import Lock, Thread
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


def in_a_thread(question: Callable[[], None]) -> None:
    """Have a thread ask that lives for one question."""
    Thread(target=question, daemon=True, name="circuit").start()


class Circuit:
    """Closed while the store answers; open from its failure to the next probe that succeeds. `name` is for the log.

    Without a `probe`, one of the calls that come is it. With one, which raises StoreUnavailable, calls never are:
    `begin` has it run beside them, and a call that was late has it run at once, while all others do without the store.
    """

    def __init__(
        self,
        timer: Callable[[], float],
        on_change: Callable[[bool], None] = lambda _: None,
        name: str = "the store",
        *,
        probe: Callable[[], object] | None = None,
        begin: Callable[[Callable[[], None]], None] = in_a_thread,
    ) -> None:
        self._timer = timer
        self._on_change = on_change
        self._name = name
        self._probe = probe
        self._begin = begin
        self._lock = Lock()
        self._next_probe: float | None = None  # None while closed
        self._is_told = False  # that the store is away; not while a late call alone says so
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
        if self._next_probe is None:
            return
        if self._may_probe():
            if self._probe is None:
                return
            self._begin(self._ask)
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
        """Note that the store answered a call."""
        self._late = 0
        if self._next_probe is not None:
            self._close()

    def _close(self) -> None:
        with self._lock:
            was_told, self._is_told = self._is_told, False
            self._next_probe, self._wait = None, FIRST_SECONDS
        if was_told:
            self._on_change(True)  # noqa: FBT003 - up
            _LOG.warning("%s answers again", self._name)

    def failed(self, error: Exception, waited_seconds: float) -> None:
        """Note that the store did not answer a call that waited so long for it."""
        late = waited_seconds > PROMPT_SECONDS
        with self._lock:
            was_closed = self._next_probe is None
            self._late += late
            is_doubt = was_closed and late and self._late < LATE_CALLS
            if is_doubt and self._probe is not None:
                self._next_probe = self._timer() + self._wait
        if not is_doubt and (was_closed or self._probe is None):
            self._open(error)
        elif is_doubt and self._probe is not None:
            self._begin(self._ask)

    def _open(self, error: Exception) -> None:
        """Have the next probe come after a while, longer each time."""
        with self._lock:
            was_told, self._is_told = self._is_told, True
            if was_told:
                self._wait = min(2 * self._wait, LONGEST_SECONDS)
            self._next_probe = self._timer() + self._wait
        if not was_told:
            self._on_change(False)  # noqa: FBT003 - down
            _LOG.error("%s does not answer: %s", self._name, error)

    def _ask(self) -> None:
        """Ask the store beside the calls. That it answers does not make calls in time that were not."""
        assert self._probe is not None  # noqa: S101 - nobody else begins it
        try:
            self._probe()
        except (Backlog, PartUnavailable):
            self._close()
        except StoreUnavailable as error:
            self._open(error)
        else:
            self._close()


class Circuits:
    """Two around one store: a store that is late is away for who has a deadline, and not for who can wait.

    `probe` asks the store for an answer in the time that the hurried bear. Who can wait probes by its own calls.
    """

    def __init__(
        self,
        timer: Callable[[], float],
        on_change: Callable[[bool], None],
        name: str,
        probe: Callable[[], object],
        begin: Callable[[Callable[[], None]], None] = in_a_thread,
    ) -> None:
        def hurried_changed(up: bool) -> None:  # noqa: FBT001 - as on_change
            if up:
                self.patient.succeeded()
            on_change(up)

        self.patient = Circuit(timer, on_change, name)
        self.hurried = Circuit(timer, hurried_changed, f"{name}, for rankings,", probe=probe, begin=begin)

    @property
    def closed(self) -> bool:
        """Whether the store answered last time, and in time."""
        return self.patient.closed and self.hurried.closed
