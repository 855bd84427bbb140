"""How often a visitor counts for an item in an hour: one visitor alone makes no item popular, nor buries it."""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from features.compiled import jit

A_VISITOR_AN_HOUR: Final = (
    10  # of one kind for one item: looks beyond it are a program's, or add nothing to log1p
)
NOBODY: Final = 0  # the hash of who is not known: bounded by the rate of the key alone
_HOURS_KEPT: Final = 3  # tables; facts come in the order of their hours, give or take the last two
_FIRST: Final = 256  # places of a table
_TAKEN_AT_MOST: Final = 0.8  # of the places: beyond that a key is looked for in many
_GROWTH: Final = 1.25  # of a table that is full: the worker's memory goes up in small steps
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)  # odd: the parts of a key do not cancel out

Keys = npt.NDArray[np.uint64]
Mask = npt.NDArray[np.bool_]


class Counts(NamedTuple):
    """Rows that ask to be counted, one per item of an event, in order."""

    visitor: Keys  # (n,) hash64 of who; NOBODY where not known
    item: Keys  # (n,) hash64
    kind: npt.NDArray[np.int64]  # (n,) what was done: rows of different kinds are bounded apart
    hour: npt.NDArray[np.int64]  # (n,) in which it was received, since 1970


class _Table(NamedTuple):
    """How often each key was there: open addressing; 0 is a free place."""

    keys: Keys
    times: npt.NDArray[np.uint8]  # up to A_VISITOR_AN_HOUR
    held: npt.NDArray[np.int64]  # (1,) how many places are taken


class Tally:
    """What counted in the last hours, of one shop; 11 to 14 bytes for each item of each visitor."""

    def __init__(self) -> None:
        self._tables: dict[int, _Table] = {}

    def let(self, rows: Counts) -> Mask:
        """Tell which rows count, shape (n,), and remember them.

        >>> tally, hour = Tally(), np.zeros(12, np.int64)
        >>> one = Counts(np.full(12, 7, np.uint64), np.full(12, 9, np.uint64), hour, hour)
        >>> int(tally.let(one).sum()), int(tally.let(one).sum())
        (10, 0)
        """
        counts = np.ones(len(rows.hour), np.bool_)
        known = rows.visitor != NOBODY
        for hour in np.unique(rows.hour[known]).tolist():
            mine = np.nonzero(known & (rows.hour == hour))[0]
            keys = (rows.visitor[mine] * _MIX ^ rows.item[mine]) + rows.kind[mine].astype(np.uint64) * _MIX
            counts[mine] = _let(self._table(hour, len(mine)), keys)
        return counts

    def _table(self, hour: int, more: int) -> _Table:
        """Return the table of an hour with room for so many more keys; the oldest beyond the last hours go."""
        table = self._tables.get(hour) or _empty(_FIRST)
        needed = int((int(table.held[0]) + more) / _TAKEN_AT_MOST) + 1
        if len(table.keys) < needed:
            grown = _empty(max(needed, int(len(table.keys) * _GROWTH)))
            _move(table, grown)
            table = grown
        self._tables[hour] = table
        while len(self._tables) > _HOURS_KEPT:
            del self._tables[next(h for h in sorted(self._tables) if h != hour)]
        return table


def _empty(places: int) -> _Table:
    return _Table(np.zeros(places, np.uint64), np.zeros(places, np.uint8), np.zeros(1, np.int64))


@jit
def _let(table: _Table, keys: Keys) -> Mask:
    counts = np.empty(len(keys), np.bool_)
    for row in range(len(keys)):
        place = _place(table, keys[row])
        counts[row] = table.times[place] < A_VISITOR_AN_HOUR
        table.times[place] += counts[row]
    return counts


@jit
def _move(table: _Table, into: _Table) -> None:
    for place in range(len(table.keys)):
        if table.times[place]:
            into.times[_place(into, table.keys[place])] = table.times[place]


@jit
def _place(table: _Table, key: int) -> int:
    """Return the place of a key, which is taken for it where it has none."""
    places = np.uint64(len(table.keys))
    place = ((np.uint64(key) * _MIX >> np.uint64(32)) * places) >> np.uint64(32)
    while table.times[place] != 0 and table.keys[place] != key:
        place += np.uint64(1)
        if place == places:
            place = np.uint64(0)
    if table.times[place] == 0:
        table.keys[place] = key
        table.held[0] += 1
    return int(place)
