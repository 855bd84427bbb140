"""What one arm's visitors are worth on average, and how much one differs from another: plain, with a past, as a ratio.

Sources: CUPED, Deng, Xu, Kohavi and Walker (WSDM 2013); the delta method for ratios, Deng, Knoblich and Lu (KDD 2018).
"""

from dataclasses import dataclass

from service.insights.moments import Moments


@dataclass(frozen=True, slots=True)
class Estimate:
    """An average over `n` visitors; `variance` is that of one visitor. `level` is the average before any adjustment."""

    n: int
    mean: float
    variance: float
    level: float


def plain(arm: Moments) -> Estimate:
    """Return the average outcome."""
    return Estimate(arm.n, arm.mean, arm.variance, arm.mean)


def ratio(arm: Moments) -> Estimate:
    """Return sum(y) / sum(x) over visitors, its variance by the delta method; 0.0 where x sums to nothing.

    >>> ratio(Moments(n=2, y=3.0, yy=5.0, x=6.0, xx=20.0, xy=10.0))  # 1 of 2 and 2 of 4: no doubt about a half
    Estimate(n=2, mean=0.5, variance=0.0, level=0.5)
    """
    if arm.x == 0.0:
        return Estimate(arm.n, 0.0, 0.0, 0.0)
    mean = arm.y / arm.x
    spread = arm.variance - 2.0 * mean * arm.covariance + mean * mean * arm.variance_x
    return Estimate(arm.n, mean, max(spread, 0.0) / arm.mean_x**2, mean)


def theta(one: Moments, other: Moments) -> float:
    """Return how much of an outcome its past x tells, over both arms; 0.0 where nobody has a past.

    >>> theta(Moments(2, 2.0, 4.0, 1.0, 1.0, 2.0), Moments(2, 2.0, 4.0, 1.0, 1.0, 2.0))  # y is twice x
    2.0
    """
    both = one + other
    return both.covariance / both.variance_x if both.variance_x > 0.0 else 0.0


def adjusted(arm: Moments, slope: float) -> Estimate:
    """Return the average outcome less `slope` times the past (CUPED): the same difference, less noise."""
    spread = arm.variance + slope * slope * arm.variance_x - 2.0 * slope * arm.covariance
    return Estimate(arm.n, arm.mean - slope * arm.mean_x, max(spread, 0.0), arm.mean)
