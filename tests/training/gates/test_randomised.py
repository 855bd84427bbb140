"""The gate on randomised traffic."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from features.table import PLACED
from service.ranking.exploration import drawn
from tests.training.scorers import ByColumn
from training import fit
from training.dataset import Dataset
from training.fit import Forester
from training.gates.live import Live
from training.gates.randomised import not_worse_on_randomised
from training.off_policy.listings import drawn_listings
from training.shown import Shown

MakeDataset = Callable[..., Dataset]


@pytest.fixture
def all_drawn(make_dataset: MakeDataset) -> Dataset:
    """Listings drawn by nothing at all, in which the touched item is clicked wherever it stands."""
    data = make_dataset(listings=1_500, signal=4.0)
    order = [drawn(np.zeros(n), f"r-{i}") for i, n in enumerate(data.group.tolist())]
    index = np.concatenate([np.argsort(each.order) for each in order]).astype(np.int32)
    chance = np.concatenate([each.propensity for each in order])
    return replace(data, shown=Shown(index, chance, np.full(len(data), "desktop")))


def live(data: Dataset, forest: ByColumn) -> Live:
    return Live("live-1", forest, 0.0, data.table_hash)


def test_a_worse_model_is_refused_and_the_line_says_why(all_drawn: Dataset) -> None:
    good, bad = ByColumn(all_drawn, "looks"), ByColumn(all_drawn, "looks", -1.0)
    check = not_worse_on_randomised(all_drawn, bad, live(all_drawn, good), seed=1)
    assert not check.passed
    assert "it is worse, so the live model stays" in check.says


def test_a_better_model_and_the_same_one_pass(all_drawn: Dataset) -> None:
    good, bad = ByColumn(all_drawn, "looks"), ByColumn(all_drawn, "looks", -1.0)
    assert not_worse_on_randomised(all_drawn, good, live(all_drawn, bad), seed=1).passed
    assert not_worse_on_randomised(all_drawn, good, live(all_drawn, good), seed=1).passed


def test_where_nothing_was_drawn_or_too_little_it_says_so_and_passes(
    all_drawn: Dataset, make_dataset: MakeDataset
) -> None:
    good, bad = ByColumn(all_drawn, "looks"), ByColumn(all_drawn, "looks", -1.0)
    none = not_worse_on_randomised(make_dataset(), bad, live(all_drawn, good), seed=1)
    few = all_drawn.listings(np.arange(len(all_drawn)) < 60)
    little = not_worse_on_randomised(few, bad, live(all_drawn, good), seed=1)
    assert none.passed
    assert "nothing to compare on" in none.says
    assert little.passed
    assert "too few" in little.says
    assert not_worse_on_randomised(all_drawn, bad, None, seed=1).says == "No model serves yet."


def test_a_challenger_is_tried_where_listings_were_drawn_and_only_there(
    all_drawn: Dataset, make_dataset: MakeDataset
) -> None:
    assert [c.objective for c in Forester(17).choose(make_dataset()).tried] == list(fit.OBJECTIVES)
    choice = Forester(17).choose(all_drawn.listings(np.arange(len(all_drawn)) < 700))
    assert [c.objective for c in choice.tried] == list(fit.NAMES)
    assert len(drawn_listings(all_drawn)) == len(all_drawn)


def test_the_de_biased_forest_never_asks_for_a_column_that_tells_a_place(all_drawn: Dataset) -> None:
    small = all_drawn.listings(np.arange(len(all_drawn)) < 300)
    grown = Forester(17).grow(small, fit.Candidate(fit.DEBIASED, 12, 0.0, ()))
    again = Forester(17).grow(small, fit.Candidate(fit.DEBIASED, 12, 0.0, ()))
    assert grown.text == again.text
    asked = {line.partition("=")[0] for line in grown.text.splitlines()}  # its importances, a line each
    assert not asked & PLACED
