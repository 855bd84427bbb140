"""What `balad train` and `balad evaluate` say of their results, to people and to programs."""

import math
from dataclasses import asdict
from typing import Any, Final

from training.bootstrap import Interval
from training.evaluate import DECIDING, MODEL, Evaluation
from training.folds import Rolled
from training.next_items.run import Learned
from training.publish import Place
from training.run import Trained

PLACES: Final = {
    Place.LIVE: "serves now",
    Place.CANARY: "serves 1 % of the visitors first, and more by itself while it does no harm; see `balad models`",
    Place.WAITS: "waits: another model is in the canary; `balad models canary VERSION` puts this one in its place",
    Place.SHELF: "is on the shelf",
}


def summary(trained: Trained, report: str) -> str:
    """Return a few lines for a terminal."""
    version = trained.manifest.version
    if not trained.verdict.passed:
        verdict = f"{version} does not serve. {trained.verdict.why_not}"
    elif not trained.wish.promote:
        verdict = f"{version} passed all gates and was not published, as asked"
    else:
        verdict = f"{version} {PLACES[trained.place]}"
    return "\n".join(
        [
            *figures(trained.evaluation),
            "",
            *([] if trained.manifest.tuning is None else [f"tuned   {trained.manifest.tuning.says}", ""]),
            *(
                f"gate    {'passed' if c.passed else 'FAILED'}  {c.name}: {c.says}"
                for c in trained.verdict.checks
            ),
            "",
            f"model   {verdict}",
            f"report  {report}",
            *(f"data    {finding}" for finding in trained.findings),
        ]
    )


def figures(evaluation: Evaluation) -> list[str]:
    """Return a line per order: its figures, and what the model gains over it."""
    lines = [f"{'':20}{DECIDING:>9}{'MRR':>9}   model's gain in {DECIDING}, 95 % interval"]
    for order, by_metric in evaluation.averages.items():
        line = f"{order:20}{by_metric[DECIDING].per_listing:9.4f}{by_metric['MRR'].per_listing:9.4f}"
        if order != MODEL:
            lift = evaluation.lift[order][DECIDING]
            line += f"   {lift.mean:+.4f}  ({lift.low:+.4f} to {lift.high:+.4f})"
        lines.append(line)
    tested = evaluation.averages[MODEL][DECIDING]
    lines.append(
        f"on {tested.listings:,} listings of {tested.sessions:,} sessions; {tested.excluded:,} without a click"
    )
    return lines


def folded(found: Rolled) -> list[str]:
    """Return a line per fold: how much it knew, and what the recipe gained over the shop's order on what followed."""
    lines = [f"{found.objective}, {DECIDING} on each stretch after all before it; gain over the shop's order"]
    for number, fold in enumerate(found.folds, 1):
        gain = fold.evaluation.lift["shop order"][DECIDING]
        lines.append(
            f"fold {number:2}  {len(fold.cut.before):7,} then {fold.evaluation.listings:6,} with a click  "
            f"{fold.evaluation.averages[MODEL][DECIDING].per_listing:.4f}  {_gain(gain)}  "
            f"({fold.cut.dropped:,} left out around the cut)"
        )
    return [
        *lines,
        f"together  {found.lift.listings:,} listings of {found.lift.sessions:,} sessions  {_gain(found.lift)}",
    ]


def folds_json(found: Rolled) -> dict[str, Any]:
    """Return the same for programs."""
    folds = [
        {
            "learned_from": len(fold.cut.before),
            "cut_at": fold.cut.at,
            "embargo_seconds": fold.cut.embargo_seconds,
            "left_out": fold.cut.dropped,
            **evaluation_json(fold.evaluation),
        }
        for fold in found.folds
    ]
    together = {"mean": found.lift.mean, "low": _number(found.lift.low), "high": _number(found.lift.high)}
    return {"objective": found.objective, "folds": folds, "gain_over_shop_order": together}


def _gain(interval: Interval) -> str:
    return f"{interval.mean:+.4f} ({interval.low:+.4f} to {interval.high:+.4f})"


def as_json(trained: Trained, report: str, seconds: float) -> dict[str, Any]:
    """Return the same for programs."""
    return {
        "shop": trained.wish.shop,
        "version": trained.manifest.version,
        "published": trained.verdict.passed and trained.wish.promote,
        "place": trained.place,
        "passed": trained.verdict.passed,
        "gates": [{"name": c.name, "passed": c.passed, "says": c.says} for c in trained.verdict.checks],
        "findings": [asdict(finding) for finding in trained.findings],
        "objective": trained.choice.best.objective,
        "trees": trained.choice.best.trees,
        "tuning": None if trained.manifest.tuning is None else trained.manifest.tuning.model_dump(),
        "seed": trained.wish.seed,
        "counts": dict(trained.manifest.counts),
        **evaluation_json(trained.evaluation),
        "report": report,
        "seconds": round(seconds, 1),
    }


def recommending(learned: Learned, report: str) -> str:
    """Return a few lines on a model that recommends."""
    version, model, own = learned.manifest.version, learned.model, learned.own_order
    verdict = "serves now" if learned.promoted else "passed all gates and was not published, as asked"
    if not learned.verdict.passed:
        verdict = f"does not serve. {learned.verdict.why_not}"
    return "\n".join(
        [
            f"{'what comes next':20}{'in 20':>9}{'MRR@20':>9}   of {learned.manifest.counts['examples']:,} looks",
            f"{'model':20}{model.precision:9.4f}{model.mrr:9.4f}",
            f"{'candidates as found':20}{own.precision:9.4f}{own.mrr:9.4f}",
            "",
            f"next    {version} {verdict}",
            f"report  {report}",
        ]
    )


def recommending_json(learned: Learned) -> dict[str, Any]:
    """Return the same for programs."""
    return {
        "version": learned.manifest.version,
        "published": learned.promoted,
        "passed": learned.verdict.passed,
        "gates": [{"name": c.name, "passed": c.passed, "says": c.says} for c in learned.verdict.checks],
        "counts": dict(learned.manifest.counts),
        "precision": _number(learned.model.precision),
        "mrr": _number(learned.model.mrr),
        "own_precision": _number(learned.own_order.precision),
        "own_mrr": _number(learned.own_order.mrr),
    }


def evaluation_json(evaluation: Evaluation) -> dict[str, Any]:
    """Return the averages of every order and the model's gain over each; what is unknown is null."""
    return {
        "metrics": {
            order: {metric: _number(average.per_listing) for metric, average in by_metric.items()}
            for order, by_metric in evaluation.averages.items()
        },
        "gain": {
            order: {
                metric: {"mean": _number(i.mean), "low": _number(i.low), "high": _number(i.high)}
                for metric, i in by_metric.items()
            }
            for order, by_metric in evaluation.lift.items()
        },
    }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 6)
