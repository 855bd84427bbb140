"""Columns of an item's standing against the formula, and how they shrink where there is little to go by."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from features.columns.popularity import FIGURES, Figure, place_of, popularity
from features.increments import CARTS, CLICKS, COUNTERS, GROUPS, IMPRESSIONS, ORDERS, VIEWS
from features.statistics_kernel import WINDOW_DAYS, WINDOWS
from features.table import STANDING

WINDOWS_OF: Final = {f"_{days}d": window for window, days in enumerate(WINDOW_DAYS)}
NAMES: Final = [f.name for f in STANDING]
Tallies = npt.NDArray[np.int64]
tallies = arrays(
    np.int64, (4, WINDOWS, COUNTERS), elements=st.integers(0, 50) | st.sampled_from([0, 0, 0, 9_000])
)


def columns_of(items: Tallies, shop: Tallies) -> dict[str, list[float]]:
    return dict(zip(NAMES, popularity(items, shop).T.tolist(), strict=True))


def expected_clicks(own: Sequence[int], shop: Sequence[int]) -> float:
    clicks = shop[CLICKS.start : CLICKS.stop]
    shown = shop[IMPRESSIONS.start : IMPRESSIONS.stop]
    placed = sum(clicks[: GROUPS - 1])
    rates = [
        clicks[g] / max(shown[g], 1) * sum(clicks) / placed if placed else sum(clicks) / max(sum(shown), 1)
        for g in range(GROUPS - 1)
    ]
    return sum(own[g] * rates[g] for g in range(GROUPS - 1))


@settings(max_examples=60, deadline=None)
@given(tallies)
def test_figures_are_what_the_formulas_say(items: Tallies) -> None:
    shop = items.sum(0)
    columns = columns_of(items, shop)
    for window, days in enumerate(WINDOW_DAYS):
        totals = shop[window].tolist()
        looks = max(totals[VIEWS] + sum(totals[CLICKS]), 1)
        for i, own in enumerate(items[:, window].tolist()):
            clicks = sum(own[CLICKS])
            told = {
                "clicks_over_expected": (clicks + 2) / (expected_clicks(own, totals) + 2),
                "log_clicks": math.log1p(clicks),
                "log_views": math.log1p(own[VIEWS]),
                "log_orders": math.log1p(own[ORDERS]),
                "log_impressions": math.log1p(sum(own[IMPRESSIONS])),
                "cart_rate": (own[CARTS] + 20 * totals[CARTS] / looks) / (own[VIEWS] + clicks + 20),
                "order_rate": (own[ORDERS] + 20 * totals[ORDERS] / looks) / (own[VIEWS] + clicks + 20),
            }
            for name, number in told.items():
                assert columns[f"{name}_{days}d"][i] == pytest.approx(number, rel=1e-5), name
    interest = (items[:, :, VIEWS] + items[:, :, CLICKS].sum(2)).tolist()
    trend = [math.log((day + 1) / (month / 30 + 1)) for day, _, month in interest]
    assert columns["trend"] == pytest.approx(trend, rel=1e-5, abs=1e-6)


def test_an_item_nothing_happened_to_is_as_expected() -> None:
    nothing = np.zeros((1, WINDOWS, COUNTERS), np.int64)
    columns = columns_of(nothing, nothing[0])
    assert columns["clicks_over_expected_30d"] == [1.0]
    assert columns["cart_rate_7d"] == columns["log_views_1d"] == columns["trend"] == [0.0]


def test_a_new_item_has_the_rates_of_its_shop() -> None:
    shop = np.zeros((WINDOWS, COUNTERS), np.int64)
    shop[:, VIEWS], shop[:, CARTS] = 200, 20
    assert columns_of(np.zeros((1, WINDOWS, COUNTERS), np.int64), shop)["cart_rate_30d"] == pytest.approx(
        [0.1]
    )


def test_the_same_clicks_are_worth_more_far_down_a_list() -> None:
    items = np.zeros((2, WINDOWS, COUNTERS), np.int64)
    items[:, :, CLICKS.start] = 0
    for i, group in enumerate((0, 5)):
        items[i, :, IMPRESSIONS.start + group] = 100
        items[i, :, CLICKS.start + group] = 10
    shop = np.zeros((WINDOWS, COUNTERS), np.int64)
    shop[:, IMPRESSIONS.start : IMPRESSIONS.start + GROUPS - 1] = 1_000
    shop[:, CLICKS.start : CLICKS.start + GROUPS - 1] = [400, 200, 100, 80, 60, 20, 10]
    top, deep = columns_of(items, shop)["clicks_over_expected_7d"]
    assert top < 1 < deep


def test_no_items_have_no_figures() -> None:
    nothing = np.zeros((0, WINDOWS, COUNTERS), np.int64)
    assert popularity(nothing, np.zeros((WINDOWS, COUNTERS), np.int64)).shape == (0, FIGURES)


def test_figures_stand_where_the_table_says() -> None:
    places = [
        place_of(f.source, WINDOWS_OF.get(f.suffix, 0)) for f in STANDING if isinstance(f.source, Figure)
    ]
    assert places == list(range(FIGURES)) == list(range(len(STANDING)))


@given(tallies, st.integers(1, 3))
@settings(max_examples=20, deadline=None)
def test_an_items_figures_do_not_depend_on_the_items_read_with_it(items: Tallies, cut: int) -> None:
    shop = items.sum(0)
    whole = popularity(items, shop)
    parts = [popularity(np.ascontiguousarray(p), shop) for p in (items[:cut], items[cut:])]
    assert whole.tobytes() == np.concatenate(parts).tobytes()
