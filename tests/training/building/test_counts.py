"""Counts that were written down give the statistics that counting every hour gives."""

from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.increments import INCREMENT, Increments, ordered
from features.statistics import counted
from training.building.counts import Given, merge, merged, summed

ITEMS: Final = 150  # more than are laid out together
BATCH_BYTES: Final = 8  # of a record: what was counted last, which nobody sees


def drawn(seed: int, hours: int, rows_an_hour: int) -> Any:
    rng = np.random.default_rng(seed)
    rows = np.zeros(hours * rows_an_hour, INCREMENT)
    rows["item"] = rng.integers(0, ITEMS, len(rows))
    rows["hour"] = 490_000 + np.repeat(np.arange(hours) * 3, rows_an_hour)
    rows["neighbour"] = np.where(rng.random(len(rows)) < 0.4, rng.integers(1, ITEMS, len(rows)), 0)
    rows["counter"] = np.where(rows["neighbour"] > 0, 0, rng.integers(0, 19, len(rows)))
    rows["amount"] = rng.integers(1, 60, len(rows))
    return summed(ordered(rows))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1_000), st.floats(0.0, 1.0))
def test_an_item_that_is_counted_when_it_is_read_has_the_record_of_one_counted_every_hour(
    seed: int, share: float
) -> None:
    rows, rng = drawn(seed, 30, 200), np.random.default_rng(seed)
    late, records = Given(rows), dict[int, bytes]()
    for hour in np.unique(rows["hour"]).tolist():
        increments = Increments(rows[rows["hour"] == hour])
        old = [records.get(item) for item in increments.items]
        records |= zip(increments.items, counted(old, increments, hour + 1), strict=True)
        late.reach(hour + 1)
        read = rng.permutation(ITEMS + 5)[: int(share * ITEMS)].tolist()
        found = [record and record[BATCH_BYTES:] for record in late.records(read)]
        assert found == [(record := records.get(item)) and record[BATCH_BYTES:] for item in read]


def test_an_hour_that_is_not_over_does_not_count() -> None:
    rows = drawn(1, 2, 100)
    late = Given(rows)
    late.reach(int(rows["hour"].min()))
    assert set(late.records(range(ITEMS))) == {None}


@pytest.mark.parametrize("rows_at_once", [70, 1_000_000])
def test_shards_are_added_up_piece_by_piece(tmp_path: Path, rows_at_once: int) -> None:
    shards = [drawn(1, 5, 100), drawn(2, 5, 80), drawn(3, 5, 0)]
    parts = [tmp_path / f"{number}" for number in range(3)]
    for part, rows in zip(parts, shards, strict=True):
        with part.open("wb") as file:
            np.save(file, rows)
    merge(parts, tmp_path / "all", rows_at_once)
    expected = summed(ordered(np.concatenate(shards)))
    assert merged(tmp_path / "all").tobytes() == expected.tobytes()


def test_nothing_counted_is_no_rows(tmp_path: Path) -> None:
    (tmp_path / "all").touch()
    assert len(merged(tmp_path / "all")) == 0
    assert Given(merged(tmp_path / "all")).records([1, 2]) == [None, None]
