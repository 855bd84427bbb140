"""How columns were spread, down to the odd ones."""

import numpy as np
import pytest

from features.bundle import histograms
from features.bundle.histograms import read_histograms, write_histograms


def spread(values: list[float]) -> tuple[tuple[float, ...], tuple[int, ...], int]:
    found = histograms(["c"], np.array(values, np.float32)[:, None])["c"]
    return found.edges, found.counts, found.missing


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], ((), (0,), 0)),
        ([np.nan, np.nan], ((), (0,), 2)),
        ([7.0], ((7.0,), (1, 0), 0)),
        ([0.0] * 5, ((0.0,), (5, 0), 0)),
        ([1.0, np.inf, -np.inf], ((1.0,), (2, 1), 0)),
    ],
)
def test_degenerate_columns(values: list[float], expected: object) -> None:
    assert spread(values) == expected


def test_counts_every_value_once() -> None:
    values = np.random.default_rng(1).exponential(size=1000).astype(np.float32)
    edges, counts, missing = spread([*values.tolist(), np.nan])
    assert sum(counts) + missing == 1001
    assert counts[-1] == 0
    assert max(counts) <= 60
    assert list(edges) == sorted(edges)
    assert counts[0] == np.count_nonzero(values <= edges[0])


def test_comes_back_from_its_file() -> None:
    found = histograms(["a", "b"], np.random.default_rng(1).normal(size=(50, 2)).astype(np.float32))
    assert read_histograms(write_histograms(found)) == found
