"""What became of an item: counters by hour and the items met beside it, visible from the hour's close.

Everything is an integer under a UTC hour, so that sums are the same in any order and a replay equals what was served,
to the bit. An hour counts from GRACE_SECONDS after its close: a worker that is late by less changes no ranking.

Packed record: `<QHHHH` (batch last applied, rows of hours, of days, of pairs, 0), then the rows: BUCKET per hour
(the last 48), BUCKET per day (the last 31), PAIR per neighbour and hour (hour 0: all closed hours, the 32 heaviest).
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from struct import Struct
from typing import Final, NamedTuple, TypeAlias

import numba as nb
import numpy as np
import numpy.typing as npt

from features.facts import ACTION_OF, SESSION_GAP_SECONDS, Action, Event, Records
from features.identity import hash64, session_hash

GRACE_SECONDS: Final = 900.0
HOUR_SECONDS: Final = 3600.0
NEIGHBOURS: Final = 32
PAIR_WEIGHTS: Final = (60, 30, 20, 15, 12)  # 60/steps: recency as integers, see the module docstring
PRIOR_RECORDS: Final = len(PAIR_WEIGHTS)  # interactions before an event that its pairs are drawn from
SHOP: Final = 0  # the hash under which a shop's own totals stand; no item of ours has it

SLOT_GROUP_STARTS: Final = (0, 1, 2, 3, 6, 12, 25)  # clicks fall fast at the top of a list, slowly below
GROUPS: Final = len(SLOT_GROUP_STARTS) + 1  # the last: a click whose index is not known
IMPRESSIONS: Final = slice(0, GROUPS)
CLICKS: Final = slice(GROUPS, 2 * GROUPS)
VIEWS: Final = 2 * GROUPS
CARTS: Final = VIEWS + 1
ORDERS: Final = VIEWS + 2
COUNTERS: Final = VIEWS + 3
WINDOW_DAYS: Final = (1, 7, 30)

_HOURS_KEPT: Final = 48
_DAYS_KEPT: Final = 31
_CLOSED: Final = 0
_COUNTER_OF: Final = {"view_item": VIEWS, "add_to_cart": CARTS, "purchase": ORDERS}

BUCKET: Final = np.dtype([("at", "<u4"), ("counts", "<u4", (COUNTERS,))])
PAIR: Final = np.dtype([("neighbour", "<u8"), ("hour", "<u4"), ("weight", "<u4")])
_HEADER: Final = Struct("<QHHHH")
_BUCKET_ROW: Final = Struct(f"<{1 + COUNTERS}I")
_PRIOR: Final = Struct("<QdI4xB15x")  # of an INTERACTION: item, time, session, action


def visible_hour(at: float) -> int:
    """Return the first hour (since 1970) that a ranking at `at` does not see yet.

    >>> visible_hour(7200 + 899.0), visible_hour(7200 + 900.0)
    (1, 2)
    """
    return int((at - GRACE_SECONDS) // HOUR_SECONDS)


@dataclass(slots=True)
class Increment:
    """What one batch adds to one item in one hour."""

    counts: list[int] = field(default_factory=lambda: [0] * COUNTERS)
    pairs: dict[int, int] = field(default_factory=lambda: defaultdict(int))  # neighbour's hash -> weight


Increments: TypeAlias = dict[int, dict[int, Increment]]  # item's hash -> hour -> what it adds


class Visible(NamedTuple):
    """An item's statistics as of one hour."""

    counts: npt.NDArray[np.int64]  # (windows, COUNTERS)
    neighbours: npt.NDArray[np.uint64]  # (NEIGHBOURS,), 0 where there is none; heaviest first
    weights: npt.NDArray[np.float32]  # (NEIGHBOURS,)


