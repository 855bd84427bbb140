"""Whether visitors fell into the arms as they should have: where they did not, no figure can be trusted."""

from math import erfc, sqrt
from typing import Final

RED_P: Final = 0.001


def split_p(treatment: int, control: int, treatment_share: float) -> float:
    """Return the probability of a split at least this far from the one intended (χ², one degree of freedom).

    1.0 of nobody, and where the intended share leaves one arm empty.

    >>> split_p(50, 50, 0.5), split_p(0, 0, 0.5), round(split_p(60, 40, 0.5), 4)
    (1.0, 1.0, 0.0455)
    """
    n = treatment + control
    if n == 0 or not 0.0 < treatment_share < 1.0:
        return 1.0
    expected = n * treatment_share
    away = treatment - expected
    return erfc(sqrt(away * away / expected / (1.0 - treatment_share) / 2.0))
