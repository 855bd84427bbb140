"""Drift: a column that moved is named on its day, chance is not, and a source that ran dry shows."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from features.bundle import histograms
from features.drift import stability_index
from features.log.kind import Kind
from features.log.place import Log, date_of
from features.log.writer import write
from service.drift.days import served_rows
from service.drift.found import Day, Drift
from service.drift.levels import FEWEST_ROWS, alarms, drifted

VERSION = "2026-11-22T10-00-00Z-4f2a"
NOON = 1_795_348_800.0


def days(price: list[float], rows: int = FEWEST_ROWS) -> list[Day]:
    return [
        Day(f"2026-11-{n:02}", rows, {"log_price": moved, "score": 0.01}) for n, moved in enumerate(price, 1)
    ]


def test_the_same_spread_is_no_drift_and_chance_stays_far_below_the_levels() -> None:
    rng = np.random.default_rng(5)
    learned, again = rng.normal(size=(2, 5_000, 1)).astype(np.float32)
    reference = histograms(["x"], learned)["x"]
    assert stability_index(reference, learned[:, 0]) == pytest.approx(0.0, abs=1e-9)
    assert stability_index(reference, again[:, 0]) < 0.02
    assert stability_index(reference, again[:, 0] + 1.0) > 0.5


@pytest.mark.parametrize("learned", [np.ones(1_000, np.float32), np.arange(1_000, dtype=np.float32)])
def test_a_column_that_goes_missing_drifts_and_no_rows_do_not(
    learned: np.ndarray[Any, np.dtype[np.float32]],
) -> None:
    reference = histograms(["x"], learned[:, None])["x"]
    half = np.where(np.arange(1_000) % 2, learned, np.nan).astype(np.float32)
    assert stability_index(reference, half) > 0.25
    assert stability_index(reference, learned[:0]) == 0.0


def test_levels_are_learned_from_clean_days() -> None:
    found = drifted(days([0.02, 0.03, 0.02, 0.03, 0.02, 0.15, 0.02]))
    assert [date for date, columns in found.items() if columns] == ["2026-11-06"]
    assert found["2026-11-06"] == {"log_price": 0.1}  # the usual level, 0.25, would have slept


def test_a_shop_whose_days_differ_by_chance_is_not_alarmed() -> None:
    assert not any(drifted(days([0.2, 0.22, 0.18, 0.24, 0.21, 0.3, 0.26])).values())


def test_a_day_that_drifted_teaches_nothing_and_one_of_few_rows_says_nothing() -> None:
    assert [bool(c) for c in drifted(days([0.02] * 5 + [0.9, 0.9])).values()] == [False] * 5 + [True, True]
    assert drifted(days([0.9], rows=FEWEST_ROWS - 1)) == {}


def test_a_finding_reads_as_it_was_written() -> None:
    drift = Drift(VERSION, tuple(days([0.02] * 5 + [0.9])))
    assert Drift.of(drift.text()) == drift
    assert set(alarms(drift.days)) == {"log_price"}
    assert alarms(()) == {}


def test_rows_of_the_day_and_of_this_model_alone_are_read(tmp_path: Path) -> None:
    log, matrix = Log(f"file://{tmp_path}"), np.arange(6, dtype=np.float32).reshape(2, 3)
    row = {"time": NOON, "received_at": NOON, "candidates": 2, "served": matrix.tobytes(), "page": "home"}
    rows = [
        {**row, "ranking_id": name, "sequence": n, "model": model, "served": served}
        for n, (name, model, served) in enumerate(
            [
                ("a", VERSION, row["served"]),
                ("b", "other", row["served"]),
                ("c", VERSION, None),
                ("d", VERSION, b"1234"),
            ]
        )
    ]
    write(log, "acme", Kind.EXPOSURES, 1, rows)
    assert served_rows(log, "acme", date_of(NOON), VERSION, 3).tolist() == matrix.tolist()
    assert served_rows(log, "acme", "2026-01-01", VERSION, 3).shape == (0, 3)
