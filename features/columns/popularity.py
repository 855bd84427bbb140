"""How items fared with all visitors, freed from where they were shown (block D of the design).

These columns ask nothing about the visitor: they are computed once, when an item's row is read, not per ranking.
"""

from dataclasses import dataclass
from enum import IntEnum, auto
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from features.compiled import jit
from features.increments import CARTS, CLICKS, GROUPS, IMPRESSIONS, ORDERS, VIEWS
from features.statistics_kernel import WINDOW_DAYS, WINDOWS

Figures: TypeAlias = npt.NDArray[np.float32]
Tallies: TypeAlias = npt.NDArray[np.int64]
PRIOR_CLICKS: Final = 2.0  # expected clicks of an average item mixed in: below that the shop's mean speaks
PRIOR_VIEWS: Final = 20.0  # the same for rates per view


class Figure(IntEnum):
    """What is known of an item in each window; the columns below say what each is."""

    CLICKS_OVER_EXPECTED = 0
    LOG_CLICKS = auto()
    LOG_VIEWS = auto()
    CART_RATE = auto()
    ORDER_RATE = auto()
    LOG_ORDERS = auto()
    LOG_IMPRESSIONS = auto()
    TREND = auto()  # the same in all windows


@dataclass(frozen=True, slots=True)
class Popularity:
    """Figures of n items, as of one hour: one row per window of each Figure."""

    rows: list[Figures]

    @classmethod
    def of(cls, items: Tallies, shop: Tallies) -> "Popularity":
        """Compute the figures from counters: `items` of shape (n, windows, COUNTERS), `shop` (windows, COUNTERS).

        Items nothing happened to have logs of 0, clicks as expected and the shop's own rates.
        """
        out = np.empty((len(Figure), WINDOWS, len(items)), np.float32)
        _lay(items, shop, out)
        _lay_trend(items, out[Figure.TREND])
        return cls(list(out.reshape(len(Figure) * WINDOWS, len(items))))

    def __call__(self, figure: Figure, window: int) -> Figures:
        """Return shape (n,)."""
        return self.rows[figure * WINDOWS + window]


def clicks_over_expected(of: Popularity, window: int) -> Figures:
    """Clicks over those expected from where the item was shown, shrunk towards 1; shape (n,).

    Expected: for each impression the shop's click rate at that depth of a list, in the same window. (c + 2) / (e + 2).
    Clicks whose depth nobody stated raise all rates alike.
    """
    return of(Figure.CLICKS_OVER_EXPECTED, window)


def cart_rate(of: Popularity, window: int) -> Figures:
    """Cart adds per view or click, shrunk towards the shop's; shape (n,). (c + 20 r) / (v + 20)."""
    return of(Figure.CART_RATE, window)


def order_rate(of: Popularity, window: int) -> Figures:
    """Purchases per view or click, shrunk towards the shop's; shape (n,). (o + 20 r) / (v + 20)."""
    return of(Figure.ORDER_RATE, window)


def log_clicks(of: Popularity, window: int) -> Figures:
    """log1p of clicks in the window; shape (n,)."""
    return of(Figure.LOG_CLICKS, window)


def log_views(of: Popularity, window: int) -> Figures:
    """log1p of product views and closer looks in the window; shape (n,)."""
    return of(Figure.LOG_VIEWS, window)


def log_orders(of: Popularity, window: int) -> Figures:
    """log1p of purchases in the window; shape (n,)."""
    return of(Figure.LOG_ORDERS, window)


def log_impressions(of: Popularity, window: int) -> Figures:
    """log1p of impressions in the window: how much evidence the rates rest on; shape (n,)."""
    return of(Figure.LOG_IMPRESSIONS, window)


def trend(of: Popularity) -> Figures:
    """Log of the last day's views and clicks over the month's daily mean, each plus one; shape (n,)."""
    return of(Figure.TREND, 0)


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
