"""Experiments with a known lift, looked at every day for four weeks through the code that answers merchants.

Drawn as counts, not visitor by visitor: on each day and side so many come, some of whom bought before, put something in
a cart, buy on that day or a later one, see listings and click. Half a million visitors take a millisecond that way.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from service.insights.figures import METRICS, QUANTILE, Arm
from service.insights.lifts import Lift, Terms, lifts_of
from service.insights.moments import Moments
from tests.benchmarks.figures import Figure, Section

Floats: TypeAlias = npt.NDArray[np.float64]

DAYS: Final = 28
SMALL, LARGE = 1_000, 24_000  # visitors a day
NULL_RUNS: Final = 1_000
LIFT_RUNS: Final = 500
SIDES: Final = ("treatment", "control")
TREATED: Final = 0.5
RETURNING: Final = 0.2  # of the visitors; they bought before, and buy more often
_ODDS: Final = np.array([1.0, 3.0])  # of those who did not buy before, and of those who did
ORDERING: Final = 0.03 / (1 - RETURNING + RETURNING * 3.0)  # so that 3 of 100 buy
CARTING: Final = 0.12 / (1 - RETURNING + RETURNING * 3.0)
CLICKING: Final = 0.15
WAITING: Final = np.array([0.7, 0.15, 0.08, 0.04, 0.03])  # share of orders by days after the first visit
SPREAD: Final = 0.8  # of the logarithm of an order's value
_LISTINGS: Final = np.array([0.5, 0.25, 0.15, 0.1])  # shares of visitors who see 1, 2, 3, 4 of them
_CELLS: Final = [(seen, clicked) for seen in (1, 2, 3, 4) for clicked in range(seen + 1)]


@dataclass(frozen=True, slots=True)
class Look:
    """All four figures as a merchant sees them on one day."""

    lifts: dict[str, Lift]


def measure() -> Section:
    """Count false alarms, intervals that missed the truth and lifts that were found."""
    section = Section(
        "Experiments with a known lift",
        f"Looked at on each of {DAYS} days, {NULL_RUNS} experiments without a lift and {LIFT_RUNS} with one; half the "
        f"visitors in treatment; 3 of 100 buy, {RETURNING:.0%} of them with a past. An interval covers the truth if it "
        "does at every look. False alarms are those of the figure that has most.",
    )
    for visitors in (SMALL, LARGE):
        runs = drawn(NULL_RUNS, visitors, 0.0)
        section.figures.append(
            Figure(f"{visitors:,} visitors a day, no lift: false alarms", most(runs), "%", at_most=5.0)
        )
    for lift in (0.0, 0.03, 0.1):
        runs = drawn(LIFT_RUNS, LARGE, lift)
        holding = min(share(covered(looks, metric, lift) for looks in runs) for metric in METRICS)
        name = f"{LARGE:,} visitors a day, {lift:+.0%}"
        section.figures.append(Figure(f"{name}: intervals that cover it", holding, "%", at_least=95.0))
        section.figures.extend(
            Figure(
                f"{name}: found by {metric}",
                share(found(looks, metric) for looks in runs),
                "%",
                at_least=least(lift),
            )
            for metric in METRICS
            if lift
        )
    return section


def drawn(runs: int, visitors_per_day: int, lift: float) -> list[list[Look]]:
    """Return so many experiments; the same every time."""
    rng = np.random.default_rng(29)
    return [experiment(rng, visitors_per_day, lift) for _ in range(runs)]


def most(runs: list[list[Look]]) -> float:
    """Return the percentage of false alarms of the figure that has most."""
    return max(share(alarmed(looks, metric) for looks in runs) for metric in METRICS)


def share(told: Iterable[bool]) -> float:
    """Return the percentage of those that are so."""
    return 100.0 * float(np.mean(list(told)))


def least(lift: float) -> float | None:
    """Return the percentage that is promised to be found, None for a lift that the traffic is too small for."""
    return 90.0 if lift >= 0.1 else None


def experiment(rng: np.random.Generator, visitors_per_day: int, lift: float) -> list[Look]:
    """Return what is seen on each day of an experiment whose treatment raises every figure by `lift`."""
    arrived = _arrived(rng, visitors_per_day)
    sides = [
        _Side(rng, arrived[side], lift if name == "treatment" else 0.0) for side, name in enumerate(SIDES)
    ]
    looks = []
    for day in range(DAYS):
        bought = np.concatenate([side.values[side.days <= day] for side in sides])
        cap = float(np.quantile(bought, QUANTILE)) if bought.size else float("inf")
        arms = {name: side.arm(day, cap) for name, side in zip(SIDES, sides, strict=True)}
        found = lifts_of(arms, Terms(effect=0.05, days=day + 1.0, currency="EUR", is_hidden=False))
        looks.append(Look({each["metric"]: each for each in found}))
    return looks


def alarmed(looks: list[Look], metric: str) -> bool:
    """Tell whether any look said better or worse."""
    return any(look.lifts[metric]["lift"] and not _holds(look, metric, 0.0) for look in looks)


def covered(looks: list[Look], metric: str, truth: float) -> bool:
    """Tell whether the interval held the truth at every look."""
    return all(_holds(look, metric, truth) for look in looks)


def found(looks: list[Look], metric: str) -> bool:
    """Tell whether the last look says better."""
    verdict = looks[-1].lifts[metric]["verdict"]
    return verdict is not None and verdict["kind"] == "better"


def _holds(look: Look, metric: str, truth: float) -> bool:
    bounds = look.lifts[metric]["lift"]
    return bounds is None or bounds["low"] <= truth <= bounds["high"]


def _arrived(rng: np.random.Generator, visitors_per_day: int) -> npt.NDArray[np.int64]:
    """Return how many come, shape (side, day, bought before)."""
    shares = np.outer([TREATED, 1.0 - TREATED], [1.0 - RETURNING, RETURNING]).ravel()
    return rng.multinomial(visitors_per_day, shares, DAYS).reshape(DAYS, 2, 2).transpose(1, 0, 2)


class _Side:
    """One side's visitors over all days."""

    def __init__(self, rng: np.random.Generator, arrived: npt.NDArray[np.int64], lift: float) -> None:
        self._arrived = arrived
        self._carted = rng.binomial(arrived, CARTING * _ODDS * (1.0 + lift))
        self._cells = rng.multinomial(arrived.sum(axis=1), _cell_shares(CLICKING * (1.0 + lift)))
        orders = rng.binomial(arrived, ORDERING * _ODDS * (1.0 + lift))
        later = rng.multinomial(orders, WAITING)  # shape (day, bought before, days later)
        day, before, wait = (
            np.repeat(place, later.ravel()) for place in np.indices(later.shape).reshape(3, -1)
        )
        self.days = day + wait
        self._before = before
        self.values: Floats = np.exp(rng.normal(4.0, SPREAD, self.days.size))

    def arm(self, day: int, cap: float) -> Arm:
        """Return what the side sums up to at the end of a day."""
        upto = self._arrived[: day + 1].sum(axis=0)
        n, past = int(upto.sum()), float(upto[1])
        is_in = self.days <= day
        revenue, before = np.minimum(self.values[is_in], cap), self._before[is_in]
        carted = self._carted[: day + 1].sum(axis=0)
        cells = self._cells[: day + 1].sum(axis=0)
        moments = {
            "revenue_per_visitor": _with_past(n, past, revenue, before),
            "conversion": _with_past(n, past, np.ones(revenue.size), before),
            "add_to_cart": Moments(n, float(carted.sum()), float(carted.sum()), past, past, float(carted[1])),
            "click_rate": _clicks(n, cells),
        }
        return Arm(int((self.values[is_in] > cap).sum()), {metric: moments[metric] for metric in METRICS})


def _with_past(n: int, past: float, outcome: Floats, before: npt.NDArray[Any]) -> Moments:
    return Moments(n, float(outcome.sum()), float(outcome @ outcome), past, past, float(outcome @ before))


def _clicks(n: int, cells: npt.NDArray[np.int64]) -> Moments:
    seen, clicked = (np.array(column, float) for column in zip(*_CELLS, strict=True))
    sums = [float(cells @ column) for column in (clicked, clicked**2, seen, seen**2, clicked * seen)]
    return Moments(n, *sums)


def _cell_shares(rate: float) -> Floats:
    """Return how often a visitor sees so many listings and clicks in so many of them."""
    ways = {1: [1, 1], 2: [1, 2, 1], 3: [1, 3, 3, 1], 4: [1, 4, 6, 4, 1]}
    shares = [
        _LISTINGS[seen - 1] * ways[seen][clicked] * rate**clicked * (1.0 - rate) ** (seen - clicked)
        for seen, clicked in _CELLS
    ]
    return np.array(shares, np.float64)  # they add up to 1
