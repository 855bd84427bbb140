import numpy as np
import pytest

from training.bootstrap import MOST_CLUSTERS, Interval, difference


def draws(sessions: int, each: int, shift: float, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two sides that differ by `shift`, with a noise that the listings of a session share."""
    rng = np.random.default_rng(seed)
    session = np.repeat(np.arange(sessions), each)
    theirs = rng.normal(0.5, 0.3, sessions * each)
    ours = theirs + shift + np.repeat(rng.normal(0, 0.1, sessions), each)
    return ours, theirs, session


def test_covers_the_true_difference_about_as_often_as_it_says() -> None:
    covered = 0
    for seed in range(60):
        found = difference(*draws(60, 3, shift=0.05, seed=seed), seed=17)
        covered += found.low <= 0.05 <= found.high
    assert 51 <= covered <= 60  # 0.95 of 60 is 57; 51 and fewer happens once in 300 runs


def test_listings_of_one_session_do_not_count_as_independent() -> None:
    ours, theirs, session = draws(40, 10, shift=0.0, seed=1)
    by_session = difference(ours, theirs, session, seed=17)
    as_if_independent = difference(ours, theirs, np.arange(len(session)), seed=17)
    assert by_session.high - by_session.low > 2 * (as_if_independent.high - as_if_independent.low)


def test_the_same_seed_gives_the_same_interval() -> None:
    sides = draws(30, 2, shift=0.02, seed=3)
    assert difference(*sides, seed=17) == difference(*sides, seed=17)
    assert difference(*sides, seed=17) != difference(*sides, seed=18)


def test_a_difference_that_is_the_same_everywhere_is_certain() -> None:
    theirs = np.linspace(0, 1, 20)
    found = difference(theirs + 0.25, theirs, np.arange(20), seed=17)
    assert (found.mean, found.low, found.high) == pytest.approx((0.25, 0.25, 0.25))
    assert found.above_zero


def test_listings_that_either_side_leaves_out_are_left_out_of_both() -> None:
    ours, theirs = np.array([np.nan, 1.0, 1.0]), np.array([0.0, np.nan, 0.5])
    found = difference(ours, theirs, np.array([1, 2, 3]), seed=17)
    assert (found.mean, found.listings, found.sessions) == (0.5, 1, 1)


@pytest.mark.parametrize("values", [[], [np.nan], [1.0, 1.0]])
def test_fewer_than_two_sessions_prove_nothing(values: list[float]) -> None:
    found = difference(np.array(values), np.zeros(len(values)), np.zeros(len(values)), seed=17)
    assert np.isnan(found.low)
    assert not found.above_zero


def test_many_sessions_are_drawn_in_bunches() -> None:
    sessions = MOST_CLUSTERS + 100
    ours = np.random.default_rng(5).normal(0.01, 0.2, sessions)
    found = difference(ours, np.zeros(sessions), np.arange(sessions), seed=17)
    assert found.sessions == sessions
    half_width = 1.96 * 0.2 / np.sqrt(sessions)
    assert found.high - found.low == pytest.approx(2 * half_width, rel=0.15)


def test_an_interval_is_above_zero_only_with_its_lower_end() -> None:
    assert not Interval(0.1, 0.0, 0.2, 5, 5).above_zero
    assert Interval(0.1, 0.01, 0.2, 5, 5).above_zero
