"""The page as a whole: what is said, in which order."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined

from features.bundle import Tuning
from features.table import FeatureTable, feature_table
from training.baselines import as_served, shop_order
from training.bootstrap import Interval
from training.evaluate import DECIDING, MODEL
from training.fit import POINTWISE, Candidate, with_positives
from training.report import calibration, charts, findings, shap
from training.report.card import Judged, Language, card

if TYPE_CHECKING:
    from training.run import Trained

STRETCHES: Final = 72  # bars of the timeline
COLUMNS_SHOWN: Final = 15
_LANGUAGES: Final[tuple[Language, ...]] = ("en", "fr")


def report(trained: "Trained") -> str:
    """Return one self-contained HTML file: verdict and figures first, for everybody; the details below."""
    environment = Environment(
        loader=PackageLoader("training.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    table = feature_table(trained.attributes)
    scores = trained.judged.score(trained.cut.after.X)
    return environment.get_template("report.html.jinja").render(
        trained=trained,
        made_at=_utc(trained.wish.now),
        deciding=DECIDING,
        best=trained.choice.best,
        headline=_headline(trained, scores),
        drawings=_drawings(trained, table, scores),
        examples=findings.examples(trained.cut.after, scores),
        columns=_columns(trained, table),
        calibration=_calibration(trained),
        cards={language: card(_judged(trained), language) for language in _LANGUAGES},
        metrics=list(_metrics(trained)),
        health=list(_health(trained)),
        tuning=trained.manifest.tuning,
        trials=_trials(trained.manifest.tuning),
    )


def _judged(trained: "Trained") -> Judged:
    window = trained.manifest.window
    return Judged(
        trained.wish.shop,
        trained.evaluation,
        trained.verdict,
        window.since,
        window.until,
        trained.manifest.created_at,
    )


def _headline(trained: "Trained", scores: Any) -> Mapping[str, Any]:  # noqa: ANN401 - an array
    """Return the figures of the first screen, of the model and of the shop's order."""
    judged = trained.cut.after
    ours, shops = (
        findings.first_wanted(findings.places(order, judged), judged)
        for order in (as_served(judged, scores), shop_order(judged))
    )
    averages = trained.evaluation.averages
    figures = {
        name: (averages[MODEL][name].per_listing, averages["shop order"][name].per_listing)
        for name in averages[MODEL]
    }
    return {
        "first": figures["recall@1"],
        "top5": figures["recall@5"],
        "place": (_mean(ours), _mean(shops)),
        "lift": trained.evaluation.lift["shop order"][DECIDING],
        "touched": trained.evaluation.lift["last touched first"][DECIDING],
        "tested": averages[MODEL][DECIDING],
    }


def _drawings(trained: "Trained", table: FeatureTable, scores: Any) -> Mapping[str, Any]:  # noqa: ANN401 - an array
    judged, evaluation = trained.cut.after, trained.evaluation
    places = [
        findings.shares_by_place(findings.first_wanted(findings.places(order, judged), judged))
        for order in (shop_order(judged), as_served(judged, scores))
    ]
    labels = [*(str(i + 1) for i in range(findings.PLACES_SHOWN)), "later"]
    by_block, _ = findings.importance(trained.model.text, table)
    return {
        "places": charts.columns(
            list(zip(labels, *places, strict=True)),
            ("shop's order", "model"),
            "Place of the item that was wanted",
        ),
        "baselines": charts.intervals(
            [_range(order, of[DECIDING]) for order, of in evaluation.lift.items()], DECIDING
        ),
        "slices": [
            (question, charts.intervals([r for q, r in _slices(trained) if q == question], DECIDING))
            for question in dict.fromkeys(s.question for s in evaluation.slices)
        ],
        "blocks": charts.bars(
            [charts.Bar(name, share) for name, share in by_block.items()], "Importance by block"
        ),
        "weights": charts.bars(
            [charts.Bar(w.name, w.share, w.words) for w in shap.weights(judged, trained.model.text)],
            "What moves the scores",
        ),
        "timeline": _timeline(trained),
        "curves": charts.curves(
            [charts.Curve(_called(c), c.curve, c.trees) for c in trained.choice.tried], DECIDING
        ),
    }


