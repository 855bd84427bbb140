"""What became of an item: counters by hour and the items met beside it, visible from the hour's close.

Everything is an integer under a UTC hour, so that sums are the same in any order and a replay equals what was served,
to the bit. An hour counts from GRACE_SECONDS after its close: a worker that is late by less changes no ranking.

Packed record, little-endian: a header `QHHI` (batch last applied; rows of hours, of days, of pairs), then the rows:
`20I` (hour, counters) for each of the last 48 hours; `20I` (day, counters) for each of the 31 days before; `QII`
(neighbour, hour, weight) for the 32 heaviest neighbours of closed hours, under hour 0, and for those of the item's last
two hours. 6.9 KB at the most, and 32 KB for each of those hours in which an item meets 2,048 others.
"""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from features.facts import Records
from features.increments import COUNTERS, HOUR_SECONDS, SHOP, Increments
from features.statistics_kernel import WINDOW_DAYS, WINDOWS
from features.statistics_kernel import count as _count
from features.statistics_kernel import see as _see
from features.statistics_record import BUCKET_WORDS, HEADER_WORDS, NEIGHBOURS, Packed

__all__ = ["COUNTERS", "HOUR_SECONDS", "NEIGHBOURS", "SHOP", "WINDOW_DAYS"]
GRACE_SECONDS: Final = 900.0
SHOP_DELAY_HOURS: Final = (
    6  # the shop's totals change with every event, and slowly: they can wait for late ones
)
_WORD: Final = 4  # bytes
_UNIT: Final = 16  # bytes: all parts of a record are multiples of it, so that each starts where longs may
_NO_RECORD: Final = b""
_AT_ONCE: Final = 100  # records laid out together: in a core's own memory, which is three times as fast


class Visible(NamedTuple):
    """What rankings of one hour see of n items."""

    counts: npt.NDArray[np.int64]  # (n, windows, COUNTERS)
    neighbours: npt.NDArray[np.uint64]  # (n, NEIGHBOURS), 0 where there is none; heaviest first
    weights: npt.NDArray[np.float32]  # (n, NEIGHBOURS)


def visible_hour(at: float) -> int:
    """Return the first hour (since 1970) that a ranking at `at` does not see yet.

    >>> visible_hour(7200 + 899.0), visible_hour(7200 + 900.0)
    (1, 2)
    """
    return int((at - GRACE_SECONDS) // HOUR_SECONDS)


def counted(records: Sequence[bytes | None], increments: Increments, batch: int) -> list[bytes]:
    """Return the records of `increments.items`, as stored (None: none yet), after a batch.

    A record that has the batch already stays as it is: a batch may be counted again after a crash. Facts come in the
    order of their hours, give or take the last two; then the records are the same whichever batches they came in. A
    record that cannot be read starts afresh.
    """
    rows = increments.rows
    first_of_item = np.ones(len(rows), np.bool_)
    first_of_item[1:] = rows["item"][1:] != rows["item"][:-1]
    starts = np.append(np.flatnonzero(first_of_item), len(rows))
    if len(starts) != len(records) + 1:
        raise ValueError(f"{len(records)} records for the increments of {len(starts) - 1} items")
    found: list[bytes] = []
    for first in range(0, len(records), _AT_ONCE):
        some = starts[first : first + _AT_ONCE + 1]
        added = rows[some[0] : some[-1]]
        found += _counted(records[first : first + _AT_ONCE], added, some - some[0], batch)
    return found


def _counted(
    records: Sequence[bytes | None], rows: Records, starts: npt.NDArray[np.int64], batch: int
) -> list[bytes]:
    old = _packed(records)
    new = _room_for(len(old.words) + len(records) * HEADER_WORDS + len(rows) * BUCKET_WORDS, len(records))
    _count(old, rows, starts, batch, new)
    ends = (new.starts * _WORD).tolist()
    packed = new.words[: new.starts[-1]].tobytes()
    return [packed[start:end] for start, end in pairwise(ends)]


def visible(records: Sequence[bytes | None], hour: int) -> Visible:
    """Return what rankings see whose `visible_hour` is `hour`: nothing of that hour or later.

    Nothing stored is an item that nothing happened to.
    """
    n = len(records)
    seen = Visible(
        np.zeros((n, WINDOWS, COUNTERS), np.int64),
        np.zeros((n, NEIGHBOURS), np.uint64),
        np.zeros((n, NEIGHBOURS), np.float32),
    )
    for first in range(0, n, _AT_ONCE):
        some = slice(first, first + _AT_ONCE)
        _see(_packed(records[some]), hour, seen.counts[some], seen.neighbours[some], seen.weights[some])
    return seen


def _packed(records: Sequence[bytes | None]) -> Packed:
    whole = [record if record and len(record) % _UNIT == 0 else _NO_RECORD for record in records]
    joined = b"".join(whole)
    ends = accumulate(map(len, whole), initial=0)
    starts = np.fromiter(ends, np.int64, len(whole) + 1) // _WORD
    return Packed(np.frombuffer(joined, np.uint32), np.frombuffer(joined, np.uint64), starts)


def _room_for(words: int, records: int) -> Packed:
    room = np.zeros(words, np.uint32)
    return Packed(room, room.view(np.uint64), np.zeros(records + 1, np.int64))
