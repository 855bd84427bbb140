"""One training from end to end: log, listings, choice, judgement, final model, report, shelf."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

import numpy as np

from features.attributes import Attribute
from features.bundle import Bundle, Gate, Manifest, Shelf, Tuning
from features.readiness import Finding, Observed
from features.table import FeatureTable, feature_table
from service.ranking.forest import Forest
from training import similar_sessions
from training.dataset import Dataset
from training.effort import Effort
from training.evaluate import Evaluation, Rival, evaluate
from training.fit import DEBIASED, Choice, Forester, Grown, with_positives
from training.gate import Check, Verdict, judge
from training.gates.bits import grows_alike, scores_as_lightgbm
from training.gates.controls import no_leak, shuffled_teach_nothing
from training.gates.cost import fast_and_small
from training.gates.data import whole_data
from training.gates.exposure import new_items_are_seen
from training.gates.live import Live, live_model, not_worse_than_live
from training.gates.randomised import left_to_randomised, not_worse_on_randomised
from training.gates.skew import replayed_as_served
from training.gates.slices import no_slice_worse
from training.learnable import Grower, grown_here
from training.parity import Parity, parity
from training.progress import Progress, Silent
from training.publish import Papers, Place, bundle_of, introduce, live_version, manifest_of, publish
from training.reading import Pool, Reading, listings, processes
from training.source import Installation, attributes_of, read_log
from training.usable import check_usable
from training.window import Cut, cut_at_share

JUDGED_SHARE: Final = 0.2  # of the listings, the newest: the judged model has not seen them
LIVE: Final = "live model"
JUDGED_AT_MOST: Final = 50_000  # listings: more make an interval of 0.2 points no narrower than matters
JUDGED_AT_LEAST: Final = 150  # listings with a positive, so that a small log leaves enough for an interval


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants trained. Times are Unix seconds."""

    shop: str
    seed: int
    until: float  # what the log received from then on is not seen
    now: float
    promote: bool = True
    at_once: bool = False  # for all visitors, without trying it on some first
    twice: bool = False  # grow the final forest again and compare: doubles the longest part
    tune: Effort | None = None  # how long to look for better parameters; None: the usual ones


class Material(NamedTuple):
    """What a training learns from."""

    attributes: tuple[Attribute, ...]
    data: Dataset
    seen: Observed
    findings: tuple[Finding, ...]  # what would make the data better


@dataclass(frozen=True, slots=True)
class Trained:
    """All there is to tell about a training."""

    wish: Wish
    attributes: tuple[Attribute, ...]
    data: Dataset
    seen: Observed
    findings: tuple[Finding, ...]
    cut: Cut
    choice: Choice
    model: Grown
    evaluation: Evaluation  # of the same kind of model, grown on what lies before the cut
    judged: Forest
    verdict: Verdict
    manifest: Manifest
    place: Place = Place.SHELF


