"""Orders that are drawn by scores."""

from collections import Counter
from itertools import permutations
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.ranking.exploration import TEMPERATURE, drawn, explores, propensity, temperature_of

Floats: TypeAlias = npt.NDArray[np.float64]
PINNED = [7, 6, 3, 5, 4, 0, 2, 1]  # best is 7
some_scores = st.lists(st.floats(-50, 50), max_size=30).map(lambda s: np.array(s, np.float64))


def textbook(logits: Floats, order: list[int]) -> list[float]:
    """The chance of each item among those left, the way a person would compute it."""
    chances = [0.0] * len(order)
    for rank, item in enumerate(order):
        left = order[rank:]
        chances[item] = float(np.exp(logits[item])) / sum(float(np.exp(logits[other])) for other in left)
    return chances


@given(some_scores, st.text(min_size=1))
def test_the_propensities_are_those_of_the_textbook(scores: Floats, ranking_id: str) -> None:
    found = drawn(scores, ranking_id)
    logits = (scores - max(scores, default=0.0)) / found.temperature
    expected = textbook(logits, found.order.tolist())
    assert found.propensity == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert sorted(found.order.tolist()) == list(range(len(scores)))


def test_each_order_comes_as_often_as_its_propensities_say() -> None:
    scores, draws = np.array([0.9, 0.2, 0.0]), 6_000
    logits = scores / temperature_of(scores)
    came = Counter(tuple(drawn(scores, f"r-{n}").order.tolist()) for n in range(draws))
    for order in permutations(range(3)):
        chance = float(np.prod(propensity(logits, np.array(order))))
        assert abs(came[order] - draws * chance) < 4.5 * np.sqrt(draws * chance * (1 - chance)), order


def test_scores_far_from_0_keep_their_differences() -> None:
    assert drawn(np.array([50.0, 50.0 + 1e-14]), "x").propensity.max() <= 1.0
    assert np.isfinite(drawn(np.array([1e9, 1e9 + 1.0]), "x").propensity).all()


def test_the_same_id_draws_the_same_order_and_another_id_another() -> None:
    scores = np.linspace(0.0, 1.0, 40)
    assert drawn(scores, "a").order.tolist() == drawn(scores, "a").order.tolist()
    assert drawn(scores, "a").order.tolist() != drawn(scores, "b").order.tolist()


def test_an_id_draws_for_good() -> None:
    """What a log holds can be drawn again by a later version."""
    assert drawn(np.arange(8.0), "01a20433-4c74-7000-8000-000000000000").order.tolist() == PINNED


def test_the_temperature_is_a_share_of_the_spread_whatever_the_unit_of_the_scores() -> None:
    scores = np.array([0.3, -1.2, 2.0, 0.0])
    assert temperature_of(scores) == pytest.approx(TEMPERATURE * np.std(scores))
    assert drawn(scores, "x").propensity == pytest.approx(drawn(1_000 * scores + 5.0, "x").propensity)


def test_equal_scores_are_drawn_evenly() -> None:
    first = Counter(int(drawn(np.full(4, 7.0), f"r-{n}").order[0]) for n in range(4_000))
    assert all(abs(times - 1_000) < 4.5 * np.sqrt(750) for times in first.values())
    assert len(first) == 4


@pytest.mark.parametrize("share", [0.02, 0.2])
def test_a_share_of_the_ids_is_drawn(share: float) -> None:
    times = sum(explores(f"ranking-{n}", share) for n in range(20_000))
    assert abs(times - 20_000 * share) < 4.5 * np.sqrt(20_000 * share * (1 - share))


def test_whether_and_how_are_drawn_apart() -> None:
    """Those few that are drawn are drawn as evenly as all would be."""
    chosen = [f"r-{n}" for n in range(40_000) if explores(f"r-{n}", 0.02)]
    first = Counter(int(drawn(np.zeros(2), each).order[0]) for each in chosen)
    assert abs(first[0] - len(chosen) / 2) < 4.5 * np.sqrt(len(chosen) / 4)
