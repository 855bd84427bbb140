"""What a process knows about items: one row each, filled from the store or from the log's replay.

A row is good for rankings of the hour it was read for and, while the store answers, for `max_age_seconds`; a row that
is no longer good still ranks when the store is away. Readers take no lock: a row is written whole, in one assignment.
"""

from collections.abc import Mapping, Sequence
from math import inf, nan
from threading import Lock
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from features.attributes import SLOTS, Attribute, slots_of
from features.candidates import Candidates, Listing
from features.columns.popularity import Counts
from features.facts import KnownItem, Records
from features.identity import hash64
from features.statistics import NEIGHBOURS, visible, visible_hour
from features.table import STANDING, standing

ROW: Final = np.dtype(
    [
        ("item", "<u8"),
        ("price", "<f4"),
        ("in_stock", "<f4"),
        ("catalogued", "?"),
        ("created_at", "<f8"),
        ("slots", "<u2", (SLOTS,)),
        ("standing", "<f4", (len(STANDING),)),
        ("neighbours", "<u8", (NEIGHBOURS,)),
        ("weights", "<f4", (NEIGHBOURS,)),
        ("hour", "<i8"),
        ("read_at", "<f8"),
    ]
)
_NOTHING_KNOWN: Final = 0  # the row of an item that was never read
_NEVER: Final = -(2**62)
_FIRST_CAPACITY: Final = 1024


class ItemRead(NamedTuple):
    """An item as the store, or the replayed log, has it; None where the catalogue does not hold it."""

    item_id: str
    catalogue: Mapping[str, Any] | None
    statistics: bytes | None  # the packed record


