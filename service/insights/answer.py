"""What a page earns, as the API answers it and the console shows it."""

from collections.abc import Mapping
from typing import Final

from typing_extensions import TypedDict

from service.insights.checks import Check, Words, checks_of, hidden_by
from service.insights.figures import Figures, Guardrail
from service.insights.lifts import Lift, Terms, lifts_of
from service.insights.question import DAY_SECONDS, Question
from service.insights.windows import Window

COVERED: Final = "covered"


class WindowAnswer(TypedDict):
    """A measurement window: from one change of the settings of the page `source` to the next, never pooled."""

    experiment: str
    since: float
    source: str | None
    rankings: int


class Coverage(TypedDict):
    """How much of the page's traffic the figures speak of: rankings in all, and those left out by why."""

    rankings: int
    covered: int
    share: float
    left_out: dict[str, int]


class GuardrailAnswer(TypedDict):
    """How one arm was served: rankings, latency, share of fallbacks to the shop's order, share of errors among them."""

    rankings: int
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    fallback_share: float
    error_share: float


class Left(TypedDict):
    """What is excluded or capped, counted. `revenue_cap`: the 99th percentile of buyers, the same for both arms."""

    automated_visitors: int
    both_arms_visitors: int
    capped_visitors: int
    revenue_cap: float | None
    other_currency_orders: int
    refunded_orders: int
    orders: int


class Day(TypedDict):
    """A day's rankings (UTC), and those of them that were personalised."""

    date: str
    rankings: int
    personalized: int


class InsightsAnswer(TypedDict):
    """The figures of a page and those below it (`default`: of the whole shop, against its holdout).

    `since` and `until` are what the lifts cover; `hidden` says why there are none. `treatment_share` is the share of
    visitors meant for treatment.
    """

    page: str
    since: float
    until: float
    computed_at: float
    last_event_at: float | None
    is_complete: bool
    unfiltered: bool
    currency: str | None
    window: WindowAnswer | None
    other_windows: list[WindowAnswer]
    treatment_share: float | None
    checks: list[Check]
    hidden: Words | None
    metrics: list[Lift]
    guardrails: dict[str, GuardrailAnswer]
    coverage: Coverage
    excluded: Left
    days: list[Day]


class Found(TypedDict):
    """The figures of a question with what is known around them."""

    question: Question
    figures: Figures
    share: float | None
    computed_at: float
    last_event_at: float | None
    is_complete: bool


def answer_of(found: Found, effect: float) -> InsightsAnswer:
    """Return the answer to a question, for whom an effect of this size matters (0.05: of 5 %)."""
    question, figures = found["question"], found["figures"]
    since, until = _covered(question, figures.window, found["computed_at"])
    days = max(until - since, 0.0) / DAY_SECONDS
    checks = checks_of(figures.split, found["share"], days)
    hidden = hidden_by(checks)
    terms = Terms(effect, days, figures.money.currency, hidden is not None)
    return InsightsAnswer(
        page=question.page,
        since=since,
        until=until,
        computed_at=found["computed_at"],
        last_event_at=found["last_event_at"],
        is_complete=found["is_complete"],
        unfiltered=question.unfiltered,
        currency=figures.money.currency,
        window=None if figures.window is None else _window(figures.window),
        other_windows=[_window(window) for window in figures.windows if window != figures.window],
        treatment_share=found["share"],
        checks=checks,
        hidden=hidden,
        metrics=lifts_of(figures.arms, terms),
        guardrails={side: _guardrail(each) for side, each in figures.guardrails.items()},
        coverage=_coverage(figures.coverage),
        excluded=_left(figures),
        days=[Day(date=d, rankings=rankings, personalized=p) for d, rankings, p in figures.days],
    )


def _covered(question: Question, window: Window | None, now: float) -> tuple[float, float]:
    """Return the time that lifts speak of: from the first exposure of the window to now at the latest."""
    until = min(question.until, now)
    if window is None:
        return question.since, until
    return max(question.since, window.since or window.first_at), until


def _window(window: Window) -> WindowAnswer:
    return WindowAnswer(
        experiment=window.experiment,
        since=window.since or window.first_at,
        source=window.source,
        rankings=window.rankings,
    )


def _coverage(counts: Mapping[str, int]) -> Coverage:
    rankings, covered = sum(counts.values()), counts.get(COVERED, 0)
    left_out = {why: count for why, count in counts.items() if why != COVERED}
    share = covered / rankings if rankings else 0.0
    return Coverage(rankings=rankings, covered=covered, share=share, left_out=left_out)


def _guardrail(side: Guardrail) -> GuardrailAnswer:
    return GuardrailAnswer(
        rankings=side.rankings,
        p50_ms=side.p50_ms,
        p95_ms=side.p95_ms,
        p99_ms=side.p99_ms,
        fallback_share=side.fallbacks / side.rankings,
        error_share=side.errors / side.rankings,
    )


def _left(figures: Figures) -> Left:
    return Left(
        automated_visitors=figures.automated,
        both_arms_visitors=figures.split.both,
        capped_visitors=sum(arm.capped for arm in figures.arms.values()),
        revenue_cap=None if figures.cap == float("inf") else figures.cap,
        other_currency_orders=figures.money.other_currency,
        refunded_orders=figures.money.refunded,
        orders=figures.money.orders,
    )
