"""What events add to the statistics of items, as integers under the hour in which they arrived.

An event counts for its items and for the shop's totals; an interaction also pairs its item with what the visitor
touched before it in the session. What one visitor does with an item counts so often an hour, and no more.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from features.bounded import NOBODY, Counts, Mask, Tally
from features.columnar import indexes, item_ids
from features.compiled import jit
from features.facts import ACTION_OF, INTERACTION, NO_INDEX, SESSION_GAP_SECONDS, Action, Event, Records
from features.identity import hash64, session_hash

HOUR_SECONDS: Final = 3600.0
PAIR_WEIGHTS: Final = (60, 30, 20, 15, 12)  # 60/steps: recency as integers, so that sums are exact
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
_FIRST_COUNTER: Final = {
    "view_item_list": IMPRESSIONS.start,
    "select_item": CLICKS.start,
    "view_item": VIEWS,
    "add_to_cart": CARTS,
    "purchase": ORDERS,
}
NOTHING: Final = 0  # the action of a record that is no interaction, but fills up

INCREMENT: Final = np.dtype(
    [
        ("item", "<u8"),
        ("neighbour", "<u8"),  # 0: a counter
        ("hour", "<u4"),  # since 1970
        ("counter", "<u4"),
        ("amount", "<u8"),
    ]
)
# What an event asks to be counted as: its first counter, or, where it only pairs, a number of its own behind those.
_KINDS: Final = {name: COUNTERS + action for name, action in ACTION_OF.items()} | _FIRST_COUNTER
_PRIOR_BYTES: Final = PRIOR_RECORDS * INTERACTION.itemsize
_ACTED: Final = np.dtype([("item", "<u8"), ("time", "<f8"), ("session", "<u4"), ("hour", "<u4")])
_Acted: TypeAlias = tuple[int, float, int, int]


@dataclass(frozen=True, slots=True)
class Increments:
    """INCREMENT rows by item, hour, neighbour and counter: one order, whichever way the events came."""

    rows: Records
    refused: frozenset[int] = frozenset()  # places of the events whose items count no more for their visitor

    @property
    def items(self) -> list[int]:
        """The items that are added to, each once, ascending; SHOP comes first."""
        hashes: list[int] = np.unique(self.rows["item"]).tolist()
        return hashes

    def parts(self, at_once: int) -> Iterator["Increments"]:
        """Yield what is added to at most `at_once` items at a time."""
        starts = np.unique(self.rows["item"], return_index=True)[1][::at_once].tolist()
        for start, end in pairwise([*starts, len(self.rows)]):
            yield Increments(self.rows[start:end])


def increments_of(events: Iterable[tuple[Event, bytes]], tally: Tally) -> Increments:
    """Return what events add to items, and to the shop's totals under SHOP; no events add nothing.

    Each event comes with its visitor's last PRIOR_RECORDS interactions before it, packed. Without them, or with
    another number of items than one, an event makes no pairs. What `tally` does not let count adds nothing.
    """
    taken = _Taken()
    for place, (event, prior) in enumerate(events):
        taken.take(place, event, prior)
    lets = tally.let(taken.asked())
    rows = np.concatenate((taken.counts(lets), taken.pairs(lets)))
    return Increments(ordered(rows), taken.refused(lets))


class _Taken:
    """Events as they come: one row for each of their items."""

    def __init__(self) -> None:
        self._items: list[int] = []
        self._indexes: list[int] = []
        self._who: list[int] = []  # of each event,
        self._events: list[tuple[int, int, int, int]] = []  # its place, kind, hour, and how many items
        self._acted: list[_Acted] = []
        self._before: list[bytes] = []
        self._acts: list[int] = []  # rows

    def take(self, place: int, event: Event, prior: bytes) -> None:
        """Add an event; one without items, or of no kind that counts or pairs, adds nothing."""
        name, its_items = event["name"], event["items"]
        if not its_items or (kind := _KINDS.get(name)) is None:
            return
        hour = int(event["received_at"] // HOUR_SECONDS)
        visitor_id = event["visitor_id"]
        hashes = list(map(hash64, item_ids(its_items)))
        if prior and len(hashes) == 1 and name in ACTION_OF:
            self._acted.append((hashes[0], event["time"], session_hash(event["session_id"]), hour))
            self._before.append(prior)
            self._acts.append(len(self._items))
        who = NOBODY if visitor_id is None else hash64(visitor_id)
        self._who.append(who)
        self._events.append((place, kind, hour, len(hashes)))
        self._items += hashes
        self._indexes += _indexes(its_items, kind)

    def asked(self) -> Counts:
        """Return what asks to be counted."""
        (_, kinds, hours), sizes = self._columns()
        who = np.repeat(np.array(self._who, np.uint64), sizes)
        return Counts(who, np.array(self._items, np.uint64), kinds, hours)

    def counts(self, lets: Mask) -> Records:
        """Return one row per count of an item and one for the shop."""
        (_, kinds, hours), _ = self._columns()
        items, indexes = np.array(self._items, np.uint64), np.array(self._indexes, np.int64)
        kept = lets & (kinds < COUNTERS)
        first = kinds[kept]
        rows = np.zeros((2, len(first)), INCREMENT)
        rows["item"][1], rows["hour"], rows["amount"] = items[kept], hours[kept], 1
        rows["counter"] = first + np.where(first < VIEWS, slot_groups(indexes[kept]), 0)
        return rows.ravel()

    def pairs(self, lets: Mask) -> Records:
        """Return the rows of items that were touched one after the other."""
        kept = lets[self._acts]
        filled = b"".join([prior.rjust(_PRIOR_BYTES, b"\0") for prior in self._before])
        prior = np.frombuffer(filled, INTERACTION).reshape(-1, PRIOR_RECORDS)[kept]
        rows = np.zeros(2 * prior.size, INCREMENT)
        return rows[: _pair(np.array(self._acted, _ACTED)[kept], prior, rows)]

    def refused(self, lets: Mask) -> frozenset[int]:
        """Return the places of events none of whose items count."""
        if lets.all():
            return frozenset()
        (places, _, _), _ = self._columns()
        return frozenset(places.tolist()) - frozenset(places[lets].tolist())

    def _columns(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return place, kind and hour of the event of each row, shape (3, n), and how many rows each event has."""
        *columns, sizes = np.array(self._events, np.int64).reshape(-1, 4).T
        return np.repeat(columns, sizes, axis=1), sizes


