"""Packed statistics records in machine code: what a batch adds to them, and what rankings of one hour see.

A record is unpacked into rooms of fixed size and packed again. Its words of 32 bits: batch (2), rows of hours and of
days (1), rows of pairs (1), then a bucket (COUNTERS + 1) per hour and per day, and a pair (4) per neighbour.
"""

from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from features.compiled import jit
from features.facts import Records
from features.increments import COUNTERS

WINDOW_DAYS: Final = (1, 7, 30)
WINDOWS: Final = len(WINDOW_DAYS)
NEIGHBOURS: Final = 32
HOURS_KEPT: Final = 48
DAYS_KEPT: Final = 31
PAIRS_AN_HOUR: Final = 2_048  # past it the lowest hashes stay: the same ones in whichever order they came
HEADER_WORDS: Final = 4
BUCKET_WORDS: Final = 1 + COUNTERS
PAIR_WORDS: Final = 4
_CLOSED: Final = 0  # the hour under which the sum of closed hours stands
_HOUR, _NEIGHBOUR, _WEIGHT = 0, 1, 2  # columns of pairs in their room

Words: TypeAlias = npt.NDArray[np.uint32]
Longs: TypeAlias = npt.NDArray[np.uint64]
Places: TypeAlias = npt.NDArray[np.int64]


class Packed(NamedTuple):
    """Records one after the other: the same bytes as words and as longs; record i is words[starts[i]:starts[i + 1]]."""

    words: Words
    longs: Longs
    starts: Places


class _Room(NamedTuple):
    """Where a record lies unpacked, with a row to spare in each part."""

    hours: Words  # (HOURS_KEPT + 2, BUCKET_WORDS): hour, then counters; by hour
    days: Words  # (DAYS_KEPT + 3, BUCKET_WORDS): day, then counters; by day
    pairs: Longs  # (.., 3): hour, neighbour, weight; closed ones by weight, then by hour and neighbour
    held: Places  # (3,): rows of each in use


