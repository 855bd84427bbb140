"""What counts for a visitor, against a dictionary."""

import tracemalloc
from collections import Counter
from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from features.bounded import A_VISITOR_AN_HOUR, NOBODY, Counts, Tally

Row = tuple[int, int, int, int]  # visitor, item, kind, hour
FEW = st.tuples(
    st.sampled_from([NOBODY, 1, 2**64 - 1]), st.integers(1, 2), st.integers(0, 1), st.integers(7, 8)
)


def let(tally: Tally, rows: Sequence[Row]) -> list[bool]:
    visitor, item, kind, hour = zip(*rows, strict=True) if rows else ((), (), (), ())
    counts = tally.let(
        Counts(
            np.array(visitor, np.uint64),
            np.array(item, np.uint64),
            np.array(kind, np.int64),
            np.array(hour, np.int64),
        )
    )
    return [bool(each) for each in counts]


@given(st.lists(st.lists(FEW, max_size=80), max_size=4))
def test_it_lets_what_the_textbook_lets_however_it_is_cut(batches: list[list[Row]]) -> None:
    tally, times = Tally(), Counter[Row]()
    for batch in batches:
        expected = []
        for row in batch:
            times[row] += 1
            expected.append(row[0] == NOBODY or times[row] <= A_VISITOR_AN_HOUR)
        assert let(tally, batch) == expected


def test_many_visitors_find_room() -> None:
    tally, draw = Tally(), np.random.default_rng(17)
    visitors = draw.integers(1, 2**63, 20_000).tolist()
    for _ in range(A_VISITOR_AN_HOUR):
        assert all(let(tally, [(v, 5, 0, 7) for v in visitors]))
    assert not any(let(tally, [(v, 5, 0, 7) for v in visitors]))


def test_an_hour_that_is_over_is_forgotten() -> None:
    tally = Tally()
    let(tally, [(1, 1, 0, 7)] * A_VISITOR_AN_HOUR)
    assert let(tally, [(1, 1, 0, 7)]) == [False]
    assert all(let(tally, [(1, 1, 0, hour) for hour in range(8, 12)]))
    assert let(tally, [(1, 1, 0, 7)]) == [True]


def test_who_was_counted_takes_few_bytes_however_many_there_are() -> None:
    tally, draw = Tally(), np.random.default_rng(17)
    let(tally, [(1, 1, 0, 7)])  # compiled now
    tracemalloc.start()
    for known in range(10_000, 130_000, 10_000):
        let(tally, [(v, 5, 0, 7) for v in draw.integers(1, 2**63, 10_000).tolist()])
        assert tracemalloc.get_traced_memory()[0] <= 16 * known + 300_000  # what is there beside the table
    tracemalloc.stop()
