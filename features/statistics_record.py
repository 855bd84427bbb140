"""The layout of packed statistics records, in machine code: unpacked into rooms of fixed size and packed again.

Words of 32 bits: batch (2), rows of hours and of days (1), rows of pairs (1), then a bucket (COUNTERS + 1) per hour and
per day, and a pair (4) per neighbour.
"""

from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from features.compiled import jit
from features.increments import COUNTERS

NEIGHBOURS: Final = 32
HOURS_KEPT: Final = 48
DAYS_KEPT: Final = 31
PAIRS_AN_HOUR: Final = 2_048  # past it the lowest hashes stay: the same ones in whichever order they came
HEADER_WORDS: Final = 4
BUCKET_WORDS: Final = 1 + COUNTERS
PAIR_WORDS: Final = 4
HOUR, NEIGHBOUR, WEIGHT = 0, 1, 2  # columns of pairs in their room

Words: TypeAlias = npt.NDArray[np.uint32]
Longs: TypeAlias = npt.NDArray[np.uint64]
Places: TypeAlias = npt.NDArray[np.int64]


class Packed(NamedTuple):
    """Records one after the other: the same bytes as words and as longs; record i is words[starts[i]:starts[i + 1]]."""

    words: Words
    longs: Longs
    starts: Places


class Room(NamedTuple):
    """Where a record lies unpacked, with a row to spare in each part."""

    hours: Words  # (HOURS_KEPT + 2, BUCKET_WORDS): hour, then counters; by hour
    days: Words  # (DAYS_KEPT + 3, BUCKET_WORDS): day, then counters; by day
    pairs: Longs  # (.., 3): hour, neighbour, weight; closed ones by weight, then by hour and neighbour
    held: Places  # (3,): rows of each in use


@jit
def room_for(pairs: int) -> Room:
    """Return room for a record of so many pairs, and one: most have few, and memory costs when it is first touched."""
    pairs = 1 + min(pairs, NEIGHBOURS + 3 * PAIRS_AN_HOUR)
    return Room(
        np.zeros((HOURS_KEPT + 2, BUCKET_WORDS), np.uint32),
        np.zeros((DAYS_KEPT + 3, BUCKET_WORDS), np.uint32),
        np.empty((pairs, 3), np.uint64),
        np.zeros(3, np.int64),
    )


@jit
def most_pairs(records: Packed) -> int:
    """Return how many pairs the record with the most has; one that is no record of ours counts for what it says."""
    most = 0
    for i in range(len(records.starts) - 1):
        if records.starts[i + 1] - records.starts[i] >= HEADER_WORDS:
            most = max(most, int(records.words[records.starts[i] + 3]))
    return most


@jit
def rows_of(records: Packed, i: int) -> tuple[int, int, int]:
    """Return how many rows of hours, of days and of pairs record i has.

    An empty one, or one that is no record of ours, is an item nothing happened to.
    """
    words, start, end = records.words, records.starts[i], records.starts[i + 1]
    if end - start < HEADER_WORDS:
        return 0, 0, 0
    hours, days = np.int64(words[start + 2] & 0xFFFF), np.int64(words[start + 2] >> 16)
    pairs = np.int64(words[start + 3])
    if HEADER_WORDS + (hours + days) * BUCKET_WORDS + pairs * PAIR_WORDS != end - start:
        return 0, 0, 0
    if hours > HOURS_KEPT or days > DAYS_KEPT + 1 or pairs > NEIGHBOURS + 2 * PAIRS_AN_HOUR:
        return 0, 0, 0
    return int(hours), int(days), int(pairs)


@jit
def unpack(records: Packed, i: int, room: Room) -> None:
    """Lay out record i."""
    room.held[0], room.held[1], pairs = rows_of(records, i)
    at = records.starts[i] + HEADER_WORDS
    for rows, held in ((room.hours, room.held[0]), (room.days, room.held[1])):
        at = copy(records.words, at, rows.reshape(rows.size), 0, held * BUCKET_WORDS)
    unpack_pairs(records, at, pairs, room)


@jit
def unpack_pairs(records: Packed, at: int, pairs: int, room: Room) -> None:
    """Lay out the pairs that start at a word."""
    room.held[2] = pairs
    for row in range(pairs):
        room.pairs[row, NEIGHBOUR] = records.longs[at // 2]
        room.pairs[row, HOUR], room.pairs[row, WEIGHT] = records.words[at + 2], records.words[at + 3]
        at += PAIR_WORDS


@jit
def copy(words: Words, at: int, into: Words, first: int, count: int) -> int:
    """Copy words, which may be to a place before them in the same array; return where they end."""
    for word in range(count):
        into[first + word] = words[at + word]
    return at + count


@jit
def pack(room: Room, batch: int, new: Packed, at: int) -> int:
    """Write a record at a word of `new` and return where it ends."""
    new.longs[at // 2] = batch
    new.words[at + 2], new.words[at + 3] = room.held[0] | room.held[1] << 16, room.held[2]
    at += HEADER_WORDS
    for rows, held in ((room.hours, room.held[0]), (room.days, room.held[1])):
        copy(rows.reshape(rows.size), 0, new.words, at, held * BUCKET_WORDS)
        at += held * BUCKET_WORDS
    for row in range(room.held[2]):
        new.longs[at // 2] = room.pairs[row, NEIGHBOUR]
        new.words[at + 2], new.words[at + 3] = room.pairs[row, HOUR], room.pairs[row, WEIGHT]
        at += PAIR_WORDS
    return at


@jit
def copied(old: Packed, i: int, new: Packed) -> int:
    """Write record i to its place in `new` as it is and return where it ends."""
    length = old.starts[i + 1] - old.starts[i]
    new.words[new.starts[i] : new.starts[i] + length] = old.words[old.starts[i] : old.starts[i + 1]]
    return int(new.starts[i] + length)