def _calibration(trained: "Trained") -> Mapping[str, Any] | None:
    """Return what was expected and found, of a pointwise forest: the scores of others are no odds.

    It learns from listings with something wanted, so that is what it is held against.
    """
    if trained.choice.best.objective != POINTWISE:
        return None
    judged = with_positives(trained.cut.after)
    found = calibration.bins(trained.judged.score(judged.X), judged.label > 0)
    pairs = [(str(n + 1), each.expected, each.found) for n, each in enumerate(found)]
    return {
        "drawing": charts.columns(pairs, ("expected", "found"), "Wanted items by score, from low to high"),
        "error": calibration.error(found),
    }


def _slices(trained: "Trained") -> Iterator[tuple[str, charts.Range]]:
    for part in trained.evaluation.slices:
        yield part.question, _range(part.name, part.over_shop_order, f"({part.listings:,} lists)")


def _timeline(trained: "Trained") -> Any:  # noqa: ANN401 - markup
    times = trained.data.time
    since, until = float(times.min()), float(times.max())
    counts, _ = np.histogram(times, STRETCHES, (since, max(until, since + 1.0)))
    judged_from = (trained.cut.at - since) / max(until - since, 1.0)
    parts = [(judged_from, "learned from, to judge"), (1.0, "judged on")]
    return charts.timeline(counts.tolist(), parts, (_utc(since), _utc(until)))


def _columns(trained: "Trained", table: FeatureTable) -> list[Mapping[str, Any]]:
    """Return the columns that the model uses most, with what they mean."""
    _, by_column = findings.importance(trained.model.text, table)
    meaning = {f.name: f.meaning for f in table.standing} | {f.name: f.meaning for f in table.visiting}
    block = findings.blocks(table)
    shown = list(by_column.items())[:COLUMNS_SHOWN]
    return [{"name": n, "share": s, "meaning": meaning[n], "block": block[n]} for n, s in shown if s > 0]


def _called(candidate: Candidate) -> str:
    return f"{candidate.objective}, tuned" if candidate.tuned else candidate.objective


def _trials(tuning: Tuning | None) -> list[Mapping[str, Any]]:
    """Return what was tried, the best first, with the number that it has in the manifest, from 1."""
    if tuning is None:
        return []
    rows: list[Mapping[str, Any]] = [
        {
            "number": number,
            "ndcg": trial.ndcg,
            "parameters": trial.parameters,
            "chosen": number - 1 == tuning.chosen,
        }
        for number, trial in enumerate(tuning.trials, 1)
    ]
    return sorted(rows, key=lambda row: -row["ndcg"])


def _metrics(trained: "Trained") -> Iterator[tuple[str, list[float]]]:
    for order, by_metric in trained.evaluation.averages.items():
        yield order, [average.per_listing for average in by_metric.values()]


def _health(trained: "Trained") -> Iterator[tuple[str, str]]:
    """Yield what the log held, in words."""
    data, seen = trained.data, trained.seen
    listing = np.repeat(np.arange(len(data)), data.group)
    wanted = np.bincount(listing, data.label > 0, len(data)) > 0
    events = sum(seen.events.values())
    yield "from, to", f"{_utc(float(data.time.min()))} to {_utc(float(data.time.max()))}"
    yield "listings that were seen", f"{len(data):,}, of {data.group.mean():.1f} items on average"
    yield "listings followed by a click, cart or purchase", f"{int(wanted.sum()):,} ({wanted.mean():.0%})"
    yield "sessions", f"{len(np.unique(data.session)):,}"
    yield "events", ", ".join(f"{name} {count:,}" for name, count in seen.events.most_common()) or "none"
    yield "items without a price in the event", f"{seen.unpriced:,} of {seen.shown:,} shown"
    yield (
        "events without visitor, without session",
        f"{seen.without_visitor:,}, {seen.without_session:,} of {events:,}",
    )
    yield "changes of items", f"{seen.kinds['items']:,}"
    yield (
        "left out around the cut",
        f"{trained.cut.dropped:,} listings, embargo {trained.cut.embargo_seconds / 60:.0f} min",
    )


def _range(label: str, interval: Interval, note: str = "") -> charts.Range:
    return charts.Range(label, interval.mean, interval.low, interval.high, note)


def _mean(values: Any) -> float:  # noqa: ANN401 - an array
    return float(np.mean(values)) if len(values) else float("nan")


def _utc(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
