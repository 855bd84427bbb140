"""How much better treatment is than control, with an interval."""

from dataclasses import dataclass
from typing import Final

from service.insights.estimate import Estimate
from service.insights.sequence import half_width

_FEWEST: Final = 2  # visitors of an arm that a variance takes
_SURE_LEVEL: Final = 4.0  # standard errors: a ratio to a level nearer to 0 is no number to show


@dataclass(frozen=True, slots=True)
class Interval:
    """A value and the bounds that hold it in 95 of 100 experiments, however often one looks."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Contrast:
    """An estimate of how the arms differ: its value, its variance, and from how many visitors."""

    value: float
    variance: float
    n: int

    @property
    def interval(self) -> Interval:
        """The interval around the value."""
        half = half_width(self.variance, self.n)
        return Interval(self.value, self.value - half, self.value + half)


def difference(treatment: Estimate, control: Estimate) -> Contrast | None:
    """Return treatment less control; None without two visitors in each."""
    if min(treatment.n, control.n) < _FEWEST:
        return None
    variance = treatment.variance / treatment.n + control.variance / control.n
    return Contrast(treatment.mean - control.mean, variance, treatment.n + control.n)


def relative_lift(treatment: Estimate, control: Estimate) -> Contrast | None:
    """Return treatment over control, less 1, its variance by the delta method.

    None where control's level is not clearly above 0.

    >>> lift = relative_lift(Estimate(50_000, 0.033, 0.032, 0.033), Estimate(50_000, 0.030, 0.029, 0.030))
    >>> round(lift.value, 3)
    0.1
    """
    absolute = difference(treatment, control)
    if absolute is None or control.level <= 0.0:
        return None
    own = control.variance / control.n
    if control.level <= _SURE_LEVEL * own**0.5:
        return None
    level = control.level
    variance = treatment.variance / treatment.n / level**2 + own * treatment.level**2 / level**4
    return Contrast(absolute.value / level, variance, absolute.n)