@dataclass(frozen=True, slots=True)
class Statistics:
    """One item's counters and neighbours; `with_increments` returns the next state."""

    batch: int = 0
    hours: Records = field(default_factory=lambda: np.zeros(0, BUCKET))
    days: Records = field(default_factory=lambda: np.zeros(0, BUCKET))
    pairs: Records = field(default_factory=lambda: np.zeros(0, PAIR))

    @classmethod
    def from_bytes(cls, record: bytes | None) -> "Statistics":
        """Unpack a record; nothing stored is an item nothing happened to."""
        if not record:
            return _NOTHING
        batch, hours, days, pairs, _ = _HEADER.unpack_from(record)
        offset = _HEADER.size
        parts = []
        for dtype, count in ((BUCKET, hours), (BUCKET, days), (PAIR, pairs)):
            parts.append(np.frombuffer(record, dtype, count, offset))
            offset += dtype.itemsize * count
        return cls(batch, *parts)

    def to_bytes(self) -> bytes:
        """Pack for the store."""
        header = _HEADER.pack(self.batch, len(self.hours), len(self.days), len(self.pairs), 0)
        return b"".join((header, self.hours.tobytes(), self.days.tobytes(), self.pairs.tobytes()))

    def with_increments(self, increments: Mapping[int, Increment], batch: int) -> "Statistics":
        """Return the state after a batch; the same batch applied again changes nothing."""
        if batch <= self.batch:
            return self
        hours, days, pairs = self.hours, self.days, self.pairs
        for hour in sorted(increments):
            hours, days = _counted(hours, days, hour, increments[hour].counts)
            pairs = _paired(pairs, hour, increments[hour].pairs)
        return Statistics(batch, hours, days, pairs)

    def visible(self, hour: int) -> Visible:
        """Return what a ranking sees whose `visible_hour` is `hour`."""
        counts = np.zeros((len(WINDOW_DAYS), COUNTERS), np.int64)
        if len(self.hours):
            _add_windows(self.hours["at"], self.hours["counts"], hour, 1, counts)
        if len(self.days):
            _add_windows(self.days["at"], self.days["counts"], hour, 24, counts)
        neighbours, weights = np.zeros(NEIGHBOURS, np.uint64), np.zeros(NEIGHBOURS, np.float32)
        seen = self.pairs[self.pairs["hour"] < max(hour, 1)]
        if len(seen):
            heaviest = seen if not seen["hour"].any() else _heaviest(_merged(seen))
            neighbours[: len(heaviest)] = heaviest["neighbour"]
            weights[: len(heaviest)] = heaviest["weight"]
        return Visible(counts, neighbours, weights)


_NOTHING: Final = Statistics()  # never changed: one serves all items nothing happened to


