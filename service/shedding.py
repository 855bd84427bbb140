"""Events are put off while rankings are late: a page waits for a ranking, nobody waits for an event."""

import logging
from collections.abc import Callable
from typing import Final

WINDOW_SECONDS: Final = 1.0
LATE_SHARE: Final = 0.2  # of the rankings of a window
LEAST: Final = 50  # rankings that the share is of, where there were fewer: a single pause sheds nothing
REST_SECONDS: Final = 1.0  # that events are put off for
_LOG: Final = logging.getLogger(__name__)


class Shedding:
    """What one process saw of its rankings in the last second; `timer` is in seconds, only differences mean something.

    Late is a ranking that took longer than the installation's own deadline, whatever its caller set: nobody can have
    events refused by asking for the impossible.
    """

    def __init__(self, timer: Callable[[], float], late_seconds: float) -> None:
        self._timer = timer
        self._late_seconds = late_seconds
        self._began = float("-inf")
        self._rankings = self._late = 0
        self._until = float("-inf")

    def ranked(self, seconds: float) -> None:
        """Take how long a ranking took. Two threads may lose one: no harm."""
        now = self._timer()
        if now - self._began >= WINDOW_SECONDS:
            self._began, self._rankings, self._late = now, 0, 0
        self._rankings += 1
        self._late += seconds > self._late_seconds
        if self._late >= LATE_SHARE * max(self._rankings, LEAST):
            if now >= self._until:
                _LOG.warning("%d of %d rankings are late: events wait", self._late, self._rankings)
            self._until = now + REST_SECONDS

    @property
    def sheds(self) -> bool:
        """Whether events are put off now."""
        return self._timer() < self._until
