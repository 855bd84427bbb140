"""Two experiments whose outcome is known: labels without meaning teach nothing, and no column knows the click."""

from dataclasses import replace
from typing import Final

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from service.ranking.forest import Forest
from service.ranking.model import Scorer
from training.baselines import BASELINES
from training.bootstrap import Interval, difference
from training.dataset import Dataset
from training.evaluate import DECIDING, METRICS
from training.fit import in_tie_order, parameters_for, with_positives, without_machine
from training.gate import Check
from training.metrics.ties import Floats, Sorted

LISTINGS: Final = 1_000  # looked at, spread evenly: both controls are about gross effects
TREES: Final = 20
MOST_LEARNED: Final = 0.02  # of NDCG@10 over chance, by which labels without meaning may be found again
GAP_CLOSED: Final = (
    0.5  # of what the best order without a model leaves to perfection: no single honest column does that
)
HONEST: Final = (
    "shop order",
    "last touched first",
)  # a leak in a counter would lift an order by popularity as well
TOO_GOOD: Final = 0.97  # of NDCG@10, for any column: visitors do not click that regularly


def shuffled_teach_nothing(before: Dataset, after: Dataset, *, seed: int) -> Check:
    """Train a small forest on labels shuffled inside each listing, and look for them in later listings shuffled too."""
    rng = np.random.default_rng(seed)
    learned, tried = (shuffled(some(part), rng) for part in (before, after))
    return found_nothing(tried, _small_forest(learned, seed), seed=seed)


def found_nothing(tried: Dataset, model: Scorer, *, seed: int) -> Check:
    """Check that a model finds labels without meaning as often as chance does."""
    chance = _values(tried, BASELINES["random order"](tried))
    lift = difference(_values(tried, model.score(tried.X)), chance, tried.session, seed=seed)
    passed = not lift.low > MOST_LEARNED
    says = f"Trained on shuffled labels, a forest is at chance: {_told(lift)}."
    if not passed:
        says = (
            f"Labels shuffled inside each listing are found again: {_told(lift)} over chance. Something beside the "
            "columns, such as the order of rows, gives them away: this is a bug, report it."
        )
    return Check("shuffled labels teach nothing", passed, says)


def no_leak(judged: Dataset) -> Check:
    """Check that no column alone, in either direction, knows the wanted item where no honest order comes near.

    A column that has seen the future (a counter that holds the click itself, say) stands out so; one that leaks a
    little does not.
    """
    looked_at = some(with_positives(judged))
    best = max(float(np.mean(_values(looked_at, BASELINES[name](looked_at)))) for name in HONEST)
    alarm = min(best + GAP_CLOSED * (1.0 - best), TOO_GOOD)
    alone = [
        (max(_alone(looked_at, column), _alone(looked_at, -column)), name)
        for column, name in zip(np.nan_to_num(looked_at.X).T, looked_at.names, strict=True)
    ]
    strongest, name = max(alone)
    says = f"The strongest column alone, {name}, reaches {DECIDING} {strongest:.3f}; the alarm is at {alarm:.3f}."
    if strongest > alarm:
        says = (
            f"The column {name} alone reaches {DECIDING} {strongest:.3f}, where no order without a model passes "
            f"{best:.3f}: it has seen what came after. Look at how it is computed, or at the times of the log."
        )
    return Check("no column knows the future", strongest <= alarm, says)


def shuffled(data: Dataset, rng: np.random.Generator) -> Dataset:
    """Return the same listings with each one's labels given to items drawn at random."""
    listing = np.repeat(np.arange(len(data)), data.group)
    return replace(data, label=data.label[np.lexsort((rng.random(len(listing)), listing))])


def some(data: Dataset) -> Dataset:
    """Return at most LISTINGS listings, spread evenly."""
    chosen = np.zeros(len(data), np.bool_)
    chosen[np.unique(np.linspace(0, max(len(data) - 1, 0), min(len(data), LISTINGS)).astype(np.int64))] = True
    return data.listings(chosen)


def _small_forest(data: Dataset, seed: int) -> Scorer:
    rows = in_tie_order(with_positives(data))
    booster = lgb.train(parameters_for("binary", rows, seed), lgb.Dataset(rows.X, rows.label > 0), TREES)
    return Forest.of(without_machine(booster.model_to_string()))


def _alone(data: Dataset, column: npt.NDArray[np.float32]) -> float:
    return float(np.mean(_values(data, column.astype(np.float64))))


def _values(data: Dataset, scores: npt.NDArray[np.float64]) -> Floats:
    return METRICS[DECIDING](Sorted.of(scores, data.gain, data.group))


def _told(lift: Interval) -> str:
    return f"{DECIDING} {lift.mean:+.4f}, 95 % between {lift.low:+.4f} and {lift.high:+.4f}"
