"""What events add to the statistics of items, as integers under the hour in which they arrived.

An event counts for its items and for the shop's totals; an interaction also pairs its item with what the visitor
touched before it in the session.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

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
_PRIOR_BYTES: Final = PRIOR_RECORDS * INTERACTION.itemsize
_ACTED: Final = np.dtype([("item", "<u8"), ("time", "<f8"), ("session", "<u4"), ("hour", "<u4")])
_Acted: TypeAlias = tuple[int, float, int, int]


@dataclass(frozen=True, slots=True)
class Increments:
    """INCREMENT rows by item, hour, neighbour and counter: one order, whichever way the events came."""

    rows: Records

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


def increments_of(events: Iterable[tuple[Event, bytes]]) -> Increments:
    """Return what events add to items, and to the shop's totals under SHOP; no events add nothing.

    Each event comes with its visitor's last PRIOR_RECORDS interactions before it, packed. Without them, or with
    another number of items than one, an event makes no pairs.
    """
    items: list[int] = []
    indexes: list[int] = []
    counters: list[tuple[int, int, int]] = []  # first counter of its kind, hour, how many items
    acted: list[_Acted] = []
    before: list[bytes] = []
    for event, prior in events:
        if not (its_items := event["items"]):
            continue
        name, hour = event["name"], int(event["received_at"] // HOUR_SECONDS)
        hashes = [hash64(item["item_id"]) for item in its_items]
        if (counter := _FIRST_COUNTER.get(name)) is not None:
            items += hashes
            indexes += _indexes(its_items, counter)
            counters.append((counter, hour, len(hashes)))
        if prior and len(hashes) == 1 and name in ACTION_OF:
            acted.append((hashes[0], event["time"], session_hash(event["session_id"]), hour))
            before.append(prior)
    return Increments(_sorted(np.concatenate((_counts(items, indexes, counters), _pairs(acted, before)))))


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
        return [place if (index := item["index"]) is None else index for place, item in enumerate(items)]
    return [NO_INDEX if (index := item["index"]) is None else index for item in items]


def _counts(items: list[int], indexes: list[int], counters: list[tuple[int, int, int]]) -> Records:
    """Return one row per count of an item and one for the shop."""
    first, hours, repeats = np.array(counters, np.int64).reshape(-1, 3).T
    first = np.repeat(first, repeats)
    rows = np.zeros((2, len(items)), INCREMENT)
    rows["item"][1], rows["hour"], rows["amount"] = items, np.repeat(hours, repeats), 1
    rows["counter"] = first + np.where(first < VIEWS, slot_groups(indexes), 0)
    return rows.ravel()


def _pairs(acted: list[_Acted], before: list[bytes]) -> Records:
    filled = b"".join([prior.rjust(_PRIOR_BYTES, b"\0") for prior in before])
    prior = np.frombuffer(filled, INTERACTION).reshape(-1, PRIOR_RECORDS)
    rows = np.zeros(2 * prior.size, INCREMENT)
    return rows[: _pair(np.array(acted, _ACTED), prior, rows)]


def _sorted(rows: Records) -> Records:
    return rows.take(np.lexsort((rows["counter"], rows["neighbour"], rows["hour"], rows["item"])))


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
