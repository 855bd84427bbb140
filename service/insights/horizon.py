"""How many more days until an effect of a given size is visible."""

from math import ceil
from typing import Final

from service.insights.lift import Contrast
from service.insights.sequence import half_width

MOST_VISITORS: Final = 10**12


def visitors_needed(contrast: Contrast, effect: float) -> int | None:
    """Return how many visitors of both arms it takes until the interval reaches no further than `effect`.

    Assumes that further visitors differ as much as those seen. None where it would take more than there are.

    >>> visitors_needed(Contrast(value=0.0, variance=0.02**2, n=10_000), 0.05)
    14827
    """

    def reach(n: int) -> float:
        return half_width(contrast.variance * contrast.n / n, n)

    if reach(MOST_VISITORS) > effect:
        return None
    enough, few = MOST_VISITORS, 0
    while enough - few > 1:
        middle = (enough + few) // 2
        few, enough = (few, middle) if reach(middle) <= effect else (middle, enough)
    return enough


def days_left(contrast: Contrast, effect: float, days: float) -> int | None:
    """Return the days until then at the pace of the `days` so far, 0 if the effect is visible; None for never."""
    needed = visitors_needed(contrast, effect)
    if needed is None or contrast.n == 0 or days <= 0.0:
        return None
    return ceil(max(needed - contrast.n, 0) / contrast.n * days)
