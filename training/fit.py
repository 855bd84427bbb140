"""Growing a forest: which objective and how many trees, found on a later window; then the forest itself.

Two trainings with one seed give equal bytes, whatever the number of threads. LightGBM's order of rows inside a
query reaches the model from the first tree, so rows stand in the order of a hash that knows nothing.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from features.objectives import GAINS, USUAL
from service.ranking.forest import Forest
from training.dataset import Dataset
from training.gaps import blanked, with_gaps
from training.learnable import Grower, Learnable, Parameters, grown_here
from training.metrics.average import average
from training.metrics.ndcg import ndcg
from training.metrics.ties import Sorted
from training.off_policy.listings import FEWEST_EFFECTIVE, drawn_listings, lift_on_drawn
from training.rows import chosen
from training.window import Cut, cut_at_share

NDCG_AT: Final = 10
POINTWISE: Final = "binary"
OBJECTIVES: Final[Mapping[str, str]] = {"lambdarank": "listwise forest", POINTWISE: "pointwise forest"}
DEBIASED: Final = "lambdarank with position="  # what an index earns by itself is taken out
NAMES: Final[Mapping[str, str]] = {**OBJECTIVES, DEBIASED: "de-biased forest"}
MOST_TREES: Final = 400
PATIENCE: Final = 60  # trees without a better validation: the curve is noisy on a few thousand listings
SMOOTHED: Final = 15  # trees over which the validation curve is averaged before its top is sought
VALIDATION_SHARE: Final = 0.2
CHOSEN_ON: Final = 50_000  # listings, by whole sessions: the choice of objective and trees needs no more
ROWS_A_TREE: Final = 4_000_000  # drawn anew for each: more teach a tree of 31 leaves nothing, and take time
ROWS_FOR_ALL_CORES: Final = 2_000_000  # below that one thread is as fast, and immune to a busy machine

Tell: TypeAlias = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One objective on the validation window."""

    objective: str
    trees: int
    ndcg: float
    curve: tuple[float, ...]  # NDCG after each tree
    tuned: Parameters = field(default_factory=dict)  # in place of the usual ones

    @property
    def name(self) -> str:
        """What it is called beside others."""
        return "tuned forest" if self.tuned else NAMES[self.objective]


@dataclass(frozen=True, slots=True)
class Choice:
    """What to grow: the better candidate, and all that were tried."""

    best: Candidate
    tried: tuple[Candidate, ...]

    @property
    def others(self) -> tuple[Candidate, ...]:
        """What was tried and was not better."""
        return tuple(candidate for candidate in self.tried if candidate is not self.best)


@dataclass(frozen=True, slots=True)
class Grown:
    """A forest, and what LightGBM was told to grow it."""

    text: str
    parameters: Parameters