def increments_of(events: Iterable[tuple[Event, bytes]]) -> Increments:
    """Return what events add to items, and to the shop's totals under SHOP.

    Each event comes with the visitor's last PRIOR_RECORDS interactions before it, packed.
    """
    increments: Increments = defaultdict(lambda: defaultdict(Increment))
    for event, before in events:
        hour = int(event["received_at"] // HOUR_SECONDS)
        items = event["items"] or ()
        shop = increments[SHOP][hour]
        for shown, item in enumerate(items):
            if (counter := _counter(event["name"], item["index"], shown)) is not None:
                increments[hash64(item["item_id"])][hour].counts[counter] += 1
                shop.counts[counter] += 1
        if before and len(items) == 1:
            for item_hash, other, weight in _pairs(event, before):
                increments[item_hash][hour].pairs[other] += weight
                increments[other][hour].pairs[item_hash] += weight
    return increments


def slot_group(index: int | None) -> int:
    """Return the group of a place in a list; the last group where the place is not known.

    >>> [slot_group(i) for i in (0, 1, 2, 4, 11, 12, 400, None)]
    [0, 1, 2, 3, 4, 5, 6, 7]
    """
    if index is None or index < 0:
        return GROUPS - 1
    return bisect_right(SLOT_GROUP_STARTS, index) - 1


def _counter(name: str, index: int | None, shown: int) -> int | None:
    """Return the counter that an event adds to for one of its items."""
    if name == "view_item_list":
        return slot_group(shown if index is None else index)
    if name == "select_item":
        return CLICKS.start + slot_group(index)
    return _COUNTER_OF.get(name)


def _pairs(event: Event, before: bytes) -> Iterator[tuple[int, int, int]]:
    """Pair the event's item with the distinct items before it in the session, the nearest heaviest.

    A second look at the same item pairs nothing: otherwise ten image clicks would weigh as ten visitors.
    """
    if event["name"] not in ACTION_OF:
        return
    item, session = hash64(event["items"][0]["item_id"]), session_hash(event["session_id"])
    met: list[int] = []
    for steps, (other, time, its_session, action) in enumerate(reversed(list(_PRIOR.iter_unpack(before)))):
        if other == item and steps == 0:
            return
        near = event["time"] - time <= SESSION_GAP_SECONDS and its_session == session
        if near and action != Action.SEARCH and other != item and other not in met:
            met.append(other)
    for other, weight in zip(met, PAIR_WEIGHTS, strict=False):
        yield item, other, weight


def _counted(hours: Records, days: Records, hour: int, counts: list[int]) -> tuple[Records, Records]:
    """Add to one hour; hours beyond _HOURS_KEPT fold into their day, days beyond _DAYS_KEPT go."""
    hours = _added(hours, hour, counts)
    newest = int(hours["at"][-1])
    if int(hours["at"][0]) + _HOURS_KEPT > newest:
        return hours, days
    old = hours["at"] + _HOURS_KEPT <= newest
    for row in hours[old]:
        days = _added(days, int(row["at"]) // 24, row["counts"].tolist())
    return hours[~old], days[days["at"] + _DAYS_KEPT >= newest // 24]


def _added(rows: Records, at: int, counts: Sequence[int]) -> Records:
    """Return rows, sorted by `at`, with counts added to one of them.

    Bytes are joined, not arrays: joining arrays of records costs ten times as much, and an import joins millions.
    """
    place = int(np.searchsorted(rows["at"], at)) if len(rows) else 0
    if place < len(rows) and rows["at"][place] == at:
        rows = rows.copy()
        rows["counts"][place] += np.asarray(counts, np.uint32)
        return rows
    parts = (rows[:place].tobytes(), _BUCKET_ROW.pack(at, *counts), rows[place:].tobytes())
    return np.frombuffer(b"".join(parts), BUCKET)


def _paired(pairs: Records, hour: int, weights: Mapping[int, int]) -> Records:
    """Add pairs to one hour; hours that every ranking from now on sees fold into the closed ones."""
    if not weights:
        return pairs
    by_hour = _by_hour(pairs)
    for neighbour, weight in weights.items():
        by_hour[hour][neighbour] += weight
    newest = max(by_hour)
    past = [h for h in by_hour if h != _CLOSED and h + 1 < newest]
    for old in past:
        for neighbour, weight in by_hour.pop(old).items():
            by_hour[_CLOSED][neighbour] += weight
    rows = {h: _rows(by_hour[h], h) for h in sorted(by_hour)}
    if past:
        rows[_CLOSED] = _heaviest(rows[_CLOSED])
    return np.concatenate(list(rows.values()))


def _by_hour(pairs: Records) -> dict[int, dict[int, int]]:
    by_hour: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for neighbour, hour, weight in pairs.tolist():
        by_hour[hour][neighbour] += weight
    return by_hour


def _merged(pairs: Records) -> Records:
    """Return one row per neighbour, all hours summed, in the hour _CLOSED."""
    weights: dict[int, int] = defaultdict(int)
    for neighbour, _, weight in pairs.tolist():
        weights[neighbour] += weight
    return _rows(weights, _CLOSED)


def _rows(weights: Mapping[int, int], hour: int) -> Records:
    rows = np.zeros(len(weights), PAIR)
    rows["neighbour"], rows["weight"], rows["hour"] = list(weights), list(weights.values()), hour
    return rows


def _heaviest(pairs: Records) -> Records:
    """Return the NEIGHBOURS heaviest rows, heaviest first, ties by neighbour."""
    order = np.lexsort((pairs["neighbour"], -pairs["weight"].astype(np.int64)))
    return pairs[order[:NEIGHBOURS]]


@nb.njit(cache=True)
def _add_windows(ats, counts, hour, hours_per_row, out):  # type: ignore[no-untyped-def]  # numba infers
    """Add to `out` (windows, counters) the rows that each window, ending before `hour`, holds.

    The first window is the last 24 hours, the others whole days back: the same whether a row is an hour or a folded day.
    """
    today = hour // 24
    for i in range(len(ats)):
        at = np.int64(ats[i]) * hours_per_row
        if at >= hour:
            continue
        age_days = today - at // 24
        within = (hours_per_row == 1 and at >= hour - 24, age_days <= 7, age_days <= 30)
        for window in range(3):
            if within[window]:
                for c in range(counts.shape[1]):
                    out[window, c] += counts[i, c]
