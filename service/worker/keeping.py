"""What is done to a shop's log beside adding to it: erasures, as soon as they are asked for, and what time brings."""

from typing import Final, Protocol

from service.worker.compacting import Compacting
from service.worker.erasing import Erasing
from service.worker.held import Held
from service.worker.retention import Retention

ROUND_SECONDS: Final = 3600.0  # how often the log is looked through for what is too old, or too small


class Keeping(Protocol):
    """Work on the log that waits for its moment."""

    def is_due(self, now: float) -> bool:
        """Whether there is any."""

    def step(self, held: Held, now: float) -> bool:
        """Do about a second of it; True if there is more. Raises OSError where the log cannot be written."""


class Nothing:
    """No such work: for tests of the other."""

    def is_due(self, now: float) -> bool:  # noqa: ARG002 - it never is
        """Return False."""
        return False

    def step(self, held: Held, now: float) -> bool:  # noqa: ARG002 - nothing to do
        """Return False."""
        return False


NOTHING: Final = Nothing()


class LogKeeping:
    """The keeping of one shop's log."""

    def __init__(self, erasing: Erasing, compacting: Compacting, retention: Retention) -> None:
        self._erasing = erasing
        self._compacting = compacting
        self._retention = retention
        self._went_round_at = float("-inf")

    def is_due(self, now: float) -> bool:
        """Whether an erasure was asked for, or an hour has passed."""
        return not 0.0 <= now - self._went_round_at < ROUND_SECONDS or self._erasing.waits()

    def step(self, held: Held, now: float) -> bool:
        """Rewrite some files for who is erased; once an hour, remove what is too old and merge what is small."""
        if self._erasing.step(held, now):
            return True
        if not 0.0 <= now - self._went_round_at < ROUND_SECONDS:
            self._retention.step(held, now)
            if self._compacting.step(held, now):
                return True
            self._went_round_at = now
        return False


class Several:
    """Several kinds of work, one after the other."""

    def __init__(self, *keepings: Keeping) -> None:
        self._keepings = keepings

    def is_due(self, now: float) -> bool:
        """Whether there is any."""
        return any(keeping.is_due(now) for keeping in self._keepings)

    def step(self, held: Held, now: float) -> bool:
        """Do a piece of each that is due; True if there is more of any."""
        more = [keeping.step(held, now) for keeping in self._keepings if keeping.is_due(now)]
        return any(more)
