"""How items fared with all visitors, freed from where they were shown (block D of the design).

These columns ask nothing about the visitor: they are computed once, when an item's row is read, not per ranking.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from features.statistics import CARTS, CLICKS, GROUPS, IMPRESSIONS, ORDERS, VIEWS, WINDOW_DAYS

Figures: TypeAlias = npt.NDArray[np.float32]  # (n,)
PRIOR_CLICKS: Final = 2.0  # expected clicks of an average item mixed in: below that the shop's mean speaks
PRIOR_VIEWS: Final = 20.0  # the same for rates per view


@dataclass(frozen=True, slots=True)
class Counts:
    """Counters of n items, and of their shop, per window, as of one hour."""

    items: npt.NDArray[np.int64]  # (n, windows, COUNTERS)
    shop: npt.NDArray[np.int64]  # (windows, COUNTERS)


def clicks_over_expected(counts: Counts, window: int) -> Figures:
    """Clicks over those expected from where the item was shown, shrunk towards 1; shape (n,).

    Expected: for each impression the shop's click rate at that depth of a list, in the same window. (c + k) / (e + k).
    """
    own, shop = counts.items[:, window], counts.shop[window]
    shown, clicked = shop[IMPRESSIONS], shop[CLICKS]
    rate = clicked[: GROUPS - 1] / np.maximum(shown[: GROUPS - 1], 1)
    placed = clicked[: GROUPS - 1].sum()
    rate = rate * (clicked.sum() / placed) if placed else np.full(GROUPS - 1, clicked.sum() / max(shown.sum(), 1))
    expected = own[:, IMPRESSIONS][:, : GROUPS - 1] @ rate
    return _f32((own[:, CLICKS].sum(1) + PRIOR_CLICKS) / (expected + PRIOR_CLICKS))


def cart_rate(counts: Counts, window: int) -> Figures:
    """Cart adds per view or click, shrunk towards the shop's; shape (n,)."""
    return _rate_per_view(counts, window, CARTS)


def order_rate(counts: Counts, window: int) -> Figures:
    """Purchases per view or click, shrunk towards the shop's; shape (n,)."""
    return _rate_per_view(counts, window, ORDERS)


def log_clicks(counts: Counts, window: int) -> Figures:
    """log1p of clicks in the window; shape (n,)."""
    return _f32(np.log1p(counts.items[:, window, CLICKS].sum(1)))


def log_views(counts: Counts, window: int) -> Figures:
    """log1p of product views in the window; shape (n,)."""
    return _f32(np.log1p(counts.items[:, window, VIEWS]))


def log_orders(counts: Counts, window: int) -> Figures:
    """log1p of purchases in the window; shape (n,)."""
    return _f32(np.log1p(counts.items[:, window, ORDERS]))


def log_impressions(counts: Counts, window: int) -> Figures:
    """log1p of impressions in the window: how much evidence the rates rest on; shape (n,)."""
    return _f32(np.log1p(counts.items[:, window, IMPRESSIONS].sum(1)))


def trend(counts: Counts) -> Figures:
    """log of the last day's views and clicks over the month's daily mean, each plus one; shape (n,)."""
    day, month = (_interest(counts, window) for window in (0, len(WINDOW_DAYS) - 1))
    return _f32(np.log((day + 1.0) / (month / WINDOW_DAYS[-1] + 1.0)))


def _interest(counts: Counts, window: int) -> npt.NDArray[np.int64]:
    own = counts.items[:, window]
    return own[:, VIEWS] + own[:, CLICKS].sum(1)


def _rate_per_view(counts: Counts, window: int, counter: int) -> Figures:
    shop = counts.shop[window]
    mean = shop[counter] / max(int(shop[VIEWS] + shop[CLICKS].sum()), 1)
    happened = counts.items[:, window, counter]
    return _f32((happened + PRIOR_VIEWS * mean) / (_interest(counts, window) + PRIOR_VIEWS))


def _f32(values: npt.NDArray[np.float64]) -> Figures:
    return np.asarray(values, np.float32)
