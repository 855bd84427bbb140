from collections.abc import Callable

import numpy as np
import pytest

from service.ranking.forest import Matrix, Scores
from training.baselines import BASELINES
from training.dataset import Dataset
from training.evaluate import DECIDING, METRICS, MODEL, Rival, evaluate
from training.gate import judge

MakeDataset = Callable[..., Dataset]


class Constant:
    """A model that learned nothing."""

    def score(self, matrix: Matrix) -> Scores:
        return np.zeros(len(matrix))


class Broken:
    """A model that overflowed."""

    def score(self, matrix: Matrix) -> Scores:
        return np.full(len(matrix), np.nan)


class Touched:
    """A model that knows what clicks follow; `wrong` turns it around."""

    def __init__(self, data: Dataset, *, wrong: bool = False) -> None:
        self.column, self.sign = data.names.index("looks"), -1.0 if wrong else 1.0

    def score(self, matrix: Matrix) -> Scores:
        return self.sign * matrix[:, self.column].astype(np.float64)


def test_a_model_that_knows_beats_every_baseline_but_its_twin(make_dataset: MakeDataset) -> None:
    data = make_dataset()
    found = evaluate(data, Touched(data), seed=17)
    beaten = {name for name in BASELINES if found.lift[name][DECIDING].above_zero}
    assert beaten == set(BASELINES) - {"last touched first"}
    assert found.lift["last touched first"][DECIDING].mean == 0.0


def test_a_constant_model_serves_and_is_measured_as_the_shops_order(make_dataset: MakeDataset) -> None:
    data = make_dataset()
    found = evaluate(data, Constant(), seed=17)
    assert found.averages[MODEL] == found.averages["shop order"]
    assert found.constant_lists == 1.0


def test_a_rival_is_measured_as_the_model_is_and_beaten_by_what_it_does_not_know(
    make_dataset: MakeDataset,
) -> None:
    data = make_dataset()
    rivals = {"twin": Rival(Touched(data)), "worse": Rival(Touched(data, wrong=True))}
    found = evaluate(data, Touched(data), seed=17, rivals=rivals)
    assert found.averages["twin"] == found.averages[MODEL]
    assert (found.lift["twin"][DECIDING].low, found.lift["twin"][DECIDING].high) == (0.0, 0.0)
    assert found.lift["worse"][DECIDING].above_zero


def test_a_rival_is_not_judged_on_what_it_learned_from(make_dataset: MakeDataset) -> None:
    data = make_dataset()
    found = evaluate(data, Constant(), seed=17, rivals={"live": Rival(Touched(data), float(data.time[300]))})
    assert (found.averages["live"][DECIDING].listings, found.lift["live"][DECIDING].listings) == (100, 100)
    assert found.averages[MODEL][DECIDING].listings == 400


def test_every_figure_counts_the_same_listings(make_dataset: MakeDataset) -> None:
    data = make_dataset(clicked=0.5)
    found = evaluate(data, Touched(data), seed=17)
    counted = {(a.listings, a.excluded) for of in found.averages.values() for a in of.values()}
    assert len(counted) == 1
    assert set(found.averages[MODEL]) == set(METRICS)
    assert found.listings + counted.pop()[1] == len(data)


def test_slices_divide_the_listings(make_dataset: MakeDataset) -> None:
    data = make_dataset()
    slices = evaluate(data, Touched(data), seed=17).slices
    for question in ("session so far", "items in the list", "page"):
        assert sum(s.listings for s in slices if s.question == question) == len(data)
    by_events = {s.name: s for s in slices if s.question == "session so far"}
    assert by_events["no event yet"].over_shop_order.mean == pytest.approx(0.0)
    assert by_events["1 to 3 events"].over_shop_order.above_zero


def test_the_gate_lets_a_better_model_through(make_dataset: MakeDataset) -> None:
    data = make_dataset()
    verdict = judge(evaluate(data, Touched(data), seed=17))
    assert verdict.passed
    assert verdict.why_not == ""


def test_the_gate_refuses_a_worse_model_and_says_by_how_much(make_dataset: MakeDataset) -> None:
    data = make_dataset()
    verdict = judge(evaluate(data, Touched(data, wrong=True), seed=17))
    failed = [c.name for c in verdict.checks if not c.passed]
    assert failed[:2] == ["better than shop order", "not worse than last touched first"]
    assert "not surely better" in verdict.why_not
    assert "-0." in verdict.why_not


def test_the_gate_refuses_a_model_that_leaves_lists_as_they_are(make_dataset: MakeDataset) -> None:
    verdict = judge(evaluate(make_dataset(), Constant(), seed=17))
    assert "found nothing to go by" in verdict.why_not


def test_the_gate_refuses_scores_that_are_no_numbers(make_dataset: MakeDataset) -> None:
    verdict = judge(evaluate(make_dataset(), Broken(), seed=17))
    assert "not finite" in verdict.why_not


def test_the_gate_refuses_to_judge_on_a_handful_of_listings(make_dataset: MakeDataset) -> None:
    data = make_dataset(listings=50)
    verdict = judge(evaluate(data, Touched(data), seed=17))
    assert "Only 50 listings of 25 sessions" in verdict.why_not
