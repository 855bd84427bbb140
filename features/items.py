"""What a process knows about items: one row each, filled from the store or from the log's replay.

A row is good for rankings of the hour it was read for and, while the store answers, for `max_age_seconds`; a row that
is no longer good still ranks when the store is away. Readers take no lock: rows are read and written by kernels, which
no other thread interrupts, and places and rows are replaced together.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import repeat
from math import inf, nan
from sys import intern
from threading import Lock
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from features.attributes import SLOTS, Attribute, slots_of
from features.candidates import Candidates, Listing
from features.columns.popularity import FIGURES, popularity
from features.compiled import jit
from features.facts import KnownItem, Records
from features.identity import hash64
from features.statistics import NEIGHBOURS, SHOP_DELAY_HOURS, visible, visible_hour

ROW: Final = np.dtype(
    [
        ("item", "<u8"),
        ("price", "<f4"),
        ("in_stock", "<f4"),
        ("catalogued", "?"),
        ("created_at", "<f8"),
        ("slots", "<u2", (SLOTS,)),
        ("standing", "<f4", (FIGURES,)),
        ("neighbours", "<u8", (NEIGHBOURS,)),
        ("weights", "<f4", (NEIGHBOURS,)),
        ("hour", "<i8"),
        ("read_at", "<f8"),
    ],
    align=True,
)
_BYTES: Final = np.dtype((np.void, ROW.itemsize))  # a row that numpy copies whole, not field by field
_NOTHING_KNOWN: Final = 0  # the row of an item that was never read
_NEVER: Final = -(2**62)
_Indices: TypeAlias = npt.NDArray[np.int64]
Statistics: TypeAlias = Callable[[Sequence[int]], Sequence[bytes | None]]  # packed records, by hash


class ItemRead(NamedTuple):
    """An item as the store, or the replayed log, has it; None where the catalogue, or the statistics, do not."""

    item_id: str
    catalogue: Mapping[str, Any] | None
    statistics: bytes | None  # the packed record


class _State(NamedTuple):
    """The row of each item; the first row is that of an item nobody knows."""

    places: dict[str, int]
    rows: Records  # of ROW

    def places_of(self, item_ids: Sequence[str]) -> _Indices:
        return np.fromiter(map(self.places.get, item_ids, repeat(_NOTHING_KNOWN)), np.int64, len(item_ids))

    def rows_at(self, places: _Indices) -> Records:
        rows = np.empty(len(places), ROW)
        _read(self.rows, places, rows)
        return rows

    def rows_of(self, item_ids: Sequence[str]) -> Records:
        return self.rows_at(self.places_of(item_ids))


class ItemTable:
    """Item rows of one shop, some 550 bytes each.

    All `rows_kept` are laid out at once, so that no ranking waits for a table to grow; the system gives memory only to
    those that are written.
    """

    def __init__(
        self, attributes: tuple[Attribute, ...], *, max_age_seconds: float = inf, rows_kept: int = 200_000
    ) -> None:
        self.attributes = attributes
        self._max_age_seconds = max_age_seconds
        self._rows_kept = rows_kept
        self._lock = Lock()
        self._no_slots = slots_of(None, attributes)
        self._state = self._empty()

    def missing(self, item_ids: Sequence[str], at: float, now: float) -> list[str]:
        """Return the ids whose rows must be read before a ranking as of `at`; `now` is the process's own clock."""
        state = self._state
        places = state.places_of(item_ids)
        count = _keep_stale(state.rows, places, visible_hour(at), now - self._max_age_seconds)
        return [item_ids[i] for i in places[:count].tolist()]

    def put(
        self,
        read: Sequence[ItemRead],
        shop: bytes | None,
        at: float,
        now: float,
        beside: Sequence[str] = (),
    ) -> None:
        """Keep items as read at `now`, with the statistics of their shop, for rankings as of `at`.

        At `rows_kept` items the table starts afresh, with these and with what it holds of those `beside` them in the
        call: to read every other row again is rarer and simpler than ageing each.
        """
        rows = self._blank(len(read))
        rows["item"] = [hash64(item.item_id) for item in read]
        rows["read_at"] = now
        _see(rows, [item.statistics for item in read], shop, at)
        self._describe(rows, read)
        with self._lock:
            self._keep([item.item_id for item in read], rows, beside)

    def recount(self, item_ids: Sequence[str], statistics: Statistics, shop: bytes | None, at: float) -> None:
        """Keep items that the table holds, for rankings as of `at`, with the statistics of their hashes.

        What the catalogue says of them stays as it was put: who knows of its changes has them put again.
        """
        state = self._state
        places = state.places_of(item_ids)
        rows = state.rows_at(places)
        _see(rows, statistics(rows["item"].tolist()), shop, at)
        with self._lock:
            _write(state.rows, places, rows)

    def know(self, item_id: str) -> KnownItem:
        """Return an item's price (NaN where unknown) and slots, for the interactions that an event adds."""
        row = self._state.rows_of((item_id,))[0]
        return float(row["price"]), tuple(row["slots"].tolist())

    def forget(self, item_ids: Iterable[str]) -> None:
        """Have rows read again: their catalogue entry changed."""
        with self._lock:
            places, rows = self._state
            rows["hour"][[places[i] for i in item_ids if i in places]] = _NEVER

    def holds(self, item_ids: Sequence[str]) -> bool:
        """Tell whether each item was ever read, however long ago: enough to rank while the store is away."""
        return bool(self._state.places_of(item_ids).all())

    def uncatalogued(self, item_ids: Sequence[str]) -> list[str]:
        """Return the ids that were looked up in the catalogue and are not in it."""
        state = self._state
        places = state.places_of(item_ids)
        count = _keep_uncatalogued(state.rows, places)
        return [item_ids[i] for i in places[:count].tolist()]

    def candidates(self, listing: Listing) -> Candidates:
        """Return the listing as columns; what the call says wins over what is known.

        An item that was never read is what the call says about it, and nothing else.
        """
        rows = self._state.rows_of(listing.item_ids)
        if any(listing.said):
            self._say(rows, listing.said)
        item = rows["item"].copy()
        if np.count_nonzero(item) < len(item):
            for i in np.nonzero(item == 0)[0].tolist():
                rows["item"][i] = item[i] = hash64(listing.item_ids[i])
        return Candidates(rows, item)

    def _say(self, rows: Records, listing: Iterable[Mapping[str, Any] | None]) -> None:
        """Write what the call says of each item over what is known."""
        prices, stock, created = rows["price"], rows["in_stock"], rows["created_at"]
        for i, said in enumerate(listing):
            if said is None:
                continue
            get = said.get
            if (price := get("price")) is not None:
                prices[i] = price
            if (in_stock := get("in_stock")) is not None:
                stock[i] = in_stock
            if (created_at := get("created_at")) is not None:
                created[i] = created_at
            if get("attributes") or get("item_category") or get("item_brand") or get("item_name"):
                fresh = np.array(slots_of(said, self.attributes), np.uint16)
                stated = fresh != self._no_slots
                rows["slots"][i, stated] = fresh[stated]

    def _describe(self, rows: Records, read: Sequence[ItemRead]) -> None:
        """Fill in what the catalogue says; the rows are blank."""
        entries = [item.catalogue for item in read]
        if any(entry is not None for entry in entries):
            rows["catalogued"] = [entry is not None for entry in entries]
            stated = np.array([_stated(entry or {}) for entry in entries])
            rows["price"], rows["in_stock"], rows["created_at"] = stated.T
            slots = [slot for entry in entries for slot in slots_of(entry, self.attributes)]
            rows["slots"] = np.array(slots, np.uint16).reshape(-1, SLOTS)

    def _keep(self, item_ids: Sequence[str], rows: Records, beside: Sequence[str] = ()) -> None:
        """Write the rows of items, and only then tell where those of new ones are; called under the lock."""
        new = [item_id for item_id in dict.fromkeys(item_ids) if item_id not in self._state.places]
        if len(self._state.places) + len(new) >= len(self._state.rows):
            stay = [i for i in set(beside).difference(item_ids) if i in self._state.places]
            rows = np.concatenate([rows, self._state.rows_of(stay)])
            item_ids = [*item_ids, *stay]
            new = list(dict.fromkeys(item_ids))
            self._state = self._empty(len(new))
        first = len(self._state.places) + 1
        added = dict(zip(map(intern, new), range(first, first + len(new)), strict=True))
        places = [added.get(i) or self._state.places[i] for i in item_ids]
        _write(self._state.rows, np.array(places, np.int64), rows)
        self._state.places.update(added)

    def _empty(self, at_least: int = 0) -> _State:
        rows = np.zeros(1 + max(at_least, self._rows_kept), ROW)
        rows[:1] = self._blank(1)
        return _State({}, rows)

    def _blank(self, capacity: int) -> Records:
        row = np.zeros(1, ROW)
        row["price"] = row["in_stock"] = row["created_at"] = nan
        row["slots"], row["hour"] = self._no_slots, _NEVER
        return row.view(_BYTES).repeat(capacity).view(ROW)