@dataclass(frozen=True, slots=True)
class Forester:
    """How forests are grown for one shop.

    `optional` names the columns that may be NaN when serving. Those without NaN in training get some (see
    `gaps.with_gaps`): LightGBM reads NaN as 0.0 in a column that had none.
    """

    seed: int
    optional: frozenset[str] = frozenset()
    tell: Tell = field(default=lambda _: None)
    grower: Grower = grown_here  # of the forests that are kept; those that only choose are grown here

    def choose(self, dataset: Dataset) -> Choice:
        """Train each objective on the earlier listings and return what ranks the later ones best.

        Where the later window holds no listing with a positive, the first objective with its middle number of
        trees is taken unseen.
        """
        split = later_window(dataset)
        wanted = [Candidate(objective, MOST_TREES // 4, 0.0, ()) for objective in OBJECTIVES]
        with ThreadPoolExecutor() as side_by_side:  # LightGBM lets go of the interpreter; each is one thread
            tried = tuple(side_by_side.map(lambda candidate: self.attempt(candidate, split), wanted))
        best = max(tried, key=lambda c: (c.ndcg, -tuple(OBJECTIVES).index(c.objective)))
        if (proof := self._proof(split, tried[0], best)) is None:
            return Choice(best, tried)
        challenger, proven = proof
        return Choice(challenger if proven else best, (*tried, challenger))

    def _proof(self, split: Cut, listwise: Candidate, best: Candidate) -> tuple[Candidate, bool] | None:
        """Return the de-biased candidate, and whether drawn listings prove it surely better than the best other one.

        Clicks on sorted listings cannot tell: they are what the bias is made of. It has as many trees as the listwise
        one, for the same reason. None where no later listing was drawn.
        """
        drawn = drawn_listings(split.after)
        if not len(drawn) or not len(split.before):
            return None
        grown = self.grow_each([(split.before, replace(listwise, objective=DEBIASED)), (split.before, best)])
        ours, theirs = (Forest.of(each.text) for each in grown)
        lift, effective = lift_on_drawn(drawn, ours, theirs, seed=self.seed)
        self.tell(
            f"{DEBIASED}: {lift.value:+.4f} of the rate of the item put first, 95 % between {lift.low:+.4f} and "
            f"{lift.high:+.4f}, on drawn listings worth {effective:,.0f}"
        )
        valid = in_tie_order(split.after)
        found = Candidate(DEBIASED, listwise.trees, listwise_ndcg(ours.score(valid.X), valid), ())
        return found, effective >= FEWEST_EFFECTIVE and lift.low > 0.0

    def grow_each(self, wanted: Sequence[tuple[Dataset, Candidate]]) -> list["Grown"]:
        """Return a forest for each; small ones side by side, as they take one core each. See `grow`."""
        if any(len(dataset.label) >= ROWS_FOR_ALL_CORES for dataset, _ in wanted):
            return [self.grow(*each) for each in wanted]
        with ThreadPoolExecutor() as side_by_side:
            return list(side_by_side.map(lambda each: self.grow(*each), wanted))

    def grow(self, dataset: Dataset, candidate: Candidate) -> "Grown":
        """Return a forest of the candidate's kind and size, trained on all listings with a positive.

        Raises ValueError where there is none.
        """
        learned = with_positives(dataset)
        if not len(learned):
            raise ValueError("no listing has a click, a cart or a purchase: there is nothing to learn from")
        parameters = {**parameters_for(candidate.objective, learned, self.seed), **candidate.tuned}
        text = self.grower(parameters, self._rows(learned, candidate.objective), candidate.trees)
        return Grown(without_machine(text), {**parameters, "n_estimators": candidate.trees})

    def attempt(
        self, wanted: Candidate, split: Cut, at_each_tree: Callable[[], None] = lambda: None
    ) -> Candidate:
        """Return what is wanted with the number of trees, and its NDCG, that ranks the later listings best.

        Where one side holds no listing it comes back as it is. What `at_each_tree` raises ends the growing.
        """
        before, after, objective = split.before, split.after, wanted.objective
        if not len(before) or not len(after):
            return wanted
        curve: list[float] = []
        valid = in_tie_order(after)

        def score(predicted: npt.NDArray[np.float64], _: lgb.Dataset) -> tuple[str, float, bool]:
            at_each_tree()
            value = listwise_ndcg(predicted, valid)
            curve.append(value)
            return "ndcg", value, True

        learned = self._rows(before, objective).as_dataset()
        parameters = {**parameters_for(objective, before, self.seed), **wanted.tuned}
        lgb.train(
            {**parameters, "metric": "none"},
            learned,
            MOST_TREES,
            valid_sets=[lgb.Dataset(valid.X, valid.label, group=valid.group, reference=learned)],
            feval=score,
            callbacks=[lgb.early_stopping(PATIENCE, verbose=False)],
        )
        trees = top_of(curve)
        self.tell(
            f"{objective}: NDCG@{NDCG_AT} {curve[trees - 1]:.4f} with {trees} trees on the later window"
        )
        return replace(wanted, trees=trees, ndcg=float(smoothed(curve)[trees - 1]), curve=tuple(curve))

    def _rows(self, dataset: Dataset, objective: str) -> Learnable:
        rows = in_tie_order(dataset)
        X, names = with_gaps(rows, self.optional), list(rows.names)
        if objective == POINTWISE:
            worth = np.maximum(rows.gain.astype(np.float32), 1.0)
            return Learnable(X, rows.label > 0, rows.group, names, weight=worth)
        grade = np.searchsorted(_gains_in(rows), rows.gain)
        if objective == DEBIASED:
            return Learnable(blanked(X, names), grade, rows.group, names, position=_position(rows))
        return Learnable(X, grade, rows.group, names)


def later_window(dataset: Dataset) -> Cut:
    """Return the listings to choose by: the earlier ones to learn from, the later ones to compare on."""
    return cut_at_share(some_sessions(with_positives(dataset), CHOSEN_ON), 1.0 - VALIDATION_SHARE)


def parameters_for(objective: str, dataset: Dataset, seed: int) -> dict[str, Any]:
    """Return LightGBM's parameters for a log of this size.

    A leaf holds one row in 500, between 20 and 200: on a few thousand listings 200 would leave no room for the
    rare column that decides. All that draws is seeded from `seed`.
    """
    rows = len(dataset.label)
    common = {
        "objective": "lambdarank" if objective == DEBIASED else objective,
        "learning_rate": 0.05,
        "num_leaves": 31,
        "max_depth": 6,
        "min_data_in_leaf": int(np.clip(rows // 500, 20, 200)),
        "lambda_l2": 5.0,
        "feature_fraction": 0.5,
        "bagging_fraction": min(0.8, ROWS_A_TREE / max(rows, 1)),
        "bagging_freq": 1,  # rows, not queries: `bagging_by_query` grows other trees with each number of threads
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 0 if rows >= ROWS_FOR_ALL_CORES else 1,
        "verbosity": -1,
        "seed": seed,
    }
    if objective == POINTWISE:
        return common
    listwise = {**common, "label_gain": _gains_in(dataset), "lambdarank_truncation_level": 30}
    if objective != DEBIASED:
        return listwise
    return {**listwise, "lambdarank_position_bias_regularization": 0.0}  # 1 would cancel the gain


def _position(rows: Dataset) -> npt.NDArray[np.int32]:
    """Return LightGBM's position of each row; raises ValueError where it is not known how rows were shown."""
    if rows.shown is None:
        raise ValueError("the listings do not say at which index an item was shown")
    return rows.shown.position(rows.page, rows.group)


def _gains_in(dataset: Dataset) -> list[float]:
    """Return what rows of the objectives in use can be worth, rising: LightGBM's labels are places in this list."""
    return sorted({gain for objective in {USUAL, *dataset.objective} for gain in GAINS[objective]})


def with_positives(dataset: Dataset) -> Dataset:
    """Return the listings in which something was wanted: the others say nothing about an order."""
    listing = np.repeat(np.arange(len(dataset)), dataset.group)
    return dataset.listings(np.bincount(listing, dataset.label > 0, len(dataset)) > 0)


def in_tie_order(dataset: Dataset) -> Dataset:
    """Return the same listings with the rows of each in the order of `tie`."""
    listing = np.repeat(np.arange(len(dataset)), dataset.group)
    order = np.lexsort((dataset.tie, listing))
    return replace(
        dataset,
        X=chosen(dataset.X, order),
        label=dataset.label[order],
        shop_index=dataset.shop_index[order],
        tie=dataset.tie[order],
        shown=None if dataset.shown is None else dataset.shown.at(order, np.arange(len(dataset))),
    )


def listwise_ndcg(scores: npt.NDArray[np.float64], dataset: Dataset) -> float:
    """Return the mean NDCG@10 of scores (rows,) over the dataset's listings; NaN where none has a positive."""
    values = ndcg(Sorted.of(scores, dataset.gain, dataset.group), NDCG_AT)
    return average(values, dataset.session).per_listing


def smoothed(curve: list[float]) -> npt.NDArray[np.float64]:
    """Return the mean of SMOOTHED neighbouring values around each, fewer at the ends.

    >>> smoothed([0.25, 0.5]).tolist()
    [0.375, 0.375]
    """
    half = SMOOTHED // 2
    return np.array([np.mean(curve[max(0, i - half) : i + half + 1]) for i in range(len(curve))])


def top_of(curve: list[float]) -> int:
    """Return how many trees stand at the top of the smoothed curve, the fewest where several do; at least 1."""
    return int(np.argmax(smoothed(curve))) + 1


def some_sessions(dataset: Dataset, most: int) -> Dataset:
    """Return the listings of some sessions, whole and drawn by their hash, that hold about `most`; or all there are."""
    if len(dataset) <= most:
        return dataset
    return dataset.listings(dataset.session % 10_000 < int(10_000 * most / len(dataset)))


def without_machine(text: str) -> str:
    """Return a model text without the one line that tells how many threads grew it."""
    return re.sub(r"^\[num_threads: \d+\]$", "[num_threads: 0]", text, flags=re.MULTILINE)
