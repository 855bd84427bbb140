"""What the next-item model sees of each candidate: the sums of the walk, the item's standing, and its place in both."""

from hashlib import sha256
from typing import Final, NamedTuple

import numpy as np

from features.compiled import jit
from features.sessions.arena import Arena, Codes, heat_now
from features.sessions.walk import (
    AFTER,
    AHEAD,
    BEHIND,
    BESIDE,
    COSINE,
    MATCHED,
    NEXT,
    SHARED,
    SIMILAR,
    SUMS,
    Floats,
    Scratch,
)

SHARES: Final = (SIMILAR, COSINE, AHEAD, BESIDE, AFTER, MATCHED)
_OF_ITEM: Final = 9
_OF_SESSION: Final = 5
COLUMNS: Final = SUMS + _OF_ITEM + len(SHARES) + _OF_SESSION
NAMES: Final = (
    "similarity_of_sessions_with_it",
    "similarity_by_their_latest_match",
    "sessions_with_it",
    "closest_session_with_it",
    "looks_ahead_of_the_last_item",
    "looks_right_after_the_last_item",
    "looks_before_the_last_item",
    "looks_beside_all_items",
    "similarity_of_sessions_with_it_after_a_match",
    "looks_beside_the_item_before_the_last",
    "similarity_by_length_of_session",
    "newest_session_with_it",
    "looks",
    "heat",
    "share_of_looks_right_after_the_last_item",
    "looks_ahead_for_its_looks",
    "looks_beside_for_its_looks",
    "similarity_for_its_looks",
    "steps_since_looked_at",
    "times_looked_at",
    "looks_ahead_to_looks_before",
    *(f"share_of_the_top_in_column_{column}" for column in SHARES),
    "items_looked_at",
    "looks_at_the_last_item",
    "top_similarity",
    "top_sessions",
    "top_looks_right_after",
)
REVISION: Final = (
    1  # raise it when a column's meaning changes under the same name: older models are then refused
)
TABLE_HASH: Final = sha256("\n".join((*NAMES, str(REVISION))).encode()).hexdigest()


class Given(NamedTuple):
    """A session under way, in codes."""

    looked: Codes  # distinct items, the newest first
    times: Codes  # how often each was looked at
    own: np.uint64  # the key of its session
    more: Codes  # items that suit anybody, the best first, behind those of earlier sessions
    earlier: int  # how many of `more` are of earlier sessions
    hidden: Codes  # items that are not wanted


@jit
def columns(arena: Arena, room: Scratch, given: Given, chosen: Codes, X: Floats) -> None:
    """Fill X, shape (n, COLUMNS), for the chosen items, whose sums are those of the last walk.

    A session of no known items gives sums of 0; `steps since looked at` is -1 for an item not looked at.
    """
    n, looked, looked_times = len(chosen), given.looked, given.times
    top = np.full(SUMS, 1e-9, np.float32)
    for i in range(n):
        for k in range(SUMS):
            top[k] = max(top[k], room.sums[chosen[i], k])
    last = looked[0] if len(looked) else -1
    last_looks = arena.looks[last] if last >= 0 else 0
    for i in range(n):
        item = chosen[i]
        sums, row = room.sums[item], X[i]
        row[:SUMS] = sums
        at = SUMS
        row[at] = np.log1p(arena.looks[item])
        row[at + 1] = heat_now(arena, item)
        row[at + 2] = sums[NEXT] / max(last_looks, 1)
        row[at + 3] = sums[AHEAD] / np.sqrt(max(arena.looks[item], 1))
        row[at + 4] = sums[BESIDE] / np.sqrt(max(arena.looks[item], 1))
        row[at + 5] = sums[SIMILAR] / np.sqrt(max(arena.looks[item], 1))
        step, times = -1, 0
        for k in range(len(looked)):
            if looked[k] == item:
                step, times = k, looked_times[k]
        row[at + 6], row[at + 7] = step, times
        row[at + 8] = (sums[AHEAD] + 1) / (sums[BEHIND] + 1)
        at += _OF_ITEM
        for k in range(len(SHARES)):
            row[at + k] = sums[SHARES[k]] / top[SHARES[k]]
        at += len(SHARES)
        row[at] = len(looked)
        row[at + 1] = np.log1p(last_looks)
        row[at + 2] = top[SIMILAR]
        row[at + 3] = top[SHARED]
        row[at + 4] = top[NEXT]
