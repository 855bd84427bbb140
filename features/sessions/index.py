"""What a process knows of recent sessions: a trail taken in, and what it suggests to somebody under way.

Serving follows the worker's trails, a replay feeds those of the log: the same code, and nothing that comes later is
seen. At KEPT records, the oldest third goes. Readers take no lock: a walk and a record are kernels, which no other
thread interrupts, and arrays are replaced together.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from features.identity import hash64
from features.index import FREE
from features.sessions.arena import Arena, Codes, Moments, room, take
from features.sessions.choice import Room, choose
from features.sessions.codes import ItemCodes
from features.sessions.columns import COLUMNS, Given
from features.sessions.standing import Standing
from features.sessions.trail import NOBODY, Trail, Visitors, is_of, is_touch
from features.sessions.walk import COSINE, ITEMS_LOOKED_BACK, Floats, Scratch, scratch, walk

KEPT: Final = 6_000_000  # records: a million sessions of six; 40 bytes each
CANDIDATES: Final = 100
_FIRST: Final = 1024
_MOST_FOUND: Final = 8_192  # items that one walk may meet; those of the most similar sessions' first
_AT_ONCE: Final = 10_000  # records in one kernel call, which holds up everybody else: a millisecond


class Asked(NamedTuple):
    """Who wants to know: the items of the session by hash, the oldest first, and what tells it from others."""

    touched: Sequence[int]
    own: int = NOBODY
    page: str = ""
    earlier: Sequence[int] = ()  # items of earlier sessions, the newest first
    hidden: frozenset[int] = frozenset()  # items that are not wanted


@dataclass(frozen=True, slots=True)
class Suggested:
    """Items, the best first, each with what it is worth by the blend, and what a model sees of it."""

    item_ids: list[str]
    worth: npt.NDArray[np.float32]  # (n,)
    X: Floats  # (n, COLUMNS)


@dataclass(slots=True)
class _State:
    """What is replaced together."""

    arena: Arena
    scratch: Scratch
    standing: Standing
    codes: ItemCodes = field(default_factory=ItemCodes)
    found: Codes = field(default_factory=lambda: np.empty(_MOST_FOUND, np.int32))


class SessionIndex:
    """Recent sessions of one shop."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._lock = Lock()
        self._state = _empty(_FIRST, _FIRST, _FIRST)

    def __len__(self) -> int:
        """Return how many records are held."""
        return int(self._state.arena.held[0])

    @property
    def sessions(self) -> int:
        """How many sessions are held."""
        return int(self._state.arena.held[1])

    def take(self, trail: Trail) -> None:
        """Take in what happened next."""
        with self._lock:
            for start in range(0, len(trail.rows), _AT_ONCE):
                part = Trail(trail.rows[start : start + _AT_ONCE], trail.items, trail.pages)
                self._make_room(len(part.rows), len(trail.items))
                self._take(part)

    def forget(self, visitors: Visitors) -> None:
        """Drop the sessions of some visitors; what is popular keeps their part, which is a sum and names nobody."""
        with self._lock:
            old = self._state
            keys, times, codes = _unpacked(old.arena, 0)
            theirs = is_of(keys, visitors)
            if not theirs.any():
                return
            new = _empty(len(old.arena.item), len(old.arena.key), len(old.arena.latest))
            new.codes = old.codes
            new.standing = old.standing.grown(len(old.arena.latest))
            self._fill(new, keys[~theirs], times[~theirs], codes[~theirs])

    def suggest(self, asked: Asked, most: int = CANDIDATES) -> Suggested:
        """Return up to `most` items for somebody; of an empty index none."""
        state = self._state
        touched, earlier = state.codes.known(asked.touched), state.codes.known(asked.earlier)
        codes = _looked_at(touched)
        more = np.array([*earlier, *state.standing.fillers(asked.page, most)], np.int32)
        hidden = np.array(state.codes.known(tuple(asked.hidden)), np.int32)
        out, worth = np.empty(most, np.int32), np.empty(most, np.float32)
        X = np.empty((most, COLUMNS), np.float32)
        times = np.array([touched.count(c) for c in codes.tolist()], np.int32)
        given = Given(codes, times, np.uint64(asked.own), more, len(earlier), hidden)
        room = Room(state.found, out, worth, X)
        count = choose(state.arena, state.scratch, state.standing.arrays.offered, given, room)
        ids = state.codes.item_ids
        return Suggested([ids[c] for c in out[:count].tolist()], worth[:count], X[:count])

    def similar(self, asked: Asked, hashed: Sequence[int]) -> Floats:
        """Return for how much sessions like somebody's hold each item, given by hash; shape (n,)."""
        state = self._state
        looked = _looked_at(state.codes.known(asked.touched))
        count = walk(state.arena, state.scratch, looked, np.uint64(asked.own), state.found)
        items = np.array(state.codes.all(hashed), np.int32)
        met = np.isin(items, state.found[:count])
        return np.where(met, state.scratch.sums[items, COSINE], np.float32(0.0))

    def _take(self, part: Trail) -> None:
        """Take in rows for which there is room."""
        state, rows = self._state, part.rows
        code_of = np.zeros(len(part.items), np.int32)
        used = np.unique(rows["item"])
        code_of[used] = self._codes([part.items[place] for place in used.tolist()])
        items = code_of[rows["item"]]
        state.arena.held[2] = len(state.codes)
        state.standing.take(part, items)
        mine = is_touch(rows) & (rows["session"] != NOBODY)
        take(state.arena, rows["session"][mine], rows["time"][mine].astype(np.float64), items[mine])

    def _codes(self, item_ids: Sequence[str]) -> list[int]:
        """Return the codes of different items; new ones get the next."""
        codes, hashed = self._state.codes, list(map(hash64, item_ids))
        known = codes.all(hashed)
        return [
            codes.add(item_id, own) if code == FREE else code
            for item_id, own, code in zip(item_ids, hashed, known, strict=True)
        ]

    def _make_room(self, records: int, items: int) -> None:
        """Have room for so many more; past the bound, without the oldest third."""
        old = self._state
        held = old.arena.held
        dropped = self._kept // 3 if held[0] + records > self._kept else 0
        wanted = (int(held[0]) + records, int(held[1]) + records, len(old.codes) + items)
        has = (len(old.arena.item), len(old.arena.key), len(old.arena.latest))
        if not dropped and all(w <= h for w, h in zip(wanted, has, strict=True)):
            return
        sizes = [h if w <= h else max(w, 2 * h) for w, h in zip(wanted, has, strict=True)]
        new = _empty(sizes[0], sizes[1], sizes[2])
        new.codes = old.codes
        new.standing = old.standing.grown(sizes[2])
        keys, times, codes = _unpacked(old.arena, dropped)
        if dropped:
            codes = self._renumbered(new, codes)
        self._fill(new, keys, times, codes)

    def _fill(self, new: _State, keys: npt.NDArray[np.uint64], times: Moments, codes: Codes) -> None:
        """Have an empty state take the old one's place, with its records."""
        new.arena.held[2] = len(new.codes)
        for start in range(0, len(keys), _AT_ONCE):
            end = start + _AT_ONCE
            take(new.arena, keys[start:end], times[start:end], codes[start:end])
        self._state = new

    def _renumbered(self, new: _State, codes: Codes) -> Codes:
        """Keep the items that were looked at, or are offered, alone, under new codes."""
        known = np.zeros(len(new.codes), np.bool_)
        known[codes] = True
        known |= new.standing.arrays.offered[: len(known)] > 0
        kept = np.nonzero(known)[0]
        item_ids, new.codes = new.codes.item_ids, ItemCodes()
        for place in kept.tolist():
            new.codes.add(item_ids[place], hash64(item_ids[place]))
        new.standing = new.standing.chosen(kept, len(new.arena.latest))
        return (np.cumsum(known) - 1)[codes].astype(np.int32)


def distinct(codes: list[int]) -> list[int]:
    """Return codes, each once, at its first place.

    >>> distinct([3, 1, 3])
    [3, 1]
    """
    return list(dict.fromkeys(codes))


def _looked_at(touched: list[int]) -> Codes:
    """Return the items of a session that count, the newest first, from all touches, the oldest first."""
    return np.array(distinct(touched[::-1])[:ITEMS_LOOKED_BACK], np.int32)


def _empty(records: int, sessions: int, items: int) -> _State:
    return _State(room(records, sessions, items), scratch(sessions, items), Standing(items))


def _unpacked(arena: Arena, dropped: int) -> tuple[npt.NDArray[np.uint64], Moments, Codes]:
    """Return key, time and item of all records but the oldest."""
    kept = slice(dropped, int(arena.held[0]))
    session = arena.session[kept]
    return arena.key[session], arena.time[session], arena.item[kept].copy()