def _see(rows: Records, statistics: Sequence[bytes | None], shop: bytes | None, at: float) -> None:
    """Fill in what rankings as of `at` see of the statistics."""
    hour = visible_hour(at)
    seen = visible(statistics, hour)
    whole = visible([shop], hour - SHOP_DELAY_HOURS)
    rows["hour"] = hour
    rows["standing"] = popularity(seen.counts, whole.counts[0])
    rows["neighbours"], rows["weights"] = seen.neighbours, seen.weights


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


@jit
def _keep_stale(rows: Records, places: _Indices, hour: int, since: float) -> int:
    """Put the indices of places whose rows are of another hour, or were read before `since`, first; count them."""
    count = 0
    for i in range(len(places)):
        row = rows[places[i]]
        if row["hour"] != hour or row["read_at"] < since:
            places[count] = i
            count += 1
    return count


@jit
def _keep_uncatalogued(rows: Records, places: _Indices) -> int:
    """Put the indices of places whose items were read, and are in no catalogue, first; count them."""
    count = 0
    for i in range(len(places)):
        row = rows[places[i]]
        if row["item"] != 0 and not row["catalogued"]:
            places[count] = i
            count += 1
    return count


@jit
def _read(rows: Records, places: _Indices, read: Records) -> None:
    for i in range(len(places)):
        read[i] = rows[places[i]]


@jit
def _write(rows: Records, places: _Indices, new: Records) -> None:
    for i in range(len(places)):
        rows[places[i]] = new[i]
