"""Recent sessions in machine code: taking them in, and dropping the oldest.

A record is a look at an item in a session. It knows the record before it of the same item, and that of the same
session, so that both "the newest sessions with this item" and "the items of this session" are walks along a chain.
"""

from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from features.compiled import jit
from features.facts import SESSION_GAP_SECONDS
from features.index import FREE, slot_of

LONGEST_SESSION: Final = 50  # records; what comes after them is the next session of the same visitor
NONE: Final = FREE
HEAT_RECORDS: Final = 50_000.0  # records after which a look counts 1/e towards what is popular now
_RECORDS, _SESSIONS, _ITEMS = 0, 1, 2  # places in `held`

Codes: TypeAlias = npt.NDArray[np.int32]
Keys: TypeAlias = npt.NDArray[np.uint64]
Moments: TypeAlias = npt.NDArray[np.float64]


class Arena(NamedTuple):
    """Room for records, sessions and items; `held` says how many of each there are. All chains end in NONE."""

    held: npt.NDArray[np.int64]  # (3,)
    item: Codes  # of each record: its item,
    session: Codes  # its session,
    before: Codes  # the record before it of the same item,
    previous: Codes  # and of the same session
    key: Keys  # of each session: who
    newest: Codes  # its newest record
    length: Codes  # its records
    time: Moments  # of its newest record, Unix seconds
    latest: Codes  # of each item: its newest record
    looks: Codes  # its records
    heat: npt.NDArray[np.float32]  # its looks, older ones less, as of its newest record
    places: Codes  # session by the hash of its key: open addressing, a power of two long, at most half full


def room(records: int, sessions: int, items: int) -> Arena:
    """Return an empty arena; the sizes are at least 1."""
    places = 1 << (2 * sessions).bit_length()
    return Arena(
        np.zeros(3, np.int64),
        np.empty(records, np.int32),
        np.empty(records, np.int32),
        np.empty(records, np.int32),
        np.empty(records, np.int32),
        np.empty(sessions, np.uint64),
        np.empty(sessions, np.int32),
        np.zeros(sessions, np.int32),
        np.empty(sessions),
        np.full(items, NONE, np.int32),
        np.zeros(items, np.int32),
        np.zeros(items, np.float32),
        np.full(places, NONE, np.int32),
    )


@jit
def take(arena: Arena, keys: Keys, times: Moments, items: Codes) -> None:
    """Append records, in the order in which they were stored; there is room for them."""
    for row in range(len(keys)):
        _append(arena, keys[row], times[row], items[row])


@jit
def _append(arena: Arena, key: int, time: float, item: int) -> None:
    """Append a look; one at the item that the session looked at last only moves the session's time."""
    place = slot_of(arena.key, arena.places, key)
    session = arena.places[place]
    goes_on = session != NONE and time - arena.time[session] <= SESSION_GAP_SECONDS
    if goes_on and arena.item[arena.newest[session]] == item:
        arena.time[session] = max(arena.time[session], time)
        return
    if not goes_on or arena.length[session] == LONGEST_SESSION:
        session = np.int32(arena.held[_SESSIONS])
        arena.held[_SESSIONS] += 1
        arena.key[session], arena.newest[session], arena.length[session] = key, NONE, 0
        arena.time[session] = time
        arena.places[place] = session
    record = np.int32(arena.held[_RECORDS])
    arena.held[_RECORDS] += 1
    arena.item[record], arena.session[record] = item, session
    arena.before[record], arena.previous[record] = arena.latest[item], arena.newest[session]
    arena.heat[item] = heat_now(arena, item) + 1.0
    arena.latest[item], arena.newest[session] = record, record
    arena.looks[item] += 1
    arena.length[session] += 1
    arena.time[session] = max(arena.time[session], time)


@jit
def heat_now(arena: Arena, item: int) -> float:
    """Return how hot an item is: its looks, those of HEAT_RECORDS looks ago for 1/e."""
    latest = arena.latest[item]
    if latest == NONE:
        return 0.0
    gone = arena.held[_RECORDS] - latest
    return float(arena.heat[item] * np.exp(-gone / HEAT_RECORDS))
