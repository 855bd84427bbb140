"""Bins are those of scikit-learn, and what is off is told."""

import numpy as np
import numpy.typing as npt
import pytest
from sklearn.calibration import calibration_curve

from training.report.calibration import BINS, bins, error

Scores = npt.NDArray[np.float64]
Wanted = npt.NDArray[np.bool_]


@pytest.fixture
def scores() -> Scores:
    return np.random.default_rng(3).normal(-2.0, 1.0, 20_000)


def drawn(scores: Scores, seed: int = 5) -> Wanted:
    return np.random.default_rng(seed).random(scores.shape) < 1.0 / (1.0 + np.exp(-scores))


def test_bins_are_those_of_scikit_learn(scores: Scores) -> None:
    wanted = drawn(scores)
    theirs = calibration_curve(wanted, 1.0 / (1.0 + np.exp(-scores)), n_bins=BINS, strategy="quantile")
    ours = bins(scores, wanted)
    np.testing.assert_allclose([each.found for each in ours], theirs[0], atol=1e-3)
    np.testing.assert_allclose([each.expected for each in ours], theirs[1], atol=1e-3)


def test_a_model_that_means_its_scores_is_hardly_off(scores: Scores) -> None:
    assert error(bins(scores, drawn(scores))) < 0.01


def test_a_model_that_is_too_sure_is_off(scores: Scores) -> None:
    assert error(bins(scores + 1.0, drawn(scores))) > 0.1


def test_no_rows_are_no_bins() -> None:
    assert bins(np.zeros(0), np.zeros(0, np.bool_)) == []
    assert error([]) == 0.0
