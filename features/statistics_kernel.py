"""Statistics records in machine code: what a batch adds to them, and what rankings of one hour see."""

from typing import Final

import numpy as np
import numpy.typing as npt

from features.compiled import jit
from features.facts import Records
from features.increments import COUNTERS
from features.statistics_record import (
    BUCKET_WORDS,
    DAYS_KEPT,
    HEADER_WORDS,
    HOUR,
    HOURS_KEPT,
    NEIGHBOUR,
    NEIGHBOURS,
    PAIRS_AN_HOUR,
    WEIGHT,
    Longs,
    Packed,
    Places,
    Room,
    Words,
    copied,
    copy,
    most_pairs,
    pack,
    room_for,
    rows_of,
    unpack,
    unpack_pairs,
)

WINDOW_DAYS: Final = (1, 7, 30)
WINDOWS: Final = len(WINDOW_DAYS)
_CLOSED: Final = 0  # the hour under which the sum of closed hours stands


@jit
def count(old: Packed, added: Records, added_starts: Places, batch: int, new: Packed) -> None:
    """Write to `new` what `old` becomes by INCREMENT rows; a record that has the batch already stays as it is.

    Row i of `added_starts` is where the rows of record i start. `new` is large enough: see `features.statistics`.
    """
    room = room_for(most_pairs(old) + len(added))
    for i in range(len(old.starts) - 1):
        unpack(old, i, room)
        first = old.starts[i]
        if old.starts[i + 1] > first and old.longs[first // 2] >= batch:
            new.starts[i + 1] = copied(old, i, new)
            continue
        row, end = added_starts[i], added_starts[i + 1]
        while row < end:
            next_hour = row
            while next_hour < end and added[next_hour]["hour"] == added[row]["hour"]:
                next_hour += 1
            _add(room, added[row:next_hour])
            row = next_hour
        new.starts[i + 1] = pack(room, batch, new, new.starts[i])


@jit
def see(
    records: Packed, hour: int, counts: Places, neighbours: Longs, weights: npt.NDArray[np.float32]
) -> None:
    """Fill zeros with what rankings see whose `visible_hour` is `hour`; see `features.statistics.Visible`."""
    room = room_for(most_pairs(records))
    for i in range(len(records.starts) - 1):
        hours, days, pairs = rows_of(records, i)
        first_hour = records.starts[i] + HEADER_WORDS
        first_day = first_hour + hours * BUCKET_WORDS
        first_pair = first_day + days * BUCKET_WORDS
        _add_rows(records.words[first_hour:first_day], hour, 1, counts[i])
        _add_rows(records.words[first_day:first_pair], hour, 24, counts[i])
        unpack_pairs(records, first_pair, pairs, room)
        for window in range(1, WINDOWS):
            counts[i, window] += counts[i, window - 1]
        while room.held[2] and room.pairs[room.held[2] - 1, HOUR] >= max(hour, 1):
            room.held[2] -= 1
        _close(room, hour)
        for k in range(room.held[2]):
            neighbours[i, k], weights[i, k] = room.pairs[k, NEIGHBOUR], room.pairs[k, WEIGHT]


@jit
def _add(room: Room, added: Records) -> None:
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
        _close(room, int(room.pairs[room.held[2] - 1, HOUR]) - 1)


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
def _fold(room: Room) -> None:
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
        copy(words, count * width, words, 0, held[part] * width)


@jit
def _pair(room: Room, hour: int, neighbour: int, weight: int) -> None:
    """Add to one pair of an hour, in the order of hours and neighbours; past PAIRS_AN_HOUR the last one goes."""
    pairs, end = room.pairs, room.held[2]
    while end and pairs[end - 1, HOUR] > hour:
        end -= 1
    start = end
    while start and pairs[start - 1, HOUR] == hour:
        start -= 1
    place = start + np.searchsorted(pairs[start:end, NEIGHBOUR], neighbour)
    if place < end and pairs[place, NEIGHBOUR] == neighbour:
        pairs[place, WEIGHT] += weight
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
    pairs[place, HOUR], pairs[place, NEIGHBOUR], pairs[place, WEIGHT] = hour, neighbour, weight


@jit
def _close(room: Room, before: int) -> None:
    """Add each hour before `before` to the closed ones, one by one, and keep the NEIGHBOURS heaviest each time.

    One by one, so that what rankings of an hour see does not depend on when the hours before it were closed.
    """
    closed = 0
    while closed < room.held[2] and room.pairs[closed, HOUR] == _CLOSED:
        closed += 1
    while closed < room.held[2] and room.pairs[closed, HOUR] < before:
        end = closed
        while end < room.held[2] and room.pairs[end, HOUR] == room.pairs[closed, HOUR]:
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
        while place < closed and pairs[place, NEIGHBOUR] != pairs[row, NEIGHBOUR]:
            place += 1
        if place < closed:
            pairs[place, WEIGHT] += pairs[row, WEIGHT]
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
            heavier = pairs[row, WEIGHT] > pairs[best, WEIGHT]
            equal = pairs[row, WEIGHT] == pairs[best, WEIGHT]
            if heavier or (equal and pairs[row, NEIGHBOUR] < pairs[best, NEIGHBOUR]):
                best = row
        for column in range(3):
            pairs[place, column], pairs[best, column] = pairs[best, column], pairs[place, column]
        pairs[place, HOUR] = _CLOSED
    return kept


@jit
def _add_rows(words: Words, hour: int, hours_per_row: int, counts: Places) -> None:
    """Add rows of hours or days to `counts` (windows, COUNTERS), each to the shortest window that holds it.

    Windows end before `hour`. The first is the last 24 hours, the others are whole days back: the same whether a row is
    an hour or a folded day. Hours older than a day are in no first window, so that a day's row need not be.
    """
    today = hour // 24
    for start in range(0, len(words), BUCKET_WORDS):
        row_hour = np.int64(words[start]) * hours_per_row
        if row_hour >= hour:
            continue
        window = 0 if hours_per_row == 1 and row_hour >= hour - 24 else 1
        while 0 < window < WINDOWS and today - row_hour // 24 > WINDOW_DAYS[window]:
            window += 1
        if window < WINDOWS:
            for counter in range(COUNTERS):
                counts[window, counter] += words[start + 1 + counter]
