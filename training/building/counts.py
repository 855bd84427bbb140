"""What all visitors together add to the statistics of items, hour by hour, counted before any listing is replayed."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from features.attributes import Attribute
from features.facts import Event, Records
from features.increments import INCREMENT, Increments, ordered
from features.log.reader import Fact
from features.log.schema import Kind
from features.replay import OwnCounts, Replay
from training.building.files import whole

_END: Final = 2**31  # an hour after all others
_KEYS: Final = ("item", "neighbour", "counter")  # of one hour


class Recorded:
    """Counts of a replay that are written down, hour by hour, and seen by nobody."""

    def __init__(self) -> None:
        self.hours: list[Records] = []
        self._own = OwnCounts()

    def take(self, event: Event, prior: bytes) -> None:
        """Count an event."""
        self._own.take(event, prior)

    def upto(self, hour: int) -> Iterator[Increments]:
        """Write down the hour that is over; nothing is yielded."""
        self.hours += [summed(each.rows) for each in self._own.upto(hour)]
        return iter(())


class Given:
    """Counts of all visitors, written down before; what a replay takes in itself is among them."""

    def __init__(self, rows: Records) -> None:
        self._rows = rows
        self._hours: npt.NDArray[np.uint32] = np.ascontiguousarray(rows["hour"])
        self._done = 0

    def take(self, event: Event, prior: bytes) -> None:
        """Count nothing: it is counted."""

    def upto(self, hour: int) -> Iterator[Increments]:
        """Yield what each hour before `hour` adds, that was not yielded yet."""
        end = int(np.searchsorted(self._hours, hour))
        while self._done < end:
            start = self._done
            self._done = int(np.searchsorted(self._hours, self._hours[start], side="right"))
            yield Increments(np.array(self._rows[start : self._done]))


def counts_of(facts: Iterable[Fact], attributes: tuple[Attribute, ...]) -> Records:
    """Return what the visitors of a shard add, INCREMENT rows by hour and then in their usual order."""
    recorded = Recorded()
    replay = Replay(attributes, recorded)
    for fact in facts:
        if fact.kind is Kind.EVENTS:
            replay.take_event(fact.row)
        elif fact.kind is Kind.ITEMS:
            replay.take_item(fact.row)
    list(recorded.upto(_END))
    return np.concatenate([np.zeros(0, INCREMENT), *recorded.hours])


def summed(rows: Records) -> Records:
    """Return rows of one hour, in their usual order, with those that add to the same counter as one."""
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


def merge(parts: Sequence[Path], into: Path) -> None:
    """Add up the counts of all shards, an hour at a time, into one file."""
    shards = [np.load(part, mmap_mode="r") for part in parts]
    hours = [np.ascontiguousarray(shard["hour"]) for shard in shards]
    found = np.unique(np.concatenate([np.unique(each) for each in hours]))
    merged = []
    for hour in found.tolist():
        ends = [np.searchsorted(each, (hour, hour + 1)) for each in hours]
        rows = np.concatenate([shard[start:end] for shard, (start, end) in zip(shards, ends, strict=True)])
        merged.append(summed(ordered(rows)))
    with whole(into) as file:
        np.save(file, np.concatenate([np.zeros(0, INCREMENT), *merged]))
