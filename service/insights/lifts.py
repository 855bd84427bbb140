"""The figures of both arms with their lift, interval and verdict, in the order in which a merchant reads them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from typing_extensions import TypedDict

from service.insights.estimate import Estimate, adjusted, plain, ratio, theta
from service.insights.figures import METRICS, Arm
from service.insights.horizon import days_left
from service.insights.lift import Contrast, Interval, difference, relative_lift
from service.insights.moments import Moments
from service.insights.verdict import Verdict, verdict_of

FEWEST_VISITORS: Final = 100  # of an arm: the interval holds for many, and says nothing of few
FEWEST_DEEDS: Final = (
    100  # orders, carts or clicks of an arm: with 25, false alarms came near 5 % in small shops
)
_SIDES: Final = {"treatment", "control"}
_RATIO: Final = "click_rate"
_REVENUE: Final = "revenue_per_visitor"


class Side(TypedDict):
    """One arm: its visitors, their average, and how many of them did what is counted."""

    visitors: int
    mean: float
    deeds: int


class Bounds(TypedDict):
    """A value and the interval that holds it in 95 of 100 experiments, however often one looks."""

    value: float
    low: float
    high: float


class Lift(TypedDict):
    """One figure. `lift` is relative (0.02: 2 % more), `difference` in the figure's own unit; null where hidden.

    `noise_removed` is the share of the variance that the visitors' past explains (CUPED); `days_left` how long until
    an effect of the size asked for is visible, null where nobody can tell.
    """

    metric: str
    unit: str
    treatment: Side | None
    control: Side | None
    lift: Bounds | None
    difference: Bounds | None
    noise_removed: float
    days_left: int | None
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class Terms:
    """What a comparison is to be told by: the size of effect that matters, the days so far, the shop's currency."""

    effect: float
    days: float
    currency: str | None
    is_hidden: bool


def lifts_of(arms: Mapping[str, Arm], terms: Terms) -> list[Lift]:
    """Return every figure of both arms."""
    return [_lift(metric, arms, terms) for metric in METRICS]


def _lift(metric: str, arms: Mapping[str, Arm], terms: Terms) -> Lift:
    moments = {arm: found.moments[metric] for arm, found in arms.items()}
    deeds = {arm: _deeds(metric, found) for arm, found in arms.items()}
    if moments.keys() == _SIDES:
        estimates, removed = _estimates(metric, moments["treatment"], moments["control"])
        relative, absolute = relative_lift(*estimates), difference(*estimates)
    else:
        relative, absolute, removed = None, None, 0.0
    shown = _is_enough(moments, deeds) and relative is not None
    left = days_left(relative, terms.effect, terms.days) if relative is not None else None
    interval = relative.interval if relative is not None and shown else None
    return Lift(
        metric=metric,
        unit=_unit(metric, terms.currency),
        treatment=_side(metric, "treatment", moments, deeds),
        control=_side(metric, "control", moments, deeds),
        lift=None if terms.is_hidden else _bounds(interval),
        difference=None if terms.is_hidden or not shown else _bounds(_interval(absolute)),
        noise_removed=removed,
        days_left=left,
        verdict=None if terms.is_hidden else verdict_of(interval, terms.effect, left),
    )


def _estimates(metric: str, treatment: Moments, control: Moments) -> tuple[tuple[Estimate, Estimate], float]:
    """Return an estimate of each arm and the share of the variance that their past explains."""
    if metric == _RATIO:
        return (ratio(treatment), ratio(control)), 0.0
    slope = theta(treatment, control)
    with_past = adjusted(treatment, slope), adjusted(control, slope)
    before = plain(treatment).variance + plain(control).variance
    after = with_past[0].variance + with_past[1].variance
    return with_past, 1.0 - after / before if before > 0.0 else 0.0


def _is_enough(moments: Mapping[str, Moments], deeds: Mapping[str, int]) -> bool:
    if moments.keys() != _SIDES:
        return False
    return min(m.n for m in moments.values()) >= FEWEST_VISITORS and min(deeds.values()) >= FEWEST_DEEDS


def _deeds(metric: str, arm: Arm) -> int:
    """Return how many did what a figure counts: for revenue, how many bought."""
    return int(arm.moments["conversion" if metric == _REVENUE else metric].y)


def _side(metric: str, arm: str, moments: Mapping[str, Moments], deeds: Mapping[str, int]) -> Side | None:
    if arm not in moments:
        return None
    own = moments[arm]
    mean = ratio(own).mean if metric == _RATIO else own.mean
    return Side(visitors=own.n, mean=mean, deeds=deeds[arm])


def _unit(metric: str, currency: str | None) -> str:
    if metric == _REVENUE:
        return currency or ""
    return "clicks per listing seen" if metric == _RATIO else "share of visitors"


def _interval(contrast: Contrast | None) -> Interval | None:
    return None if contrast is None else contrast.interval


def _bounds(interval: Interval | None) -> Bounds | None:
    return None if interval is None else Bounds(value=interval.value, low=interval.low, high=interval.high)
