"""Orders that need no model: what a model has to beat before anybody should want it.

Each gives scores (rows,), higher is better, in which only `random` has ties: elsewhere equals keep the shop's order.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from training.dataset import Dataset

Scores: TypeAlias = npt.NDArray[np.float64]
Baseline: TypeAlias = Callable[[Dataset], Scores]


def shop_order(dataset: Dataset) -> Scores:
    """The order in which the shop shows the items itself."""
    return -dataset.shop_index.astype(np.float64)


def last_touched_first(dataset: Dataset) -> Scores:
    """What the visitor touched in this session, the latest first; then the shop's order."""
    since = _column(dataset, "items_since_touched")
    return _then_shop_order(dataset, np.where(since >= 0, -since, -np.inf))


def most_popular(dataset: Dataset) -> Scores:
    """What was clicked most in the last 30 days, as known at the time; then what was viewed most."""
    clicks, views = _column(dataset, "log_clicks_30d"), _column(dataset, "log_views_30d")
    return _then_shop_order(dataset, clicks, views)


def cheapest_first(dataset: Dataset) -> Scores:
    """The cheapest first, unknown prices last."""
    price = _column(dataset, "log_price")
    return _then_shop_order(dataset, np.where(np.isnan(price), -np.inf, -price))


def covisited_first(dataset: Dataset) -> Scores:
    """What others met most often beside what this session touched, the latest counting most; then the shop's order."""
    return _then_shop_order(dataset, _column(dataset, "covisitation_sum"))


def random_order(dataset: Dataset) -> Scores:
    """Any order: all scores are equal, and the metrics take the expectation over all orders."""
    return np.zeros(len(dataset.label))


BASELINES: Final[Mapping[str, Baseline]] = {
    "shop order": shop_order,
    "last touched first": last_touched_first,
    "most popular first": most_popular,
    "cheapest first": cheapest_first,
    "co-visited first": covisited_first,
    "random order": random_order,
}


def as_served(dataset: Dataset, scores: Scores) -> Scores:
    """Return scores without ties, in the order that the service answers: equals keep the shop's order."""
    return _then_shop_order(dataset, scores)


def _column(dataset: Dataset, name: str) -> npt.NDArray[np.float32]:
    return dataset.X[:, dataset.names.index(name)]


def _then_shop_order(dataset: Dataset, *keys: npt.NDArray[np.floating]) -> Scores:
    """Return scores that order by the first key, then the next, then the shop's index; higher keys first."""
    order = np.lexsort((dataset.shop_index, *(-key for key in reversed(keys))))
    scores = np.empty(len(order))
    scores[order] = -np.arange(len(order), dtype=np.float64)
    return scores
