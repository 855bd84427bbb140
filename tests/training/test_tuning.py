import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from optuna.distributions import FloatDistribution, IntDistribution

from training import fit, tuning
from training.dataset import Dataset
from training.effort import Effort
from training.fit import DEBIASED, Candidate, Choice, Forester, parameters_for
from training.tuning import LISTWISE, SPACE, Tuner

MakeDataset = Callable[..., Dataset]
FOR_EVER = 1e9  # seconds


TREES = 30  # enough to tell good parameters from useless ones
TOO_LARGE = 1_000_000  # rows of a leaf: no tree splits


@dataclass(slots=True)
class Watched:
    """A clock that goes on by a second with each look, and stops being short once `last_words` were said."""

    last_words: str = "nothing"
    now: float = 0.0

    def clock(self) -> float:
        self.now += 1.0
        return self.now

    def tell(self, line: str) -> None:
        if line.startswith(self.last_words):
            self.now = FOR_EVER


@pytest.fixture(autouse=True)
def _few_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit, "MOST_TREES", TREES)


@pytest.fixture(scope="module")
def data(make_dataset: MakeDataset) -> Dataset:
    return make_dataset(listings=200)


@pytest.fixture
def choice() -> Choice:
    """As if it had been chosen with the usual parameters; the listwise kind has the most of them."""
    usual = Candidate("lambdarank", 12, 0.5, ())
    return Choice(usual, (usual,))


def useless_usual(*given: Any) -> dict[str, Any]:
    return {**parameters_for(*given), "min_data_in_leaf": TOO_LARGE}


def test_two_searches_with_one_seed_try_and_choose_the_same(data: Dataset, choice: Choice) -> None:
    first, again = (Tuner(Forester(17), Effort(1, FOR_EVER)).tune(data, choice) for _ in range(2))
    assert first == again
    _, other = Tuner(Forester(18), Effort(1, FOR_EVER)).tune(data, choice)
    assert other.trials[0].parameters != first[1].trials[0].parameters


def test_the_best_trial_is_grown_where_it_beats_the_usual_parameters(
    data: Dataset, choice: Choice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit, "parameters_for", useless_usual)
    found, told = Tuner(Forester(17), Effort(3, FOR_EVER)).tune(data, choice)
    assert told.chosen is not None
    assert told.usual is not None
    best = told.trials[told.chosen]
    assert best.ndcg == max(trial.ndcg for trial in told.trials) > told.usual + 0.1
    grown = Forester(17).grow(data, found.best)
    assert best.parameters.keys() == {**SPACE, **LISTWISE}.keys()
    assert {name: grown.parameters[name] for name in best.parameters} == best.parameters
    assert (found.best.name, found.others) == ("tuned forest", choice.tried)


def test_the_usual_parameters_stay_where_nothing_is_better(
    data: Dataset, choice: Choice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tuning, "SPACE", {"min_data_in_leaf": IntDistribution(20, TOO_LARGE)})
    monkeypatch.setattr(tuning, "LISTWISE", {})
    found, told = Tuner(Forester(17), Effort(2, FOR_EVER)).tune(data, choice)
    assert (found, told.chosen, len(told.trials)) == (choice, None, 2)
    assert "The usual parameters stay: of 2 trials none is better" in told.says


def test_when_the_time_is_up_what_was_found_until_then_counts(data: Dataset, choice: Choice) -> None:
    done = 2
    watched = Watched(f"trial {done} of 50")
    tuner = Tuner(Forester(17, tell=watched.tell), Effort(50, FOR_EVER), watched.clock)
    found, told = tuner.tune(data, choice)
    assert (told.ended_by, len(told.trials)) == ("time", done)
    assert f"The time was up after {done} of 50 trials." in told.says
    whole = Tuner(Forester(17), Effort(done, FOR_EVER)).tune(data, choice)
    assert (found, told.trials, told.chosen) == (whole[0], whole[1].trials, whole[1].chosen)


def test_the_time_ends_a_trial_that_is_half_grown(data: Dataset, choice: Choice) -> None:
    looks_of_one = tuning.FOLDS * TREES
    watched = Watched()
    _, told = Tuner(Forester(17), Effort(50, 1.5 * looks_of_one), watched.clock).tune(data, choice)
    assert told.usual is not None
    assert (told.ended_by, told.trials, told.chosen) == ("time", (), None)
    assert watched.now < 1.5 * looks_of_one + 2 * tuning.FOLDS


def test_without_time_for_the_usual_parameters_nothing_changes(data: Dataset, choice: Choice) -> None:
    found, told = Tuner(Forester(17), Effort(5, 0.5), Watched().clock).tune(data, choice)
    assert (found, told.ended_by, told.usual, told.trials) == (choice, "time", None, ())
    assert "allow more minutes" in told.says


def test_a_model_that_drawn_listings_chose_is_not_tuned_by_sorted_clicks(
    data: Dataset, choice: Choice
) -> None:
    debiased = Choice(replace(choice.best, objective=DEBIASED), choice.tried)
    found, told = Tuner(Forester(17), Effort(5, FOR_EVER)).tune(data, debiased)
    assert (found, told.ended_by, told.trials) == (debiased, "nothing to tune", ())


def test_a_log_too_short_for_folds_is_not_tuned(make_dataset: MakeDataset, choice: Choice) -> None:
    found, told = Tuner(Forester(17), Effort(5, FOR_EVER)).tune(make_dataset(listings=2), choice)
    assert (found, told.says) == (choice, "Not tuned: the log is too short for several folds.")


@pytest.mark.parametrize("times", [1, 100])
def test_the_usual_parameters_lie_inside_what_is_searched(data: Dataset, times: int) -> None:
    larger = replace(data, label=data.label.repeat(times))
    usual = parameters_for("lambdarank", larger, 17)
    for name, searched in {**SPACE, **LISTWISE}.items():
        assert isinstance(searched, FloatDistribution | IntDistribution)
        assert searched.low <= usual[name] <= searched.high


def test_optuna_is_loaded_by_those_alone_who_look_for_parameters() -> None:
    says = "import sys, training.cli.train; sys.exit('optuna' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", says], check=False).returncode == 0
