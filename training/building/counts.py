"""What all visitors together add to the statistics of items, hour by hour, counted before any listing is replayed."""

from collections.abc import Iterable, Sequence
from math import nan
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from features.attributes import SLOTS
from features.compiled import jit
from features.facts import Event, KnownItem, Records, interactions_of
from features.increments import HOUR_SECONDS, INCREMENT, Increments, ordered
from features.replay import PRIOR_BYTES, OwnCounts
from features.statistics import counted
from training.building.files import whole

_KEYS: Final = ("item", "hour", "neighbour", "counter")
_ROWS_AT_ONCE: Final = 2_000_000  # of all shards, 32 bytes each, while they are added up

Places: TypeAlias = npt.NDArray[np.int64]


class Given:
    """Counts of all visitors, written down before, by item and hour; what a replay takes in itself is among them.

    An item is counted when it is read, not with every hour: most items of a shop are of no interest to a shard in most
    hours.
    """

    def __init__(self, rows: Records) -> None:
        self._rows, self._hour = rows, 0
        self._items, done = np.unique(np.ascontiguousarray(rows["item"]), return_index=True)
        self._done: Places = done.astype(np.int64)
        self._ends: Places = np.append(self._done[1:], len(rows)).astype(np.int64)
        self._records: list[bytes | None] = [None] * len(self._items)

    def take(self, event: Event, prior: bytes) -> None:
        """Count nothing: it is counted."""

    def reach(self, hour: int) -> None:
        """Remember which hours count."""
        self._hour = hour

    def records(self, items: Sequence[int]) -> list[bytes | None]:
        """Count what hours that are over add to these items, and return their statistics."""
        wanted = np.array(items, np.uint64)
        place = np.searchsorted(self._items, wanted)
        is_counted = place < len(self._items)
        is_counted[is_counted] = self._items[place[is_counted]] == wanted[is_counted]
        self._count(np.unique(place[is_counted]))
        found = zip(place.tolist(), is_counted.tolist(), strict=True)
        return [self._records[at] if known else None for at, known in found]

    def _count(self, places: Places) -> None:
        """Count what hours that are over add to the items at these places, ascending."""
        if not (size := _due(self._rows, self._hour, places, self._done, self._ends)):
            return
        rows = np.empty(size, INCREMENT)
        added = places[_take_due(self._rows, self._hour, places, (self._done, self._ends), rows)].tolist()
        records = counted([self._records[place] for place in added], Increments(rows), self._hour)
        for place, record in zip(added, records, strict=True):
            self._records[place] = record


@jit
def _end(rows: Records, hour: int, start: int, end: int) -> int:
    """Return where the rows of an item, from `start` on, are no more of hours before `hour`."""
    while start < end and rows[start]["hour"] < hour:
        start += 1
    return int(start)


@jit
def _due(rows: Records, hour: int, places: Places, done: Places, ends: Places) -> int:
    """Return how many rows of the items at these places are of hours that are over, and not counted yet."""
    size = 0
    for place in places:
        size += _end(rows, hour, done[place], ends[place]) - done[place]
    return size


@jit
def _take_due(
    rows: Records, hour: int, places: Places, bounds: tuple[Places, Places], out: Records
) -> Places:
    """Copy those rows, which are counted from now on, and return the indices of the places that have some."""
    done, ends = bounds
    found, count, filled = np.empty(len(places), np.int64), 0, 0
    for i in range(len(places)):
        start = done[places[i]]
        end = _end(rows, hour, start, ends[places[i]])
        for row in range(start, end):
            out[filled] = rows[row]
            filled += 1
        if end > start:
            found[count], done[places[i]] = i, end
            count += 1
    return found[:count]


def counts_of(events: Iterable[Event]) -> Records:
    """Return what events, in the order of `received_at`, add to items: INCREMENT rows in their usual order.

    Of each visitor the last interactions are kept, which pairs are drawn from; what the catalogue says is not asked.
    """
    own, hours, reached = OwnCounts(), list[Records](), 0
    done: dict[str, bytes] = {}
    for event in events:
        if (hour := int(event["received_at"] // HOUR_SECONDS)) > reached:
            hours += [summed(each.rows) for each in own.upto(hour)]
            reached = hour
        visitor = event["visitor_id"]
        prior = b"" if visitor is None else done.get(visitor, b"")
        own.take(event, prior)
        if added := interactions_of(event, _nothing_known):
            done[visitor] = (prior + added)[-PRIOR_BYTES:]
    hours += [summed(each.rows) for each in own.upto(reached + 1)]
    return ordered(np.concatenate([np.zeros(0, INCREMENT), *hours]))


def _nothing_known(_: str) -> KnownItem:
    return nan, (0,) * SLOTS


def summed(rows: Records) -> Records:
    """Return rows in their usual order, with those that add to the same counter in the same hour as one."""
    if not len(rows):
        return rows
    changes = np.zeros(len(rows), np.bool_)
    changes[0] = True
    for key in _KEYS:
        changes[1:] |= rows[key][1:] != rows[key][:-1]
    starts = np.flatnonzero(changes)
    found: Records = rows[starts]
    found["amount"] = np.add.reduceat(rows["amount"], starts)
    return found


def merge(parts: Sequence[Path], into: Path, rows_at_once: int = _ROWS_AT_ONCE) -> None:
    """Add up the counts of all shards, some items at a time, into one file of rows in their usual order."""
    shards = [np.load(part, mmap_mode="r") for part in parts]
    items = [np.ascontiguousarray(shard["item"]) for shard in shards]
    pieces = 1 + sum(map(len, shards)) // rows_at_once
    edges = np.array([piece * 2**64 // pieces for piece in range(1, pieces)], np.uint64)
    cuts = [[0, *np.searchsorted(each, edges).tolist(), len(each)] for each in items]
    with whole(into) as file:
        for piece in range(pieces):
            rows = [shard[cut[piece] : cut[piece + 1]] for shard, cut in zip(shards, cuts, strict=True)]
            file.write(summed(ordered(np.concatenate(rows))).tobytes())


def merged(path: Path) -> Records:
    """Return the rows of a file that `merge` wrote, mapped."""
    if not path.stat().st_size:
        return np.zeros(0, INCREMENT)
    return np.memmap(path, INCREMENT, "r")
