"""Sums, estimates and lifts against numpy on drawn visitors, and where there is nothing to compute."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.insights.estimate import adjusted, plain, ratio, theta
from service.insights.horizon import days_left, visitors_needed
from service.insights.lift import Contrast, difference, relative_lift
from service.insights.moments import Moments
from service.insights.sequence import half_width
from service.insights.split import split_p

VISITORS = st.lists(st.tuples(st.floats(0, 1e4), st.floats(0, 1e4)), min_size=2, max_size=50)
NOBODY = Moments(0, 0.0, 0.0)


def moments(pairs: list[tuple[float, float]]) -> Moments:
    y, x = np.array(pairs).T
    return Moments(len(pairs), y.sum(), y @ y, x.sum(), x @ x, x @ y)


@given(VISITORS)
def test_moments_are_those_of_the_textbook(pairs: list[tuple[float, float]]) -> None:
    (vy, cxy), (_, vx) = np.cov(np.array(pairs).T)
    found = moments(pairs)
    told = [found.variance, found.variance_x, found.covariance]
    assert told == pytest.approx([vy, vx, cxy], rel=1e-6, abs=1e-3)


@given(VISITORS, VISITORS)
def test_moments_add_up(one: list[tuple[float, float]], other: list[tuple[float, float]]) -> None:
    both = moments(one) + moments(other)
    assert both.n == len(one) + len(other)
    assert both.y == pytest.approx(moments(one + other).y)


def test_the_past_never_adds_noise() -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=(2, 400))
    arms = [moments(list(zip(x[i] + rng.normal(size=400), x[i], strict=True))) for i in (0, 1)]
    slope = theta(*arms)
    assert slope == pytest.approx(1.0, abs=0.1)
    assert all(adjusted(arm, slope).variance < 0.6 * arm.variance for arm in arms)


def test_nobody_is_worth_nothing() -> None:
    assert (plain(NOBODY).mean, ratio(NOBODY).mean, theta(NOBODY, NOBODY)) == (0.0, 0.0, 0.0)
    assert difference(plain(NOBODY), plain(NOBODY)) is None
    assert half_width(1.0, 0) == float("inf")


def test_there_is_no_lift_over_nothing() -> None:
    many = plain(Moments(1_000, 30.0, 30.0))
    assert relative_lift(many, plain(Moments(1_000, 0.0, 0.0))) is None
    assert relative_lift(many, plain(Moments(1_000, 2.0, 2.0))) is None  # 2 of 1,000 may as well be none
    assert relative_lift(many, plain(Moments(1_000, 30.0, 30.0))) is not None


def test_an_arm_left_empty_on_purpose_is_no_wrong_split() -> None:
    assert (split_p(100, 0, 1.0), split_p(0, 100, 0.0)) == (1.0, 1.0)
    assert split_p(10_000, 9_000, 0.5) < 1e-9


def test_days_follow_the_pace_so_far() -> None:
    contrast = Contrast(0.0, 0.02**2, 10_000)
    needed = visitors_needed(contrast, 0.05)
    assert needed is not None
    reached = half_width(contrast.variance * contrast.n / needed, needed)
    assert reached <= 0.05 < half_width(contrast.variance * contrast.n / (needed - 1), needed - 1)
    assert days_left(contrast, 0.05, 10.0) == 5
    assert days_left(contrast, 0.5, 10.0) == 0
    assert days_left(Contrast(0.0, 0.0, 0), 0.05, 10.0) is None