@jit
def count(old: Packed, added: Records, added_starts: Places, batch: int, new: Packed) -> None:
    """Write to `new` what `old` becomes by INCREMENT rows; a record that has the batch already stays as it is.

    Row i of `added_starts` is where the rows of record i start. `new` is large enough: see `features.statistics`.
    """
    room = _room(_most_pairs(old) + len(added))
    for i in range(len(old.starts) - 1):
        _unpack(old, i, room)
        first = old.starts[i]
        if old.starts[i + 1] > first and old.longs[first // 2] >= batch:
            new.starts[i + 1] = _copied(old, i, new)
            continue
        row, end = added_starts[i], added_starts[i + 1]
        while row < end:
            next_hour = row
            while next_hour < end and added[next_hour]["hour"] == added[row]["hour"]:
                next_hour += 1
            _add(room, added[row:next_hour])
            row = next_hour
        new.starts[i + 1] = _packed(room, batch, new, new.starts[i])


@jit
def see(
    records: Packed, hour: int, counts: Places, neighbours: Longs, weights: npt.NDArray[np.float32]
) -> None:
    """Fill zeros with what rankings see whose `visible_hour` is `hour`; see `features.statistics.Visible`."""
    room = _room(_most_pairs(records))
    for i in range(len(records.starts) - 1):
        _unpack(records, i, room)
        _add_windows(room.hours[: room.held[0]], hour, 1, counts[i])
        _add_windows(room.days[: room.held[1]], hour, 24, counts[i])
        while room.held[2] and room.pairs[room.held[2] - 1, _HOUR] >= max(hour, 1):
            room.held[2] -= 1
        _close(room, hour)
        for k in range(room.held[2]):
            neighbours[i, k], weights[i, k] = room.pairs[k, _NEIGHBOUR], room.pairs[k, _WEIGHT]


@jit
def _room(pairs: int) -> _Room:
    """Return room for a record of so many pairs, and one: most have few, and memory costs when it is first touched."""
    pairs = 1 + min(pairs, NEIGHBOURS + 3 * PAIRS_AN_HOUR)
    return _Room(
        np.zeros((HOURS_KEPT + 2, BUCKET_WORDS), np.uint32),
        np.zeros((DAYS_KEPT + 3, BUCKET_WORDS), np.uint32),
        np.empty((pairs, 3), np.uint64),
        np.zeros(3, np.int64),
    )


@jit
def _most_pairs(records: Packed) -> int:
    """Return how many pairs the record with the most has; one that is no record of ours counts for what it says."""
    most = 0
    for i in range(len(records.starts) - 1):
        if records.starts[i + 1] - records.starts[i] >= HEADER_WORDS:
            most = max(most, int(records.words[records.starts[i] + 3]))
    return most


@jit
def _unpack(records: Packed, i: int, room: _Room) -> None:
    """Lay out record i; an empty one, or one that is no record of ours, is an item nothing happened to."""
    words, start, end = records.words, records.starts[i], records.starts[i + 1]
    room.held[:] = 0
    if end - start < HEADER_WORDS:
        return
    hours, days, pairs = words[start + 2] & 0xFFFF, words[start + 2] >> 16, words[start + 3]
    length = HEADER_WORDS + (np.int64(hours) + days) * BUCKET_WORDS + np.int64(pairs) * PAIR_WORDS
    if hours > HOURS_KEPT or days > DAYS_KEPT + 1 or length != end - start:
        return
    if pairs > NEIGHBOURS + 2 * PAIRS_AN_HOUR:
        return
    room.held[0], room.held[1], room.held[2] = hours, days, pairs
    at = start + HEADER_WORDS
    for rows, held in ((room.hours, room.held[0]), (room.days, room.held[1])):
        at = _copy(words, at, rows.reshape(rows.size), 0, held * BUCKET_WORDS)
    for row in range(room.held[2]):
        room.pairs[row, _NEIGHBOUR] = records.longs[at // 2]
        room.pairs[row, _HOUR], room.pairs[row, _WEIGHT] = words[at + 2], words[at + 3]
        at += PAIR_WORDS


@jit
def _copy(words: Words, at: int, into: Words, first: int, count: int) -> int:
    """Copy words, which may be to a place before them in the same array; return where they end."""
    for word in range(count):
        into[first + word] = words[at + word]
    return at + count


@jit
def _packed(room: _Room, batch: int, new: Packed, at: int) -> int:
    """Write a record at a word of `new` and return where it ends."""
    new.longs[at // 2] = batch
    new.words[at + 2], new.words[at + 3] = room.held[0] | room.held[1] << 16, room.held[2]
    at += HEADER_WORDS
    for rows, held in ((room.hours, room.held[0]), (room.days, room.held[1])):
        _copy(rows.reshape(rows.size), 0, new.words, at, held * BUCKET_WORDS)
        at += held * BUCKET_WORDS
    for row in range(room.held[2]):
        new.longs[at // 2] = room.pairs[row, _NEIGHBOUR]
        new.words[at + 2], new.words[at + 3] = room.pairs[row, _HOUR], room.pairs[row, _WEIGHT]
        at += PAIR_WORDS
    return at


@jit
def _copied(old: Packed, i: int, new: Packed) -> int:
    length = old.starts[i + 1] - old.starts[i]
    new.words[new.starts[i] : new.starts[i] + length] = old.words[old.starts[i] : old.starts[i + 1]]
    return int(new.starts[i] + length)


@jit
def _add(room: _Room, added: Records) -> None:
    """Add the rows of one hour: counters, which have no neighbour and come first, then pairs."""
    hour, counters = added[0]["hour"], 0
    while counters < len(added) and added[counters]["neighbour"] == 0:
        counters += 1
    if counters:
        place = _place(room.hours, room.held, 0, hour)
        for row in range(counters):
            room.hours[place, 1 + added[row]["counter"]] += np.uint32(added[row]["amount"])
        _fold(room)
    for row in range(counters, len(added)):
        _pair(room, hour, added[row]["neighbour"], added[row]["amount"])
    if counters < len(added):
        _close(room, int(room.pairs[room.held[2] - 1, _HOUR]) - 1)


@jit
def _place(rows: Words, held: Places, part: int, at: int) -> int:
    """Return the row of an hour or a day among rows in order, a new one of zeros where it has none."""
    place = held[part]
    while place and rows[place - 1, 0] > at:
        place -= 1
    if place and rows[place - 1, 0] == at:
        return int(place - 1)
    for row in range(held[part], place, -1):
        rows[row] = rows[row - 1]
    rows[place] = 0
    rows[place, 0] = at
    held[part] += 1
    return int(place)


@jit
def _fold(room: _Room) -> None:
    """Add hours beyond HOURS_KEPT to their day; days beyond DAYS_KEPT go."""
    newest = np.int64(room.hours[room.held[0] - 1, 0])
    oldest_day, gone, folded = newest // 24 - DAYS_KEPT, 0, 0
    if room.hours[0, 0] + HOURS_KEPT > newest:
        return
    while gone < room.held[1] and room.days[gone, 0] < oldest_day:
        gone += 1
    _drop(room.days, room.held, 1, gone)
    while room.hours[folded, 0] + HOURS_KEPT <= newest:
        if room.hours[folded, 0] // 24 >= oldest_day:
            day = _place(room.days, room.held, 1, room.hours[folded, 0] // 24)
            room.days[day, 1:] += room.hours[folded, 1:]
        folded += 1
    _drop(room.hours, room.held, 0, folded)


@jit
def _drop(rows: Words, held: Places, part: int, count: int) -> None:
    """Remove the first rows."""
    if count:
        held[part] -= count
        words, width = rows.reshape(rows.size), rows.shape[1]
        _copy(words, count * width, words, 0, held[part] * width)


@jit
def _pair(room: _Room, hour: int, neighbour: int, weight: int) -> None:
    """Add to one pair of an hour, in the order of hours and neighbours; past PAIRS_AN_HOUR the last one goes."""
    pairs, end = room.pairs, room.held[2]
    while end and pairs[end - 1, _HOUR] > hour:
        end -= 1
    start = end
    while start and pairs[start - 1, _HOUR] == hour:
        start -= 1
    place = start + np.searchsorted(pairs[start:end, _NEIGHBOUR], neighbour)
    if place < end and pairs[place, _NEIGHBOUR] == neighbour:
        pairs[place, _WEIGHT] += weight
        return
    if end - start == PAIRS_AN_HOUR:
        if place == end:
            return
        moved = end - 1
    else:
        moved = room.held[2]
        room.held[2] += 1
    for row in range(moved, place, -1):
        pairs[row] = pairs[row - 1]
    pairs[place, _HOUR], pairs[place, _NEIGHBOUR], pairs[place, _WEIGHT] = hour, neighbour, weight


@jit
def _close(room: _Room, before: int) -> None:
    """Add each hour before `before` to the closed ones, one by one, and keep the NEIGHBOURS heaviest each time.

    One by one, so that what rankings of an hour see does not depend on when the hours before it were closed.
    """
    closed = 0
    while closed < room.held[2] and room.pairs[closed, _HOUR] == _CLOSED:
        closed += 1
    while closed < room.held[2] and room.pairs[closed, _HOUR] < before:
        end = closed
        while end < room.held[2] and room.pairs[end, _HOUR] == room.pairs[closed, _HOUR]:
            end += 1
        merged = _merge(room.pairs, closed, end)
        closed = _heaviest(room.pairs, merged)
        for row in range(end, room.held[2]):
            room.pairs[closed + row - end] = room.pairs[row]
        room.held[2] -= end - closed


@jit
def _merge(pairs: Longs, closed: int, end: int) -> int:
    """Sum the rows from `closed` to `end` into the closed ones before them; return how many those are then."""
    count = closed
    for row in range(closed, end):
        place = 0
        while place < closed and pairs[place, _NEIGHBOUR] != pairs[row, _NEIGHBOUR]:
            place += 1
        if place < closed:
            pairs[place, _WEIGHT] += pairs[row, _WEIGHT]
        else:
            pairs[count] = pairs[row]
            count += 1
    return count


@jit
def _heaviest(pairs: Longs, count: int) -> int:
    """Put the NEIGHBOURS heaviest of the first rows first, ties by neighbour, as closed; return how many there are."""
    kept = min(count, NEIGHBOURS)
    for place in range(kept):
        best = place
        for row in range(place + 1, count):
            heavier = pairs[row, _WEIGHT] > pairs[best, _WEIGHT]
            equal = pairs[row, _WEIGHT] == pairs[best, _WEIGHT]
            if heavier or (equal and pairs[row, _NEIGHBOUR] < pairs[best, _NEIGHBOUR]):
                best = row
        for column in range(3):
            pairs[place, column], pairs[best, column] = pairs[best, column], pairs[place, column]
        pairs[place, _HOUR] = _CLOSED
    return kept


@jit
def _add_windows(rows: Words, hour: int, hours_per_row: int, counts: Places) -> None:
    """Add to `counts` (windows, COUNTERS) the rows that each window, ending before `hour`, holds.

    The first window is the last 24 hours, the others are whole days back: the same whether a row is an hour or a folded
    day. Hours older than a day are in no first window, so that a day's row need not be. A row stands in the shortest
    window that holds it, and so in all longer ones.
    """
    today = hour // 24
    for row in range(len(rows)):
        at = np.int64(rows[row, 0]) * hours_per_row
        if at >= hour:
            continue
        window = 0 if hours_per_row == 1 and at >= hour - 24 else 1
        while 0 < window < WINDOWS and today - at // 24 > WINDOW_DAYS[window]:
            window += 1
        for longer in range(window, WINDOWS):
            own = counts[longer]
            for counter in range(COUNTERS):
                own[counter] += rows[row, 1 + counter]
