"""Boost and bury: items that stand higher or lower than they would, by a bounded factor on their rank."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from features.compiled import jit
from service.ranking.rules.effect import CHANGED, NOTHING, SAME, Effect
from service.ranking.rules.selection import Listed, Selection

Places: TypeAlias = npt.NDArray[np.intp]
_EFFECTS: Final = (NOTHING, SAME, CHANGED)
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
    masks = np.empty((len(boosts), len(listed.item_ids)), np.bool_)
    for mask, boost in zip(masks, boosts, strict=True):
        mask[:] = boost.selection.mask(listed)
    factors = np.array([boost.factor for boost in boosts])
    places, raised, met = _weighed(np.array(order, np.intp), masks, factors)
    effects.update(zip((boost.id for boost in boosts), map(_EFFECTS.__getitem__, met.tolist()), strict=True))
    lifted.update(raised.nonzero()[0].tolist())
    result: list[int] = places.tolist()
    return result


@jit
def _weighed(
    order: Places, masks: npt.NDArray[np.bool_], factors: npt.NDArray[np.float64]
) -> tuple[Places, npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """Return the places as sorted, whether each was raised, and the index of each rule's effect in _EFFECTS."""
    factor, raised = np.ones(masks.shape[1]), np.zeros(masks.shape[1], np.bool_)
    for k in range(len(masks)):
        for place in order:
            if masks[k, place]:
                factor[place] *= factors[k]
                raised[place] |= factors[k] > 1
    after, met = _by_divided_rank(order, factor), np.zeros(len(masks), np.int64)
    for k in range(len(masks)):
        for before, place in zip(order, after):  # noqa: B905 - numba knows no `strict`
            if masks[k, place]:
                met[k] = max(met[k], 1 if before == place else 2)
    return after, raised, met


@jit
def _by_divided_rank(order: Places, factor: npt.NDArray[np.float64]) -> Places:
    """Sort by insertion: most lists are sorted but for few."""
    rank, after = np.empty(len(factor)), order.copy()
    for i, place in enumerate(order):
        rank[place] = (i + 1) / min(max(factor[place], 1 / LARGEST_FACTOR), LARGEST_FACTOR)
        j = i
        while j > 0:
            above = after[j - 1]
            if rank[above] < rank[place] or (rank[above] == rank[place] and factor[above] >= factor[place]):
                break
            after[j] = above
            j -= 1
        after[j] = place
    return after
