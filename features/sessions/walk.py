"""From a session to what others looked at beside its items: VMIS-kNN and co-visitation in one walk.

VMIS-kNN (Serenade, SIGMOD 2022): of each item of the session the newest sessions that hold it; of those the most
similar; their items, each for the similarity of the session it comes from.
"""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from features.compiled import jit
from features.sessions.arena import LONGEST_SESSION, NONE, Arena, Codes

SESSIONS_PER_ITEM: Final = 500  # the newest: m of VMIS-kNN
NEIGHBOURS: Final = 500  # the most similar: k
ITEMS_LOOKED_BACK: Final = 10  # distinct items of the session that count

(SIMILAR, MATCHED, SHARED, CLOSEST, AHEAD, NEXT, BEHIND, BESIDE, AFTER, SECOND, COSINE, RECENT) = range(12)
SUMS: Final = 12
_LAST, _SECOND = 1, 2  # steps

Floats = npt.NDArray[np.float32]


class Scratch(NamedTuple):
    """Room to count in, kept between walks; `stamp` says which walk wrote last."""

    stamp: npt.NDArray[np.int64]  # (1,)
    met: npt.NDArray[np.int64]  # (sessions,)
    similarity: Floats  # (sessions,)
    reached: npt.NDArray[np.int64]  # (items,)
    sums: Floats  # (items, SUMS)
    weight: Floats  # (items,) of the session's own items; 0 of all others, between walks too
    step: Codes  # (items,) the same: steps back + 1


def scratch(sessions: int, items: int) -> Scratch:
    """Return room for as many sessions and items."""
    return Scratch(
        np.zeros(1, np.int64),
        np.zeros(sessions, np.int64),
        np.zeros(sessions, np.float32),
        np.zeros(items, np.int64),
        np.zeros((items, SUMS), np.float32),
        np.zeros(items, np.float32),
        np.zeros(items, np.int32),
    )


class _Neighbour(NamedTuple):
    """A session like this one, from its end: place 0 is what it looked at last."""

    items: Codes
    weights: Floats  # of those that are in this session too, else 0
    similarity: float
    age: int  # sessions begun since


@jit
def walk(arena: Arena, room: Scratch, looked: Codes, own: np.uint64, found: Codes) -> int:
    """Fill `room.sums` for all items that the walk meets, put their codes into `found`, and count them.

    `looked` are the distinct items of the session, the newest first; sessions with the key `own` are not walked. What
    `found` has no room for is left out, of the least similar sessions.
    """
    room.stamp[0] += 1
    for step in range(len(looked)):
        room.weight[looked[step]] = 1.0 / (1.0 + step)
        room.step[looked[step]] = step + 1
    items, weights = np.empty(LONGEST_SESSION, np.int32), np.empty(LONGEST_SESSION, np.float32)
    count = 0
    for session in _similar(arena, room, looked, own):
        length = 0
        record = arena.newest[session]
        while record != NONE:
            items[length], weights[length] = arena.item[record], room.weight[arena.item[record]]
            length += 1
            record = arena.previous[record]
        count = _reach(room, items[:length], found, count)
        age = arena.held[1] - session
        near = _Neighbour(items[:length], weights[:length], room.similarity[session], age)
        matched, matched_place = _match(near)
        _add_similarity(room, near, matched, matched_place)
        _add_places(room, near)
    for step in range(len(looked)):
        room.weight[looked[step]], room.step[looked[step]] = 0.0, 0
    return count


@jit
def _reach(room: Scratch, items: Codes, found: Codes, count: int) -> int:
    """Have sums of 0 for the items that this walk meets first."""
    for item in items:
        if room.reached[item] != room.stamp[0]:
            room.sums[item] = 0.0
            if count < len(found):
                room.reached[item] = room.stamp[0]
                found[count] = item
                count += 1
    return count


@jit
def _similar(arena: Arena, room: Scratch, looked: Codes, own: np.uint64) -> Codes:
    """Return the sessions most similar to this one, with their similarity in `room`."""
    stamp = room.stamp[0]
    sessions, count = np.empty(SESSIONS_PER_ITEM * len(looked), np.int32), 0
    for step in range(len(looked)):
        record, walked, last = arena.latest[looked[step]], 0, NONE
        while record != NONE and walked < SESSIONS_PER_ITEM:
            session = arena.session[record]
            if session != last and arena.key[session] != own:
                if room.met[session] != stamp:
                    room.met[session], room.similarity[session] = stamp, 0.0
                    sessions[count] = session
                    count += 1
                room.similarity[session] += room.weight[looked[step]]
                walked += 1
            last = session
            record = arena.before[record]
    sessions = sessions[:count]
    if count <= NEIGHBOURS:
        return sessions
    worth = np.empty(count)
    for place in range(count):  # among equals the newest
        worth[place] = room.similarity[sessions[place]] + 1e-9 * sessions[place]
    least = np.partition(worth, count - NEIGHBOURS)[count - NEIGHBOURS]
    most: Codes = sessions[worth >= least]
    return most


@jit
def _match(near: _Neighbour) -> tuple[float, int]:
    """Return the largest weight of the items that are in both sessions, and the place of the latest of them."""
    matched, latest = 0.0, len(near.items)
    for place in range(len(near.items)):
        if near.weights[place] > 0.0:
            matched = max(matched, near.weights[place])
            latest = min(latest, place)
    return matched, latest


@jit
def _add_similarity(room: Scratch, near: _Neighbour, matched: float, latest: int) -> None:
    """Add what a neighbour is worth by how much it is like this session."""
    similarity = near.similarity
    for place in range(len(near.items)):
        sums = room.sums[near.items[place]]
        sums[SIMILAR] += similarity
        sums[MATCHED] += similarity * matched
        sums[SHARED] += 1.0
        sums[CLOSEST] = max(sums[CLOSEST], similarity)
        sums[COSINE] += similarity / np.sqrt(len(near.items))
        sums[RECENT] = max(sums[RECENT], 1.0 / (1.0 + np.log1p(near.age)))
        if place < latest:
            sums[AFTER] += similarity


@jit
def _add_places(room: Scratch, near: _Neighbour) -> None:
    """Add what stands beside the items that are in both sessions, the less the farther away."""
    last, second = -1, -1
    for shared in range(len(near.items)):
        if near.weights[shared] == 0.0:
            continue
        step = room.step[near.items[shared]]
        is_last, is_second = step == _LAST and last < 0, step == _SECOND and second < 0
        last, second = shared if is_last else last, shared if is_second else second
        for place in range(len(near.items)):
            if place != shared:
                sums = room.sums[near.items[place]]
                closeness = 1.0 / abs(place - shared)
                sums[BESIDE] += near.weights[shared] * closeness
                if is_second:
                    sums[SECOND] += closeness
                if is_last:
                    sums[AHEAD if place < shared else BEHIND] += closeness
                    sums[NEXT] += 1.0 if place == shared - 1 else 0.0
