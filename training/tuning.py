"""Better parameters for the chosen objective, looked for on folds of what lies before the judged window.

The usual parameters stand first in the comparison and stay unless others are better on the folds. One seed gives the
same trials in the same order (tree-structured Parzen estimator: Bergstra et al. 2011, "Algorithms for hyper-parameter
optimization"), so a search that the time ends has found what one of that many trials finds.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np
import optuna
from optuna.distributions import BaseDistribution, FloatDistribution, IntDistribution

from features.bundle import Trial, Tuning
from training.dataset import Dataset
from training.effort import Effort
from training.fit import (
    DEBIASED,
    NDCG_AT,
    POINTWISE,
    Candidate,
    Choice,
    Forester,
    later_window,
    parameters_for,
    some_sessions,
    with_positives,
)
from training.folds import cuts
from training.window import Cut

FOLDS: Final = 3
FEWEST_FOLDS: Final = 2  # one stretch alone may be a lucky one
TUNED_ON: Final = 20_000  # listings, by whole sessions: more trials find more than larger ones
DRAWN_AT_RANDOM: Final = (
    8  # trials before the first guess: a fixed number, so that more trials begin like fewer
)
SPACE: Final[Mapping[str, BaseDistribution]] = {  # around the usual parameters, all of which lie inside
    "learning_rate": FloatDistribution(0.02, 0.15, log=True),
    "num_leaves": IntDistribution(8, 63, log=True),  # more would be slower to serve
    "max_depth": IntDistribution(3, 8),
    "min_data_in_leaf": IntDistribution(10, 500, log=True),
    "lambda_l2": FloatDistribution(0.1, 50.0, log=True),
    "feature_fraction": FloatDistribution(0.2, 1.0),
}
LISTWISE: Final[Mapping[str, BaseDistribution]] = {"lambdarank_truncation_level": IntDistribution(10, 60)}
EndedBy = Literal["trials", "time"]


class OutOfTimeError(Exception):
    """The time for looking is over."""


@dataclass(frozen=True, slots=True)
class Tuner:
    """Looks for better parameters than a forester's usual ones."""

    forester: Forester
    effort: Effort
    clock: Callable[[], float] = time.monotonic

    def tune(self, before: Dataset, choice: Choice) -> tuple[Choice, Tuning]:
        """Return the choice, with the tuned candidate as the best where one is better, and what was tried.

        `before` is what lies before the judged window. A de-biased choice is left alone: drawn listings proved it, and
        sorted clicks, by which the folds compare, would undo it. So is one whose log has fewer than FEWEST_FOLDS folds.
        """
        objective = choice.best.objective
        if objective == DEBIASED:
            return choice, self._left(objective, "sorted clicks cannot judge a model without position bias")
        folds = list(cuts(some_sessions(with_positives(before), TUNED_ON), FOLDS))
        if len(folds) < FEWEST_FOLDS:
            return choice, self._left(objective, "the log is too short for several folds")
        search = _Search(self, choice.best, folds, self.clock() + self.effort.seconds)
        tuning = search.run()
        self.forester.tell(tuning.says)
        if tuning.chosen is None:
            return choice, tuning
        tuned = replace(choice.best, tuned=dict(tuning.trials[tuning.chosen].parameters))
        best = self.forester.attempt(tuned, later_window(before))
        return Choice(best, (*choice.tried, best)), tuning

    def _left(self, objective: str, why: str) -> Tuning:
        says = f"Not tuned: {why}."
        self.forester.tell(says)
        return Tuning(
            objective=objective,
            folds=0,
            usual=None,
            trials=(),
            chosen=None,
            ended_by="nothing to tune",
            says=says,
        )


@dataclass(frozen=True, slots=True)
class _Search:
    """One search: `until` is of the tuner's clock, in seconds."""

    tuner: Tuner
    best: Candidate
    folds: Sequence[Cut]
    until: float

    def run(self) -> Tuning:
        wanted = self.tuner.effort.trials
        try:
            usual = self._mean_ndcg({})
        except OutOfTimeError:
            return self._told(None, [], "time")
        self.tuner.forester.tell(f"usual parameters: NDCG@{NDCG_AT} {usual:.4f} on {len(self.folds)} folds")
        space = SPACE if self.best.objective == POINTWISE else {**SPACE, **LISTWISE}
        study = self._study(space, usual)
        trials: list[Trial] = []
        while len(trials) < wanted:
            asked = study.ask(dict(space))
            try:
                ndcg = self._mean_ndcg(asked.params)
            except OutOfTimeError:
                return self._told(usual, trials, "time")
            study.tell(asked, ndcg)
            trials.append(Trial(parameters=asked.params, ndcg=ndcg))
            top = max(usual, *(trial.ndcg for trial in trials))
            self.tuner.forester.tell(
                f"trial {len(trials)} of {wanted}: NDCG@{NDCG_AT} {ndcg:.4f}, the best so far {top:.4f}"
            )
        return self._told(usual, trials, "trials")

    def _study(self, space: Mapping[str, BaseDistribution], usual: float) -> optuna.Study:
        """Return a study that knows how good the usual parameters are."""
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        seed = self.tuner.forester.seed
        sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=DRAWN_AT_RANDOM)
        study = optuna.create_study(direction="maximize", sampler=sampler)
        all_usual = parameters_for(self.best.objective, self.folds[-1].before, seed)
        known = {name: all_usual[name] for name in space}
        study.add_trial(optuna.trial.create_trial(params=known, distributions=dict(space), value=usual))
        return study

    def _mean_ndcg(self, parameters: Mapping[str, Any]) -> float:
        """Return the mean over the folds, which are grown side by side; raises OutOfTimeError."""
        forester = replace(self.tuner.forester, tell=lambda _: None)
        wanted = replace(self.best, tuned=dict(parameters))
        self._check_time()
        with ThreadPoolExecutor() as side_by_side:
            found = side_by_side.map(
                lambda fold: forester.attempt(wanted, fold, self._check_time), self.folds
            )
            return float(np.mean([candidate.ndcg for candidate in found]))

    def _check_time(self) -> None:
        if self.tuner.clock() >= self.until:
            raise OutOfTimeError

    def _told(self, usual: float | None, trials: list[Trial], ended_by: EndedBy) -> Tuning:
        chosen = None
        if usual is None:
            says = "Not tuned: the time was up before the usual parameters were tried; allow more minutes."
        else:
            top = max(range(len(trials)), key=lambda i: trials[i].ndcg, default=None)
            chosen = top if top is not None and trials[top].ndcg > usual else None
            says = _verdict(usual, trials, chosen)
            if ended_by == "time":
                says += f" The time was up after {len(trials)} of {self.tuner.effort.trials} trials."
        return Tuning(
            objective=self.best.objective,
            folds=len(self.folds),
            usual=usual,
            trials=tuple(trials),
            chosen=chosen,
            ended_by=ended_by,
            says=says,
        )


def _verdict(usual: float, trials: Sequence[Trial], chosen: int | None) -> str:
    if chosen is None:
        return f"The usual parameters stay: of {len(trials)} trials none is better than their {usual:.4f} on the folds."
    return (
        f"Trial {chosen + 1} of {len(trials)} is the best on the folds: NDCG@{NDCG_AT} {trials[chosen].ndcg:.4f}, the "
        f"usual parameters {usual:.4f}."
    )
