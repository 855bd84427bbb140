"""Boost and bury: items that stand higher or lower than they would, by a bounded factor on their rank."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from features.compiled import jit
from service.ranking.rules.effect import CHANGED, NOTHING, SAME, Effect
from service.ranking.rules.selection import Listed, Selection

LARGEST_FACTOR: Final = 10.0  # also of several rules together: none sends an item to the end of the world


@dataclass(frozen=True, slots=True)
class Boost:
    """A rule that divides the rank of what it selects by a factor; below 1, it buries."""

    id: str
    selection: Selection
    factor: float


def boosted(
    order: list[int], boosts: Sequence[Boost], listed: Listed, effects: dict[str, Effect], lifted: set[int]
) -> list[int]:
    """Return the places in `order`, sorted by their rank in it (the first is 1) divided by their factor.

    Those that a factor above 1 speaks for are added to `lifted`.

    Factors of several rules multiply, and stay within LARGEST_FACTOR either way. Where results are equal, the
    larger factor comes first: an item of rank 4 with factor 2 takes the place of the one of rank 2.
    """
    if not boosts or not order:
        effects.update((boost.id, NOTHING) for boost in boosts)
        return order
    places = np.array(order, np.intp)
    factors = np.ones(len(places))
    chosen = {}
    for boost in boosts:
        chosen[boost.id] = mask = boost.selection.mask(listed)[places]
        factors[mask] *= boost.factor
    sort = _by_divided_rank(factors)
    moved = np.empty(len(places), np.bool_)
    moved[sort] = sort != np.arange(len(places))
    for boost in boosts:
        mask = chosen[boost.id]
        effects[boost.id] = CHANGED if (mask & moved).any() else SAME if mask.any() else NOTHING
        if boost.factor > 1:
            lifted.update(places[mask].tolist())
    result: list[int] = places[sort].tolist()
    return result


@jit
def _by_divided_rank(factors: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
    """Return where in the order each place of the result comes from, by insertion: most lists are sorted but for few.

    `factors` are those of the places in their order.
    """
    ranks = np.arange(1, len(factors) + 1) / np.minimum(
        np.maximum(factors, 1 / LARGEST_FACTOR), LARGEST_FACTOR
    )
    sort = np.arange(len(factors))
    for i in range(1, len(factors)):
        j = i
        while j > 0:
            above = sort[j - 1]
            if ranks[above] < ranks[i] or (ranks[above] == ranks[i] and factors[above] >= factors[i]):
                break
            sort[j] = above
            j -= 1
        sort[j] = i
    return sort
