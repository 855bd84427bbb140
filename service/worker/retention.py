"""The log no longer than it may be kept: dates beyond their retention go, file by file.

It counts from when a fact was received. Of what was imported it counts from the import: a history that is older would
be gone within the hour, before anybody had learned from it.
"""

from typing import Final

from features.log.kind import Kind
from features.log.place import date_of
from features.log.visitor import KINDS
from features.log.writer import remove
from service.worker.held import Held

KEPT_FOR_A_TIME: Final[tuple[Kind, ...]] = (
    KINDS  # those about visitors; a rebuild needs the others from the beginning
)
_DAY_SECONDS: Final = 86_400.0
_BATCHES_A_SECOND: Final = 1_000.0  # a batch is numbered by the millisecond that it was written in


class Retention:
    """Which dates may stay."""

    def __init__(self, days: int) -> None:
        self._days = days

    def first_date(self, now: float) -> str:
        """Return the oldest date that stays: of a fact that is `days` old now, or younger.

        >>> Retention(395).first_date(1_795_348_800.0)
        '2025-10-23'
        """
        return date_of(now - self._days * _DAY_SECONDS)

    def step(self, held: Held, now: float) -> None:
        """Remove what is too old. What is half done when the process dies is done the next time."""
        first = self.first_date(now)
        for kind in KEPT_FOR_A_TIME:
            parts = held.log.parts(held.shop, kind) + held.log.covered(held.shop, kind)
            for part in parts:
                if part.date < first and date_of(part.batch / _BATCHES_A_SECOND) < first:
                    remove(held.log, part)
