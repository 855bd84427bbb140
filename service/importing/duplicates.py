"""Which rows the log has already: an import that is repeated adds nothing."""

from collections import OrderedDict, defaultdict
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from features.log.ids import SeenIds
from features.log.place import Log, date_of
from features.log.reader import ids_on
from service.importing.intake import Intake

_DATES_KEPT: Final = 60  # dates whose ids are held at once, eight bytes each


class Duplicates:
    """The ids in a shop's log of one kind, date by date, read when the date first comes up."""

    def __init__(self, log: Log, shop: str, intake: Intake) -> None:
        self._log = log
        self._shop = shop
        self._intake = intake
        self._dates: OrderedDict[str, SeenIds] = OrderedDict()

    def without(self, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the rows that neither the log nor an earlier call has had, and count them as had."""
        places: dict[str, list[int]] = defaultdict(list)
        for place, row in enumerate(rows):
            places[date_of(row["received_at"])].append(place)
        new = np.zeros(len(rows), np.bool_)
        for date, group in places.items():
            new[group] = self._on(date).add([self._intake.id_of(rows[place]) for place in group])
        return [row for row, is_new in zip(rows, new.tolist(), strict=True) if is_new]

    def _on(self, date: str) -> SeenIds:
        if date in self._dates:
            self._dates.move_to_end(date)
            return self._dates[date]
        seen = self._dates[date] = SeenIds()
        for ids in ids_on(self._log, self._shop, self._intake.kind, date):
            seen.add(ids)
        if len(self._dates) > _DATES_KEPT:
            self._dates.popitem(last=False)
        return seen
