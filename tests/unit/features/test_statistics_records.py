"""Packed records at their bounds: the heaviest neighbours, too many of them, none, and bytes that are no record."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pytest

from features.bounded import Tally
from features.increments import COUNTERS, INCREMENT, Increments, increments_of
from features.statistics import counted, visible
from features.statistics_record import NEIGHBOURS, PAIRS_AN_HOUR

START: Final = 24 * 20_000  # an hour that begins a day


def test_the_heaviest_neighbours_stay_and_ties_go_by_hash() -> None:
    def bump(rows: Sequence[tuple[int, int, int]]) -> Increments:
        found = np.zeros(len(rows), INCREMENT)
        for row, (neighbour, hour, amount) in zip(
            found, sorted(rows, key=lambda r: (r[1], r[0])), strict=True
        ):
            row["item"], row["neighbour"], row["hour"], row["amount"] = 1, neighbour, hour, amount
        return Increments(found)

    weights = {100 + n: 10 + n % 7 for n in range(60)}
    (record,) = counted([None], bump([(n, START, w) for n, w in weights.items()]), 1)
    heaviest = sorted(weights, key=lambda n: (-weights[n], n))[:NEIGHBOURS]
    assert visible([record], START + 1).neighbours[0].tolist() == heaviest
    (later,) = counted([record], bump([(7, START + 2, 1), (8, START + 4, 1)]), 2)
    assert visible([later], START + 2).neighbours[0].tolist() == heaviest


def test_an_hour_keeps_a_bounded_number_of_neighbours_whichever_came_first() -> None:
    rows = np.zeros(PAIRS_AN_HOUR + 50, INCREMENT)
    rows["item"], rows["hour"], rows["amount"] = 1, START, 60
    rows["neighbour"] = np.arange(1, len(rows) + 1)
    halves = (rows[::2], rows[1::2])
    (forth,) = counted(counted([None], Increments(halves[0]), 1), Increments(halves[1]), 2)
    (back,) = counted(counted([None], Increments(halves[1]), 1), Increments(halves[0]), 2)
    assert forth == back
    assert len(forth) == 16 + 16 * PAIRS_AN_HOUR


@pytest.mark.parametrize("broken", [b"", b"x" * 3, b"\xff" * 64, b"\0" * 12])
def test_what_is_no_record_is_an_item_nothing_happened_to(broken: bytes) -> None:
    seen = visible([broken, None], START)
    assert not seen.counts.any()
    assert not seen.neighbours.any()


def test_no_events_and_no_records_are_nothing() -> None:
    assert increments_of([], Tally()).items == []
    assert list(increments_of([], Tally()).parts(3)) == []
    assert counted([], increments_of([], Tally()), 1) == []
    assert visible([], START).counts.shape == (0, 3, COUNTERS)