class ItemTable:
    """Item rows of one shop."""

    def __init__(
        self, attributes: tuple[Attribute, ...], *, max_age_seconds: float = inf, rows_kept: int = 200_000
    ) -> None:
        self.attributes = attributes
        self._max_age_seconds = max_age_seconds
        self._rows_kept = rows_kept
        self._lock = Lock()
        self._no_slots = slots_of(None, attributes)
        self._forget_all()

    def missing(self, item_ids: Sequence[str], at: float, now: float) -> list[str]:
        """Return the ids whose rows must be read before a ranking as of `at`; `now` is the process's own clock."""
        places = self._places(item_ids)  # before the rows: they only grow ahead of the places
        rows = self._rows[places]
        good = (rows["hour"] == visible_hour(at)) & (rows["read_at"] >= now - self._max_age_seconds)
        if good.all():
            return []
        return [item_ids[i] for i in np.nonzero(~good)[0].tolist()]

    def put(self, read: Sequence[ItemRead], shop: bytes | None, at: float, now: float) -> None:
        """Keep items as read at `now`, with the statistics of their shop, for rankings as of `at`."""
        hour = visible_hour(at)
        rows = self._blank(len(read))
        rows["hour"], rows["read_at"] = hour, now
        rows["item"] = [hash64(item.item_id) for item in read]
        seen = visible([shop, *(item.statistics for item in read)], hour)
        rows["standing"] = standing(Counts(seen.counts[1:], seen.counts[0]))
        rows["neighbours"], rows["weights"] = seen.neighbours[1:], seen.weights[1:]
        for row, item in zip(rows, read, strict=True):
            if item.catalogue is not None:
                row["catalogued"] = True
                row["price"], row["in_stock"], row["created_at"] = _stated(item.catalogue)
                row["slots"] = slots_of(item.catalogue, self.attributes)
        with self._lock:
            for row, item in zip(rows, read, strict=True):
                place = self._place_of(item.item_id)  # may grow the rows: before they are looked up
                self._rows[place] = row

    def know(self, item_id: str) -> KnownItem:
        """Return an item's price (NaN where unknown) and slots, for the interactions that an event adds."""
        row = self._rows[self._place.get(item_id, _NOTHING_KNOWN)]
        return float(row["price"]), tuple(row["slots"].tolist())

    def forget(self, item_ids: Sequence[str]) -> None:
        """Have rows read again: their catalogue entry changed."""
        with self._lock:
            self._rows["hour"][[self._place[i] for i in item_ids if i in self._place]] = _NEVER

    def holds(self, item_ids: Sequence[str]) -> bool:
        """Tell whether each item was ever read, however long ago: enough to rank while the store is away."""
        return bool(self._places(item_ids).all())

    def uncatalogued(self, item_ids: Sequence[str]) -> list[str]:
        """Return the ids that were looked up in the catalogue and are not in it."""
        places = self._places(item_ids)
        unknown = ~self._rows["catalogued"][places] & (places != _NOTHING_KNOWN)
        return [item_ids[i] for i in np.nonzero(unknown)[0].tolist()]

    def candidates(self, listing: Listing) -> Candidates:
        """Return the listing as columns; what the call says wins over what is known."""
        places = self._places(listing.item_ids)
        rows = self._rows[places]
        for i, said in enumerate(listing.said):
            if said is not None:
                self._override(rows[i : i + 1], said)
        for i in np.nonzero(rows["item"] == 0)[0].tolist():
            rows["item"][i] = hash64(listing.item_ids[i])
        return Candidates(
            item=np.ascontiguousarray(rows["item"]),
            price=np.ascontiguousarray(rows["price"]),
            in_stock=np.ascontiguousarray(rows["in_stock"]),
            created_at=np.ascontiguousarray(rows["created_at"]),
            slots=np.ascontiguousarray(rows["slots"]),
            standing=rows["standing"],
            neighbours=rows["neighbours"],
            weights=rows["weights"],
        )

    def _places(self, item_ids: Sequence[str]) -> npt.NDArray[np.intp]:
        place = self._place
        return np.array([place.get(i, _NOTHING_KNOWN) for i in item_ids], np.intp)

    def _override(self, row: Records, said: Mapping[str, Any]) -> None:
        for name, value in zip(("price", "in_stock", "created_at"), _stated(said), strict=True):
            if value == value:  # noqa: PLR0124  # not NaN, without a call
                row[name] = value
        if any(said.get(name) is not None for name in _DESCRIBING):
            fresh = np.array(slots_of(said, self.attributes), np.uint16)
            stated = fresh != self._no_slots
            row["slots"][0, stated] = fresh[stated]

    def _place_of(self, item_id: str) -> int:
        """Return the item's row, a new one where it has none; called under the lock."""
        if (place := self._place.get(item_id)) is not None:
            return place
        if len(self._place) + 1 >= self._rows_kept:
            self._forget_all()
        place = len(self._place) + 1
        if place == len(self._rows):
            self._rows = np.concatenate((self._rows, self._blank(len(self._rows))))
        self._place[item_id] = place
        return place

    def _forget_all(self) -> None:
        """Start afresh: at the bound every row is read again, which is rarer and simpler than ageing each."""
        self._rows = self._blank(_FIRST_CAPACITY)
        self._place: dict[str, int] = {}

    def _blank(self, capacity: int) -> Records:
        rows = np.zeros(capacity, ROW)
        rows["price"] = rows["in_stock"] = rows["created_at"] = nan
        rows["slots"] = self._no_slots
        rows["hour"] = _NEVER
        return rows


_DESCRIBING: Final = ("item_category", "item_brand", "attributes")


def described(catalogue: Mapping[str, Any] | None, attributes: tuple[Attribute, ...]) -> KnownItem:
    """Return price (NaN where unknown) and slots of a catalogue entry; None: the catalogue does not hold it."""
    return (nan if catalogue is None else _stated(catalogue)[0]), slots_of(catalogue, attributes)


def _stated(item: Mapping[str, Any]) -> tuple[float, float, float]:
    """Return price, stock (0 or 1) and creation time, NaN for what is not stated."""
    price, in_stock, created_at = item.get("price"), item.get("in_stock"), item.get("created_at")
    return (
        nan if price is None else price,
        nan if in_stock is None else float(in_stock),
        nan if created_at is None else created_at,
    )
