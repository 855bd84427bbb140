"""The candidates of a recommendation, chosen and put in the order of the blend, in one kernel."""

from typing import Final, NamedTuple

import numpy as np

from features.compiled import jit
from features.sessions.arena import Arena, Codes
from features.sessions.columns import Given, columns
from features.sessions.standing import Marks
from features.sessions.walk import AHEAD, BESIDE, COSINE, Floats, Scratch, walk

BLEND: Final = (
    (COSINE, 1.0),
    (AHEAD, 0.3),
    (BESIDE, 0.3),
)  # of their tops in the walk; chosen by measurement
EARLIER: Final = 0.02  # for the item looked at last in an earlier session, less for those before it
ANYBODY: Final = 0.001  # for what suits anybody best, less for what comes after it
_UNWANTED: Final = -1.0


class Room(NamedTuple):
    """Where a choice is written; `found` is kept between choices."""

    found: Codes  # (at least all of `more`,)
    chosen: Codes  # (n,)
    worth: Floats  # (n,)
    X: Floats  # (n, COLUMNS)


@jit
def choose(arena: Arena, scratch: Scratch, offered: Marks, given: Given, room: Room) -> int:
    """Write the best items by the blend, with their columns, and return how many there are."""
    count = walk(arena, scratch, given.looked, given.own, room.found[: len(room.found) - len(given.more)])
    tops = np.full(len(BLEND), np.float32(1e-9))
    for i in range(count):
        for k in range(len(BLEND)):
            tops[k] = max(tops[k], scratch.sums[room.found[i], BLEND[k][0]])
    count = _add_more(scratch, given, room, count)
    worth = np.empty(count, np.float32)
    for i in range(count):
        item = room.found[i]
        worth[i] = scratch.weight[item]
        for k in range(len(BLEND)):
            worth[i] += BLEND[k][1] * scratch.sums[item, BLEND[k][0]] / tops[k]
        if scratch.reached[item] != scratch.stamp[0] or offered[item] < 0:
            worth[i] = _UNWANTED
    for item in given.more:
        scratch.weight[item] = 0.0
    return _write(arena, scratch, given, room, worth)


@jit
def _add_more(scratch: Scratch, given: Given, room: Room, count: int) -> int:
    """Add what suits anybody to what was found, and have what is hidden as not reached; return how many there are."""
    for item in given.more:
        if scratch.reached[item] != scratch.stamp[0]:
            scratch.reached[item] = scratch.stamp[0]
            scratch.sums[item] = 0.0
            room.found[count] = item
            count += 1
    for item in given.hidden:
        scratch.reached[item] = 0
    _add_bonuses(scratch, given)
    return count


@jit
def _add_bonuses(scratch: Scratch, given: Given) -> None:
    """Put into the weights, which are 0 between walks, what items are worth to anybody."""
    n = len(given.more)
    for place in range(n - 1, -1, -1):  # the best place of an item counts
        top, of = (EARLIER, given.earlier) if place < given.earlier else (ANYBODY, n - given.earlier)
        rank = place if place < given.earlier else place - given.earlier
        scratch.weight[given.more[place]] = top * (of - rank) / of


@jit
def _write(arena: Arena, scratch: Scratch, given: Given, room: Room, worth: Floats) -> int:
    order = np.argsort(-worth, kind="mergesort")
    count = 0
    for i in order:
        if count == len(room.chosen) or worth[i] < 0.0:
            break
        room.chosen[count], room.worth[count] = room.found[i], worth[i]
        count += 1
    columns(arena, scratch, given, room.chosen[:count], room.X)
    return count