def ordered(rows: Records) -> Records:
    """Return INCREMENT rows by item, hour, neighbour and counter."""
    return rows.take(np.lexsort((rows["counter"], rows["neighbour"], rows["hour"], rows["item"])))


def counts(name: str) -> bool:
    """Tell whether events of this name count for their items.

    >>> counts("view_item"), counts("search")
    (True, False)
    """
    return name in _FIRST_COUNTER


def slot_groups(indexes: Sequence[int]) -> npt.NDArray[np.int64]:
    """Return the group of each place in a list; the last group where the place is not known, which is negative.

    >>> slot_groups([0, 1, 2, 4, 11, 12, 400, -1]).tolist()
    [0, 1, 2, 3, 4, 5, 6, 7]
    """
    places = np.asarray(indexes, np.int64)
    return np.where(places < 0, GROUPS, np.searchsorted(SLOT_GROUP_STARTS, places, side="right")) - 1


def _indexes(items: Sequence[Mapping[str, Any]], counter: int) -> list[int]:
    """Return the places of an event's items; those of a listing are as they come, where it does not say."""
    if counter >= VIEWS:
        return [NO_INDEX] * len(items)
    if counter == IMPRESSIONS.start:
        return indexes(items)
    return [NO_INDEX if (index := item["index"]) is None else index for item in items]


@jit
def _pair(acted: Records, prior: Records, out: Records) -> int:
    """Pair each item with the distinct items before it in the session, the nearest heaviest; return the rows filled.

    A second look at the same item pairs nothing: otherwise ten image clicks would weigh as ten visitors.
    """
    filled = 0
    for row in range(len(acted)):
        others = _met_before(acted[row], prior[row])
        for steps in range(len(others)):
            for way in range(2):
                out[filled]["item"] = others[steps] if way else acted[row]["item"]
                out[filled]["neighbour"] = acted[row]["item"] if way else others[steps]
                out[filled]["hour"], out[filled]["amount"] = acted[row]["hour"], PAIR_WEIGHTS[steps]
                filled += 1
    return filled


@jit
def _met_before(act: np.void, prior: Records) -> npt.NDArray[np.uint64]:
    """Return the distinct other items among the interactions before an act, the nearest first."""
    met, count = np.empty(PRIOR_RECORDS, np.uint64), 0
    if prior[PRIOR_RECORDS - 1]["item"] == act["item"]:
        return met[:0]
    for step in range(PRIOR_RECORDS):
        other = prior[PRIOR_RECORDS - 1 - step]
        near = act["time"] - other["time"] <= SESSION_GAP_SECONDS and other["session"] == act["session"]
        is_item = other["action"] != NOTHING and other["action"] != Action.SEARCH
        known = other["item"] == act["item"] or (met[:count] == other["item"]).any()
        if near and is_item and not known:
            met[count] = other["item"]
            count += 1
    return met[:count]
