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


@jit
def walk(arena: Arena, room: Scratch, looked: Codes, own: int, found: Codes) -> int:
    """Fill `room.sums` for all items that the walk meets, put their codes into `found`, and count them.

    `looked` are the distinct items of the session, the newest first; sessions with the key `own` are not walked.
    """
    room.stamp[0] += 1
    stamp = room.stamp[0]
    for step in range(len(looked)):
        room.weight[looked[step]] = 1.0 / (1.0 + step)
        room.step[looked[step]] = step + 1
    sessions = _similar(arena, room, looked, own)
    items, weights = np.empty(LONGEST_SESSION, np.int32), np.empty(LONGEST_SESSION, np.float32)
    count = 0
    for session in sessions:
        length = 0
        record = arena.newest[session]
        while record != NONE and length < LONGEST_SESSION:
            items[length] = arena.item[record]
            weights[length] = room.weight[items[length]]
            length += 1
            record = arena.previous[record]
        for place in range(length):
            if room.reached[items[place]] != stamp:
                if count == len(found):
                    break
                room.reached[items[place]] = stamp
                room.sums[items[place]] = 0.0
                found[count] = items[place]
                count += 1
        _add(room, items[:length], weights[:length], session, arena.held[1], room.similarity[session])
    for step in range(len(looked)):
        room.weight[looked[step]], room.step[looked[step]] = 0.0, 0
    return count


@jit
def _similar(arena: Arena, room: Scratch, looked: Codes, own: int) -> Codes:
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
    return sessions[worth >= least]


@jit
def _add(room: Scratch, items: Codes, weights: Floats, session: int, newest: int, similarity: float) -> None:
    """Add one neighbour to the sums of its items; places count from its end: place 0 is what it looked at last."""
    matched, matched_place, last_place, second_place = 0.0, -1, -1, -1
    for place in range(len(items)):
        if weights[place] > 0.0:
            if matched_place < 0:
                matched_place = place
            matched = max(matched, weights[place])
            if room.step[items[place]] == 1 and last_place < 0:
                last_place = place
            if room.step[items[place]] == 2 and second_place < 0:
                second_place = place
    cosine = similarity / np.sqrt(len(items))
    for place in range(len(items)):
        sums = room.sums[items[place]]
        sums[SIMILAR] += similarity
        sums[MATCHED] += similarity * matched
        sums[SHARED] += 1.0
        sums[CLOSEST] = max(sums[CLOSEST], similarity)
        sums[COSINE] += cosine
        sums[RECENT] = max(sums[RECENT], 1.0 / (1.0 + np.log1p(newest - session)))
        if place < matched_place:
            sums[AFTER] += similarity
        if last_place >= 0 and place != last_place:
            if place < last_place:
                sums[AHEAD] += 1.0 / (last_place - place)
                if place == last_place - 1:
                    sums[NEXT] += 1.0
            else:
                sums[BEHIND] += 1.0 / (place - last_place)
        if second_place >= 0 and place != second_place:
            sums[SECOND] += 1.0 / abs(place - second_place)
        for other in range(len(items)):
            if other != place and weights[other] > 0.0:
                sums[BESIDE] += weights[other] / abs(place - other)
