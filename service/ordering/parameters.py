"""What a model goes by, in kinds that a shopper knows, and how much each counts. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from features.table import Feature, FeatureTable
from service.ranking.reasons import Why, why_of


class Parameter(StrEnum):
    """The kinds. The first five are those that the reasons for a single item are given in."""

    SEEN = "seen_recently"
    SIMILAR = "similar_to_viewed"
    POPULAR = "popular"
    PRICE = "fits_your_price"
    NEW = "new"
    ITEM = "item"
    SHOP_ORDER = "shop_order"
    MOMENT = "moment"


_OF_REASON: Final = {
    Why.SEEN: Parameter.SEEN,
    Why.SIMILAR: Parameter.SIMILAR,
    Why.POPULAR: Parameter.POPULAR,
    Why.PRICE: Parameter.PRICE,
    Why.NEW: Parameter.NEW,
}
_OF_BLOCK: Final = {"E": Parameter.ITEM, "F": Parameter.SHOP_ORDER}
_TOUCHED: Final = ("touched", "dwell")  # where in the list stands what the visitor looked at


def parameter_of(feature: Feature) -> Parameter:
    """Return the kind that a column belongs to; every column has one."""
    if (why := why_of(feature)) is not None:
        return _OF_REASON[why]
    if feature.block == "F" and any(word in feature.name for word in _TOUCHED):
        return Parameter.SEEN
    return _OF_BLOCK.get(feature.block, Parameter.MOMENT)


def weights_of(gains: Mapping[str, float], table: FeatureTable) -> dict[Parameter, float]:
    """Return each kind's share of all that the columns decide, the weightiest first.

    They add up to 1. Kinds that decide nothing are left out; nothing is left of a model that never split.
    """
    total = sum(gains.values())
    features: list[Feature] = [*table.standing, *table.visiting]
    weights = dict.fromkeys(Parameter, 0.0)
    for feature in features:
        weights[parameter_of(feature)] += gains.get(feature.name, 0.0)
    counted = {parameter: weight / total for parameter, weight in weights.items() if weight > 0.0}
    return dict(sorted(counted.items(), key=lambda pair: -pair[1]))
