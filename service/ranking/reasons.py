"""Why an item stands where it does, in terms that a shopper knows: what columns add to its score, by kind of reason."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from features.table import Feature, FeatureTable
from service.ranking.forest import Matrix, Scores


class Why(StrEnum):
    """What can be said of an item."""

    SEEN = "seen_recently"
    SIMILAR = "similar_to_viewed"
    TOGETHER = "viewed_together"  # of recommendations alone
    POPULAR = "popular"
    PRICE = "fits_your_price"
    NEW = "new"
    RULE = "rule_of_shop"


class Reason(NamedTuple):
    """A reason, and by how much of the score it puts the item above the list's median one."""

    why: Why
    weight: float


Mask: TypeAlias = npt.NDArray[np.bool_]
OF_MODEL: Final = (Why.SEEN, Why.SIMILAR, Why.POPULAR, Why.PRICE, Why.NEW)
_BLOCKS: Final = {"A": Why.SEEN, "B": Why.SIMILAR, "C": Why.SIMILAR, "D": Why.POPULAR, "H": Why.SIMILAR}
# A reason is only given of an item of which it is true: one of these columns says so. Absent: it always may be.
_TRUE_WHERE_POSITIVE: Final = {
    Why.SEEN: ("looks", "clicks", "cart_adds", "touches_before_session"),
    Why.SIMILAR: ("session_items", "interactions_before_session"),
}
_TRUE_WHERE_KNOWN: Final = {
    Why.PRICE: ("price_to_session_mean", "price_to_past_mean"),
    Why.NEW: ("age_days",),
}


def why_of(feature: Feature) -> Why | None:
    """Return the reason that a column counts towards; None for the place in the list, the hour and the like."""
    if "price" in feature.name or "cheaper" in feature.name:
        return Why.PRICE
    if feature.name.startswith("age_"):
        return Why.NEW
    if feature.block == "F" and "clicks" in feature.name:
        return Why.POPULAR
    return Why.SEEN if feature.name.startswith("touches_") else _BLOCKS.get(feature.block)


def reasons(table: FeatureTable, matrix: Matrix, contributions: Scores) -> list[list[Reason]]:
    """Return what puts each item of a list above its median item, per row, the strongest first.

    `matrix` and `contributions` have shape (n, k): the rows as scored, and what each column adds. A list of one item,
    which is its own median, gives no reason.
    """
    columns = [why_of(f) for f in table.standing] + [why_of(f) for f in table.visiting]
    return above_median(columns, {why: _is_true(why, table, matrix) for why in OF_MODEL}, contributions)


def above_median(
    columns: Sequence[Why | None], truth: Mapping[Why, Mask], contributions: Scores
) -> list[list[Reason]]:
    """Return, per row, the reasons that put it above the median row, the strongest first.

    `columns` says which reason each column of `contributions`, shape (n, k), counts towards; `truth`, shape (n,) each,
    of which rows a reason may be given.
    """
    found: list[list[Reason]] = [[] for _ in range(len(contributions))]
    for why, is_true in truth.items():
        own = contributions[:, [i for i, of in enumerate(columns) if of is why]].sum(axis=1)
        above = own - np.median(own) if len(own) else own
        for row in np.nonzero((above > 0) & is_true)[0].tolist():
            found[row].append(Reason(why, float(above[row])))
    return [sorted(of_row, key=lambda reason: -reason.weight) for of_row in found]


def _is_true(why: Why, table: FeatureTable, matrix: Matrix) -> Mask:
    """Tell of each row whether a reason may be given at all."""
    if why in _TRUE_WHERE_POSITIVE:
        return np.asarray((_columns(_TRUE_WHERE_POSITIVE[why], table, matrix) > 0).any(axis=1))
    if why in _TRUE_WHERE_KNOWN:
        return np.asarray((~np.isnan(_columns(_TRUE_WHERE_KNOWN[why], table, matrix))).any(axis=1))
    return np.ones(len(matrix), np.bool_)


def _columns(names: tuple[str, ...], table: FeatureTable, matrix: Matrix) -> Matrix:
    return matrix[:, [table.names.index(name) for name in names]]
