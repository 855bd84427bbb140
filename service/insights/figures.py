"""The figures of a question, as the log has them: everything that statistics are then computed from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from features.assignment import holdout_salt
from service.insights.moments import Moments
from service.insights.question import PAST_SECONDS, Question
from service.insights.windows import Window, chosen
from service.rankings.exposure import OFF_SHARE

if TYPE_CHECKING:
    from service.insights.database import Database

QUANTILE: Final = 0.99
MOST_AN_HOUR: Final = 500  # rankings for, or acts of, a person: one every seven seconds for an hour
UNCAPPED: Final = float("inf")
METRICS: Final = ("revenue_per_visitor", "conversion", "add_to_cart", "click_rate")


class Split(NamedTuple):
    """Visitors of each side, and those that met both and count for neither."""

    treatment: int = 0
    control: int = 0
    both: int = 0


class Money(NamedTuple):
    """Orders of the visitors: the currency of most, how many, how many in another one, how many given back."""

    currency: str | None = None
    orders: int = 0
    other_currency: int = 0
    refunded: int = 0


class Arm(NamedTuple):
    """What one side's visitors sum up to, by metric, and how many of them had their revenue capped."""

    capped: int
    moments: Mapping[str, Moments]


class Guardrail(NamedTuple):
    """How one side was served: milliseconds, and how many rankings fell back or failed."""

    rankings: int
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    fallbacks: int
    errors: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All of it. Sides without visitors are not in the mappings."""

    window: Window | None
    windows: list[Window]
    split: Split
    automated: int  # visitors
    money: Money
    cap: float
    arms: dict[str, Arm]
    guardrails: dict[str, Guardrail]
    coverage: dict[str, int]
    days: list[tuple[str, int, int]]


def figures_of(db: "Database", shop: str, question: Question) -> Figures:
    """Compute them."""
    where = {"whole": question.is_whole_shop, "page": question.page, "until": question.until}
    db.run("seen", **where, since=question.since, holdout=holdout_salt(shop))
    windows = [Window(*row) for row in db.run("windows")]
    window = chosen(windows, question.page)
    which = {"experiment": window.experiment if window else "", "window": window.since if window else 0.0}
    db.run("visitors", **which)
    db.run("acts", **where, since=question.since, past=question.since - PAST_SECONDS)
    automated = _left_out(db, question)
    db.run("orders")
    money = Money(*db.run("money")[0])
    db.run("figures", currency=money.currency)
    cap, past_cap = _caps(db, question)
    return Figures(
        window=window,
        windows=windows,
        split=Split(*db.run("split")[0]),
        automated=automated,
        money=money,
        cap=cap,
        arms={
            arm: Arm(capped, _moments(sums))
            for arm, capped, *sums in db.run("sums", cap=cap, past_cap=past_cap)
        },
        guardrails={side: Guardrail(*rest) for side, *rest in db.run("guardrails", **which)},
        coverage=dict(db.run("coverage", **which, sampled=OFF_SHARE)),
        days=[
            (date, rankings, personalized)
            for date, rankings, personalized in db.run("days", sampled=OFF_SHARE)
        ],
    )


def _left_out(db: "Database", question: Question) -> int:
    """Return how many visitors are automated; leave them out, unless nothing is to be."""
    db.run("automated", most=MOST_AN_HOUR)
    ((count,),) = db.run("automated_count")
    if count and not question.unfiltered:
        db.run("people")
    return int(count)


def _caps(db: "Database", question: Question) -> tuple[float, float]:
    """Return what revenue is capped at, and a past: the same for both sides."""
    if question.unfiltered:
        return UNCAPPED, UNCAPPED
    cap, past_cap = db.run("caps", quantile=QUANTILE)[0]
    return float(cap), float(past_cap)


def _moments(sums: list[list[Any]]) -> dict[str, Moments]:
    return {
        metric: Moments(int(n), *(float(value) for value in rest))
        for metric, (n, *rest) in zip(METRICS, sums, strict=True)
    }
