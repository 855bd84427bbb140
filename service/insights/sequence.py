"""Intervals that hold at every look at once: an asymptotic confidence sequence.

An interval for one look at the end is wrong more often with every look before it; this one is not, for as many looks
as anybody takes. Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit theory and asymptotic
confidence sequences", arXiv 2103.06476 (v7: equation 9 the width, equation 161 where it is tuned to).
"""

from math import log, sqrt
from typing import Final

ALPHA: Final = 0.05
TUNED_TO: Final = (
    20_000.0  # visitors of both arms at which it is narrowest; stated ahead, for it may not follow the data
)


def half_width(variance: float, n: int, tuned_to: float = TUNED_TO, alpha: float = ALPHA) -> float:
    """Return half the width of the interval around an estimate whose own variance is `variance`, from n visitors.

    It is 3 to 4 standard errors where one look would take 1.96. Infinite for nobody.

    >>> round(half_width(variance=0.01**2, n=20_000), 4)
    0.0304
    """
    if n < 1:
        return float("inf")
    grown = n * _rho_squared(tuned_to, alpha)
    return sqrt(variance * 2.0 * (grown + 1.0) / grown * log(sqrt(grown + 1.0) / alpha))


def _rho_squared(tuned_to: float, alpha: float) -> float:
    start = -2.0 * log(alpha)
    return (start + log(start + 1.0)) / tuned_to
