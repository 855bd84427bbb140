"""How items fared with all visitors, freed from where they were shown (block D of the design).

These columns ask nothing about the visitor: they are computed once, when an item's row is read, not per ranking.
"""

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from features.columns.row import Row
from features.compiled import jit
from features.increments import CARTS, CLICKS, GROUPS, IMPRESSIONS, ORDERS, VIEWS
from features.statistics_kernel import WINDOW_DAYS, WINDOWS

Figures: TypeAlias = npt.NDArray[np.float32]
Tallies: TypeAlias = npt.NDArray[np.int64]
PRIOR_CLICKS: Final = 2.0  # expected clicks of an average item mixed in: below that the shop's mean speaks
PRIOR_VIEWS: Final = 20.0  # the same for rates per view


class Figure(Row):
    """What is known of an item in each window.

    Expected clicks: for each impression the shop's click rate at that depth of a list, in the same window; clicks whose
    depth nobody stated raise all rates alike. Then (c + 2) / (e + 2), and (c + 20 r) / (v + 20) with the shop's rate r.
    """

    CLICKS_OVER_EXPECTED = "Clicks over those expected from where the item was shown, shrunk towards 1"
    LOG_CLICKS = "log1p of clicks in the window"
    LOG_VIEWS = "log1p of product views and closer looks in the window"
    CART_RATE = "Cart adds per view or click, shrunk towards the shop's"
    ORDER_RATE = "Purchases per view or click, shrunk towards the shop's"
    LOG_ORDERS = "log1p of purchases in the window"
    LOG_IMPRESSIONS = "log1p of impressions in the window: how much evidence the rates rest on"
    TREND = (
        "Log of the last day's views and clicks over the month's daily mean, each plus one; of no one window"
    )


FIGURES: Final = Figure.TREND * WINDOWS + 1


def place_of(figure: Figure, window: int = 0) -> int:
    """Return where a figure stands among an item's."""
    return figure * WINDOWS + window


def popularity(items: Tallies, shop: Tallies) -> Figures:
    """Return shape (n, FIGURES), by counters: `items` of shape (n, windows, COUNTERS), `shop` (windows, COUNTERS).

    Items nothing happened to have logs of 0, clicks as expected and the shop's own rates.
    """
    out = np.empty((len(Figure), WINDOWS, len(items)), np.float32)
    _lay(items, shop, out)
    _lay_trend(items, out[Figure.TREND])
    return out.reshape(len(Figure) * WINDOWS, len(items))[:FIGURES].T


@jit
def _lay(items: Tallies, shop: Tallies, out: Figures) -> None:
    for window in range(WINDOWS):
        totals, rates = shop[window], _click_rates(shop[window])
        looks = max(totals[VIEWS] + totals[CLICKS].sum(), 1)
        cart_prior, order_prior = (
            PRIOR_VIEWS * (totals[CARTS] / looks),
            PRIOR_VIEWS * (totals[ORDERS] / looks),
        )
        for i in range(len(items)):
            own = items[i, window]
            clicks, expected = own[CLICKS].sum(), 0.0
            for group in range(GROUPS - 1):
                expected += own[IMPRESSIONS.start + group] * rates[group]
            views = own[VIEWS] + clicks + PRIOR_VIEWS
            out[Figure.CLICKS_OVER_EXPECTED, window, i] = (clicks + PRIOR_CLICKS) / (expected + PRIOR_CLICKS)
            out[Figure.LOG_CLICKS, window, i] = np.log1p(clicks)
            out[Figure.LOG_VIEWS, window, i] = np.log1p(own[VIEWS])
            out[Figure.CART_RATE, window, i] = (own[CARTS] + cart_prior) / views
            out[Figure.ORDER_RATE, window, i] = (own[ORDERS] + order_prior) / views
            out[Figure.LOG_ORDERS, window, i] = np.log1p(own[ORDERS])
            out[Figure.LOG_IMPRESSIONS, window, i] = np.log1p(own[IMPRESSIONS].sum())


@jit
def _lay_trend(items: Tallies, out: Figures) -> None:
    for i in range(len(items)):
        day = items[i, 0, VIEWS] + items[i, 0, CLICKS].sum()
        month = items[i, WINDOWS - 1, VIEWS] + items[i, WINDOWS - 1, CLICKS].sum()
        out[:, i] = np.log((day + 1.0) / (month / WINDOW_DAYS[WINDOWS - 1] + 1.0))


@jit
def _click_rates(totals: Tallies) -> npt.NDArray[np.float64]:
    """Return the shop's clicks per impression in each group of places, those without a place spread over all."""
    shown, clicked = totals[IMPRESSIONS], totals[CLICKS]
    rates, placed = np.zeros(GROUPS - 1), clicked[: GROUPS - 1].sum()
    for group in range(GROUPS - 1):
        if placed:
            rates[group] = clicked[group] / max(shown[group], 1) * (clicked.sum() / placed)
        else:
            rates[group] = clicked.sum() / max(shown.sum(), 1)
    return rates
