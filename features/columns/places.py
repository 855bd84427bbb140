"""How each candidate stands among those it is listed with, and in the catalogue (blocks E and F of the design)."""

from typing import Final

import numpy as np

from features.columns.course import Course, Numbers
from features.columns.percentile import percentile
from features.columns.popularity import Figure, place_of
from features.columns.row import Block, Row
from features.columns.touches import Touch
from features.compiled import jit
from features.facts import Records
from features.statistics_kernel import WINDOW_DAYS

_DAY: Final = 86_400.0
_MONTH: Final = WINDOW_DAYS.index(30)
_CLICKS: Final = place_of(Figure.LOG_CLICKS, _MONTH)
_CLICKS_OVER_EXPECTED: Final = place_of(Figure.CLICKS_OVER_EXPECTED, _MONTH)


class Place(Row):
    """Where each candidate stands."""

    SHOP_INDEX = "The candidate's place in the shop's own order, from 0"
    RELATIVE_SHOP_INDEX = "The place in the shop's order over the last place; 0 for a list of one"
    PLACES_BELOW_MEAN_CLICK = "Places below where the session's clicks were on average, in any listing"
    PLACES_BELOW_LAST_CLICK = "Places below where the session's last click was, in any listing"
    IN_STOCK = "1 in stock, 0 out of stock"
    AGE_DAYS = "Days since the item came into the catalogue"
    AGE_PERCENTILE = "Share of the list that is older, ties counted half"
    PERCENTILE_OF_LOG_CLICKS_30D = "Share of the list with fewer clicks in 30 days, ties counted half"
    PERCENTILE_OF_CLICKS_OVER_EXPECTED_30D = (
        "Share of the list with fewer clicks over those expected in 30 days, ties counted half"
    )
    DWELL_PERCENTILE = (
        "Where the time spent with each candidate stands in the list; 0.5 where none was looked at"
    )
    COVISITATION_PERCENTILE = (
        "Where a candidate's co-visitation sum stands in this list; 0.5 where all are equal"
    )


@jit
def lay(rows: Records, at: float, touches: Block, course: Numbers, out: Block) -> None:
    """Fill where candidates stand as of `at`; `touches` has a row per Touch, `course` a number per Course."""
    n = len(rows)
    mean_click = np.float32(course[Course.MEAN_CLICKED_INDEX])
    last_click = np.float32(course[Course.LAST_CLICKED_INDEX])
    last_place = np.float32(max(n - 1, 1))
    created, clicks, over_expected = np.empty((3, n), np.float32)
    for i in range(n):
        place = np.float32(i)
        out[Place.SHOP_INDEX, i] = place
        out[Place.RELATIVE_SHOP_INDEX, i] = place / last_place
        out[Place.PLACES_BELOW_MEAN_CLICK, i] = place - mean_click
        out[Place.PLACES_BELOW_LAST_CLICK, i] = place - last_click
        out[Place.IN_STOCK, i] = rows[i]["in_stock"]
        out[Place.AGE_DAYS, i] = (at - rows[i]["created_at"]) / _DAY
        created[i] = rows[i]["created_at"]
        clicks[i] = rows[i]["standing"][_CLICKS]
        over_expected[i] = rows[i]["standing"][_CLICKS_OVER_EXPECTED]
    out[Place.AGE_PERCENTILE] = percentile(created)
    out[Place.PERCENTILE_OF_LOG_CLICKS_30D] = percentile(clicks)
    out[Place.PERCENTILE_OF_CLICKS_OVER_EXPECTED_30D] = percentile(over_expected)
    out[Place.DWELL_PERCENTILE] = percentile(touches[Touch.TOTAL_DWELL])
    out[Place.COVISITATION_PERCENTILE] = percentile(touches[Touch.COVISITATION_SUM])
