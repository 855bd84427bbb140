"""How good a model is on listings it has not seen, beside what needs no model, with how sure that is."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from service.ranking.model import Scorer
from training.baselines import BASELINES, as_served
from training.bootstrap import Interval, difference
from training.dataset import Dataset
from training.fit import NDCG_AT
from training.metrics.average import Average, average
from training.metrics.average_precision import average_precision
from training.metrics.mrr import reciprocal_rank
from training.metrics.ndcg import ndcg
from training.metrics.recall import recall
from training.metrics.ties import Floats, Sorted

MODEL: Final = "model"
DECIDING: Final = f"NDCG@{NDCG_AT}"  # the metric that gates and choices look at
METRICS: Final[Mapping[str, Callable[[Sorted], Floats]]] = {
    DECIDING: lambda ranked: ndcg(ranked, NDCG_AT),
    "NDCG": ndcg,
    "MRR": reciprocal_rank,
    "MAP": average_precision,
    "recall@1": lambda ranked: recall(ranked, 1),
    "recall@5": lambda ranked: recall(ranked, 5),
}
LIST_SIZES: Final = ((1, 10), (11, 25), (26, 50), (51, 500))
SESSION_EVENTS: Final = {"no event yet": (0, 0), "1 to 3 events": (1, 3), "4 events and more": (4, np.inf)}
MOST_PAGE_TYPES: Final = 6

Order: TypeAlias = str  # the name of a way to order: MODEL, a baseline or a rival
Values: TypeAlias = Mapping[str, Floats]  # by metric, (L,)


@dataclass(frozen=True, slots=True)
class Rival:
    """Another model that could serve instead. What is earlier than `seen_until` it may have learned: no judge of it."""

    model: Scorer
    seen_until: float = -np.inf  # Unix seconds


@dataclass(frozen=True, slots=True)
class Slice:
    """A kind of listing, with what the model gains there over two orders."""

    question: str
    name: str
    listings: int
    over_shop_order: Interval
    over_last_touched: Interval


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Every order on the same listings. `lift` is model minus order, of the deciding metric and of MRR."""

    averages: Mapping[Order, Mapping[str, Average]]
    lift: Mapping[Order, Mapping[str, Interval]]
    slices: tuple[Slice, ...]
    constant_lists: float  # share of the listings whose candidates all get one score: nothing is ranked there
    finite: bool

    @property
    def listings(self) -> int:
        """Listings that count: those with a positive."""
        return self.averages[MODEL][DECIDING].listings


def evaluate(
    dataset: Dataset, forest: Scorer, *, seed: int, rivals: Mapping[Order, Rival] = MappingProxyType({})
) -> Evaluation:
    """Score the listings with the forest that serves, and compare with every baseline and rival.

    Equal scores keep the shop's order, as in an answer. Without listings all averages are NaN. Listings that a rival
    may have learned from count as left out for it, in its averages and in the lift over it.
    """
    scores = forest.score(dataset.X)
    finite = bool(np.isfinite(scores).all())
    values = {MODEL: _values(dataset, _served(dataset, scores))}
    values |= {name: _values(dataset, baseline(dataset)) for name, baseline in BASELINES.items()}
    values |= {name: _unseen_values(dataset, rival) for name, rival in rivals.items()}
    averages = {
        name: {metric: average(v, dataset.session) for metric, v in of.items()} for name, of in values.items()
    }
    lift = {
        name: {metric: _difference(dataset, values, name, metric, seed) for metric in (DECIDING, "MRR")}
        for name in values
        if name != MODEL
    }
    slices = tuple(_slices(dataset, values, seed))
    return Evaluation(averages, lift, slices, _constant_lists(dataset, scores), finite)


def _served(dataset: Dataset, scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return as_served(dataset, np.nan_to_num(scores, nan=-np.inf))


def _unseen_values(dataset: Dataset, rival: Rival) -> Values:
    """Return a rival's values; NaN for what it may have learned from."""
    values = _values(dataset, _served(dataset, rival.model.score(dataset.X)))
    return {metric: np.where(dataset.time < rival.seen_until, np.nan, v) for metric, v in values.items()}


def _values(dataset: Dataset, scores: npt.NDArray[np.float64]) -> Values:
    ranked = Sorted.of(scores, dataset.gain, dataset.group)
    return {name: metric(ranked) for name, metric in METRICS.items()}


def _difference(
    dataset: Dataset, values: Mapping[Order, Values], order: Order, metric: str, seed: int
) -> Interval:
    return difference(values[MODEL][metric], values[order][metric], dataset.session, seed=seed)


def _slices(dataset: Dataset, values: Mapping[Order, Values], seed: int) -> Iterator[Slice]:
    ours = values[MODEL][DECIDING]
    for question, name, within in _kinds(dataset):
        counted = within & ~np.isnan(ours)
        if not counted.any():
            continue
        over_shop, over_touched = (
            difference(ours[counted], values[o][DECIDING][counted], dataset.session[counted], seed=seed)
            for o in ("shop order", "last touched first")
        )
        yield Slice(question, name, int(counted.sum()), over_shop, over_touched)


def _kinds(dataset: Dataset) -> Iterator[tuple[str, str, npt.NDArray[np.bool_]]]:
    """Yield the question, its answer, and which listings (L,) have that answer."""
    first = np.cumsum(dataset.group) - dataset.group
    events = dataset.X[first, dataset.names.index("session_interactions")]
    for name, (low, high) in SESSION_EVENTS.items():
        yield "session so far", name, (events >= low) & (events <= high)
    for low, high in LIST_SIZES:
        yield "items in the list", f"{low} to {high}", (dataset.group >= low) & (dataset.group <= high)
    types = np.array([page.partition("/")[0] or "not said" for page in dataset.page], dtype=object)
    names, counts = np.unique(types.astype(str), return_counts=True)
    for name in names[np.argsort(-counts, kind="stable")][:MOST_PAGE_TYPES]:
        yield "page", str(name), types == name


def _constant_lists(dataset: Dataset, scores: npt.NDArray[np.float64]) -> float:
    if not len(dataset):
        return 0.0
    first = np.cumsum(dataset.group) - dataset.group
    return float(np.mean(np.maximum.reduceat(scores, first) == np.minimum.reduceat(scores, first)))
