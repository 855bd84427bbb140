"""One training of what comes next: log, examples, a judged forest, the final one, the shelf."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from features.bundle import NEXT_ITEMS, Manifest, Measure, Shelf, Window, version_of
from features.log.schema import Kind
from service.ranking.forest import Forest
from training.bootstrap import Interval, difference
from training.dataset import Dataset
from training.fit import Grown, in_tie_order, without_machine
from training.gate import Check, Verdict
from training.learnable import Parameters
from training.metrics.average import average
from training.metrics.mrr import reciprocal_rank
from training.metrics.recall import recall
from training.metrics.ties import Sorted
from training.next_items.examples import examples, trails_of
from training.next_items.report import report
from training.progress import Progress
from training.publish import bundle_of, libraries, live_version, publish
from training.run import Wish
from training.source import Installation, attributes_of, read_log
from training.usable import UnusableLogError
from training.window import cut_at_share

AT: Final = 20  # places that are looked at
JUDGED_SHARE: Final = 0.2
FEWEST_EXAMPLES: Final = 300
FEWEST_SESSIONS: Final = 60
TREES: Final = 150
LEARNED_NEGATIVES: Final = (
    0.5  # of the candidates that did not come next: half of them teach the same in half the time
)


@dataclass(frozen=True, slots=True)
class Figures:
    """Share of the examples whose next item is in the first AT places, and the mean reciprocal of its place there."""

    precision: float
    mrr: float


@dataclass(frozen=True, slots=True)
class Learned:
    """All there is to tell about a training."""

    manifest: Manifest
    model: Figures
    own_order: Figures  # of the candidates, by their own worth: what is answered without a model
    gain: Interval  # in reciprocal rank
    verdict: Verdict
    promoted: bool


def learn(place: Installation, wish: Wish, progress: Progress) -> Learned:
    """Learn, put the bundle on the shelf, and let it serve where that is wished and it is surely better than none.

    Raises UnusableLogError, with a sentence that says what is missing.
    """
    progress.tell(f"reading the sessions of {wish.shop}")
    trails = trails_of(f for f in read_log(place, wish.shop, wish.until) if f.kind is not Kind.EXPOSURES)
    data = examples(trails)
    sessions = len(np.unique(data.session))
    progress.tell(f"{len(data):,} looks that followed others, of {sessions:,} sessions")
    if len(data) < FEWEST_EXAMPLES or sessions < FEWEST_SESSIONS:
        raise UnusableLogError(
            f"only {len(data):,} looks of {sessions:,} sessions followed another look at what others looked at too; it "
            f"takes {FEWEST_EXAMPLES} of {FEWEST_SESSIONS} to learn what comes next. Send view_item with visitor_id."
        )
    cut = cut_at_share(data, 1.0 - JUDGED_SHARE)
    progress.tell("growing one forest to be judged, and one on all examples to recommend")
    judged = Forest.of(grow(cut.before, wish.seed).text)
    values, own = (
        reciprocals(judged.score(cut.after.X), cut.after),
        reciprocals(own_order(cut.after), cut.after),
    )
    gain = difference(values, own, cut.after.session, seed=wish.seed)
    model = grow(data, wish.seed)
    shelf = Shelf(place.models_url, NEXT_ITEMS)
    found = Figures(hits(judged.score(cut.after.X), cut.after), float(values.mean()))
    before = Figures(hits(own_order(cut.after), cut.after), float(own.mean()))
    manifest = _manifest(place, wish, shelf, (data, model), (found, gain))
    verdict = Verdict((_better(gain),))
    bundle = bundle_of(manifest, model.text, data, report(manifest, found, before, gain))
    serve = wish.promote and verdict.passed
    publish(shelf, bundle, now=wish.now if serve else None)
    return Learned(manifest, found, before, gain, verdict, serve)


def grow(dataset: Dataset, seed: int, instead: Parameters = MappingProxyType({})) -> Grown:
    """Return a forest trained on examples, with other parameters of LightGBM `instead` of the usual ones.

    `rank_xendcg` was as good as `lambdarank` in the first 20 places, better by 0.3 points of reciprocal rank, in half
    the time.
    """
    rows = in_tie_order(dataset)
    kept = (rows.label > 0) | (rows.tie % np.uint64(1000) < np.uint64(1000 * LEARNED_NEGATIVES))
    listing = np.repeat(np.arange(len(rows)), rows.group)[kept]
    parameters = {
        "objective": "rank_xendcg",
        "learning_rate": 0.07,
        "num_leaves": 31,
        "max_depth": 6,
        "min_data_in_leaf": int(np.clip(len(listing) // 500, 20, 200)),
        "lambda_l2": 5.0,
        "feature_fraction": 0.5,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,  # as soon done as with two, and immune to a busy machine
        "verbosity": -1,
        "seed": seed,
        "n_estimators": TREES,
        **instead,
    }
    groups = np.bincount(listing, minlength=len(rows))
    learned = lgb.Dataset(rows.X[kept], rows.label[kept], group=groups, feature_name=list(rows.names))
    said = {name: value for name, value in parameters.items() if name != "n_estimators"}
    booster = lgb.train(said, learned, parameters["n_estimators"])
    return Grown(without_machine(booster.model_to_string()), parameters)


def own_order(dataset: Dataset) -> npt.NDArray[np.float64]:
    """Return scores (rows,) that keep the candidates as they are."""
    return -dataset.shop_index.astype(np.float64)


def reciprocals(scores: npt.NDArray[np.float64], dataset: Dataset) -> npt.NDArray[np.float64]:
    """Return one over the place of the next item, (L,); 0 beyond the first AT places."""
    found = reciprocal_rank(Sorted.of(scores, dataset.label, dataset.group))
    return np.where(found >= 1.0 / AT, found, 0.0)


def hits(scores: npt.NDArray[np.float64], dataset: Dataset) -> float:
    """Return the share of the examples whose next item is in the first AT places."""
    found = recall(Sorted.of(scores, dataset.label, dataset.group), AT)
    return average(found, dataset.session).per_listing


def _better(gain: Interval) -> Check:
    name = "better than the candidates' own order"
    found = f"MRR@{AT} {gain.mean:+.4f} against it, 95 % between {gain.low:+.4f} and {gain.high:+.4f}"
    if gain.above_zero:
        return Check(name, passed=True, says=f"{found}.")
    return Check(
        name, passed=False, says=f"{found}: that is not surely better, so the candidates' own order stays."
    )


def _manifest(
    place: Installation,
    wish: Wish,
    shelf: Shelf,
    trained: tuple[Dataset, Grown],
    found: tuple[Figures, Interval],
) -> Manifest:
    (data, model), (figures, gain) = trained, found
    return Manifest(
        shop=wish.shop,
        version=version_of(wish.now, model.text.encode()),
        created_at=wish.now,
        parent=live_version(shelf, wish.shop),
        features=data.names,
        table_hash=data.table_hash,
        attributes=tuple(f"{a.name}:{a.kind}" for a in attributes_of(place, wish.shop)),
        window=Window(since=float(data.time.min()), until=float(np.nextafter(data.time.max(), np.inf))),
        counts={"examples": len(data), "rows": len(data.label), "sessions": len(np.unique(data.session))},
        parameters={k: v for k, v in model.parameters.items() if k != "num_threads"},
        seed=wish.seed,
        libraries=libraries(),
        metrics={
            f"precision@{AT} of what is among the candidates": Measure(value=figures.precision),
            f"MRR@{AT} of what is among the candidates": Measure(value=figures.mrr),
            "MRR over the candidates' own order": Measure(value=gain.mean, low=gain.low, high=gain.high),
        },
    )