@dataclass(frozen=True, slots=True)
class Trainer:
    """Trains for one installation; `report` turns a training into one HTML file."""

    place: Installation
    report: Callable[[Trained], str]
    progress: Progress = field(default_factory=Silent)
    pool: Pool = processes  # who builds the dataset of a large log
    grower: Grower = grown_here  # who grows the forests that are judged and kept

    def train(self, wish: Wish) -> tuple[Trained, Bundle]:
        """Train, put the bundle on the shelf, and let it serve where that is wished and all gates passed.

        Raises UnknownShopError, UnusableLogError or BundleError, each with a sentence that says what to do.
        """
        attributes = attributes_of(self.place, wish.shop)
        reading = Reading(wish.until, wish.now, pool=self.pool)
        with listings(self.place, wish.shop, reading, attributes, self.progress) as (data, seen):
            self.progress.tell(
                f"{len(data):,} listings, {len(data.label):,} rows of {len(data.names)} columns"
            )
            findings = check_usable(data, seen)
            trained = self._trained(wish, Material(attributes, data, seen, findings))
            self.progress.tell("writing the report")
            bundle = bundle_of(trained.manifest, trained.model.text, data, self.report(trained))
        return replace(trained, place=self._published(trained, bundle)), bundle

    def _published(self, trained: Trained, bundle: Bundle) -> Place:
        wish, shelf = trained.wish, Shelf(self.place.models_url)
        if wish.promote and trained.verdict.passed and not wish.at_once:
            return introduce(shelf, bundle, now=wish.now)
        return publish(shelf, bundle, now=wish.now if wish.promote and trained.verdict.passed else None)

    def _trained(self, wish: Wish, material: Material) -> Trained:
        attributes, data = material.attributes, material.data
        optional = optional_columns(feature_table(attributes))
        forester = Forester(wish.seed, optional, self.progress.tell, self.grower)
        cut = cut_at_share(data, 1.0 - judged_share(data))
        choice, tuning = _chosen(forester, cut.before, wish.tune)
        self.progress.tell("growing one forest to be judged, and one on all listings to serve")
        wanted = [(cut.before, choice.best), (data, choice.best), *((cut.before, c) for c in choice.others)]
        to_judge, model, *others = forester.grow_each(wanted)
        judged = Forest.of(to_judge.text)
        live = live_model(Shelf(self.place.models_url), wish.shop)
        rivals = rivals_of(data, live)
        rivals |= {c.name: Rival(Forest.of(g.text)) for c, g in zip(choice.others, others, strict=True)}
        self.progress.tell(f"judging on the newest {len(cut.after):,} listings")
        rivals |= similar_sessions.rival(self.place, wish.shop, wish.until, cut.after)
        evaluation = evaluate(cut.after, judged, seed=wish.seed, rivals=rivals)
        self.progress.tell("asking the gates")
        checks = [*_against_live(choice, cut, judged, live, wish.seed), *_checks(material, cut, wish.seed)]
        checks.append(replayed_as_served(self._compared(wish, material)))
        checks.append(fast_and_small(data, Forest.of(model.text), model.text))
        checks += [scores_as_lightgbm(cut.after, model.text), new_items_are_seen(cut.after, judged)]
        if wish.twice:
            checks.append(reproduced(model, forester.grow(data, choice.best)))
        verdict = Verdict((*judge(evaluation).checks, no_slice_worse(evaluation), *checks))
        parent = live_version(Shelf(self.place.models_url), wish.shop)
        papers = Papers(wish.shop, attributes, wish.now, parent, wish.seed)
        manifest = manifest_of(papers, model, data, evaluation).model_copy(
            update={"gates": gates_of(verdict), "tuning": tuning}
        )
        return Trained(wish, *material, cut, choice, model, evaluation, judged, verdict, manifest)

    def _compared(self, wish: Wish, material: Material) -> Parity:
        """Replay the log once more where it has rows as served; most logs that were imported have none."""
        if not material.seen.with_rows:
            return Parity()
        self.progress.tell("replaying the log against the rows that were served")
        return parity(read_log(self.place, wish.shop, wish.until), material.attributes)


def _chosen(forester: Forester, before: Dataset, tune: Effort | None) -> tuple[Choice, Tuning | None]:
    """Choose, and tune where that is wished, on what lies before the judged window and nothing else."""
    choice = forester.choose(before)
    if tune is None:
        return choice, None
    from training.tuning import Tuner  # noqa: PLC0415 - Optuna takes more than a second to load

    return Tuner(forester, tune).tune(before, choice)


def _against_live(choice: Choice, cut: Cut, judged: Forest, live: Live | None, seed: int) -> Iterator[Check]:
    debiased = choice.best.objective == DEBIASED
    yield left_to_randomised() if debiased else not_worse_than_live(cut.after, judged, live, seed=seed)
    yield not_worse_on_randomised(cut.after, judged, live, seed=seed)


def _checks(material: Material, cut: Cut, seed: int) -> Iterator[Check]:
    yield whole_data(material.data, cut, material.seen)
    yield shuffled_teach_nothing(cut.before, cut.after, seed=seed)
    yield no_leak(cut.after)
    yield grows_alike(cut.before, seed)


def rivals_of(data: Dataset, live: Live | None) -> dict[str, Rival]:
    """Return the model that serves, as the one to be compared with; none where it reads other columns."""
    if live is None or live.table_hash != data.table_hash:
        return {}
    return {LIVE: Rival(live.forest, live.seen_until)}


def reproduced(first: Grown, second: Grown) -> Check:
    """Check that two trainings on the same listings give the same bytes."""
    same = first.text == second.text
    says = "Two trainings gave the same bytes." if same else "Two trainings gave different models: report it."
    return Check("reproducible", same, says)


def gates_of(verdict: Verdict) -> tuple[Gate, ...]:
    """Return the checks as a manifest keeps them."""
    return tuple(Gate(name=check.name, passed=check.passed, says=check.says) for check in verdict.checks)


def judged_share(data: Dataset) -> float:
    """Return which share of the listings to judge on: at most half."""
    share = max(JUDGED_SHARE, JUDGED_AT_LEAST / len(with_positives(data)))
    return min(0.5, share, JUDGED_AT_MOST / len(data))


def optional_columns(table: FeatureTable) -> frozenset[str]:
    """Return the columns that may be NaN: those the table says a missing value for that is NaN."""
    missing = {f.name: f.missing for f in table.standing} | {f.name: f.missing for f in table.visiting}
    return frozenset(name for name, value in missing.items() if value is not None and np.isnan(value))
