"""A visit laid against a listing, once per ranking: what was done with the candidates (blocks A, B, H of the design).

Without interactions every count is 0, every recency NEVER and every distance NaN.
"""

from typing import Final, NamedTuple

import numpy as np

from features.columns.row import NEVER, Block, Column, Row
from features.compiled import jit
from features.facts import Action, Records
from features.index import Hashes, Index, Places, find, index_of
from features.visit import Visit

HALF_LIFE_SECONDS: Final = 600.0
LONGEST_DWELL_SECONDS: Final = 1800.0  # past it the visitor has left the page open
PRIOR_WEIGHT: Final = 60.0  # one direct pair, mixed into co-visitation: a single meeting proves little


class Touch(Row):
    """What a visit says of each candidate."""

    LOOKS = "Product views and closer looks of each candidate"
    CLICKS = "Clicks on each candidate in a listing"
    CART_ADDS = "Times each candidate was put into the cart"
    CART_REMOVALS = "Times each candidate was taken out of the cart"
    IN_CART = "1 where a candidate was put into the cart more often than taken out"
    PURCHASES = "Times each candidate was bought within the remembered 30 days"
    LINEAR_RECENCY = "Interactions, the oldest of m weighing 1/m and the newest 1"
    HARMONIC_RECENCY = "Interactions, each weighing 1/(1 + steps since)"
    HALF_LIFE_RECENCY = "Interactions, each weighing one half per 10 minutes since"
    # ten looks at one item's images are one run: they push no other item further back
    RUN_RECENCY = "Runs of interactions with each candidate, each weighing 1/(1 + runs since)"
    SHARE_OF_TOUCHES = "Share of the listing's run recency that fell on each candidate"
    STEPS_SINCE_TOUCHED = "Interactions since the last one with each candidate"
    ITEMS_SINCE_TOUCHED = "Other items touched since each candidate was; 0 for the last touched"
    SECONDS_SINCE_TOUCHED = "Seconds since the last interaction with each candidate"
    SECONDS_SINCE_CLICKED = "Seconds since each candidate was clicked in a listing"
    LONGEST_DWELL = "Longest time until the visitor's next interaction; seconds, up to LONGEST_DWELL_SECONDS"
    TOTAL_DWELL = "Time spent with each candidate"
    LAST_ACTION_WITH = "The last thing done with each candidate, as `features.facts.Action`"
    # a code from 1 to 255: equal kinds have equal codes, and their order means nothing
    LAST_LOOK_WITH = (
        "Which closer look (image, info, ...) the last interaction with each candidate was; 0 for none"
    )
    KINDS_OF_LOOK = "Different closer looks (image, info, ...) at each candidate"
    TIMES_SHOWN = "Listings of this session that showed each candidate"
    SHOWN_NOT_CLICKED = "Listings of this session that showed a candidate nobody clicked"
    TOUCHES_BEFORE_SESSION = "Interactions with each candidate in earlier sessions of the remembered 30 days"
    IS_LAST_TOUCHED = "1 for the item that the visitor touched last"
    PLACES_BELOW_LAST_TOUCHED = "Places below (negative: above) the listed item touched last"
    PLACES_BELOW_PREVIOUS_TOUCHED = "Places below the listed item touched before the last one"
    PLACES_BELOW_DEEPEST_TOUCHED = "Places below the lowest touched item: how far past what was looked at"
    PLACES_BELOW_LAST_CLICKED = "Places below the listed item clicked last"
    TOUCHED_ABOVE = "Touched items listed above each candidate"
    UNTOUCHED_ABOVE = "Items listed above each candidate that the session did not touch"
    PLACES_TO_TOUCHED_ABOVE = "Places up to the nearest touched item; 0 for a touched one"
    PLACES_TO_TOUCHED_BELOW = "Places down to the nearest touched item; 0 for a touched one"
    COVISITATION_SUM = (
        "Recency-weighted share of a candidate's co-visitations that lead to this session's items"
    )
    COVISITATION_MAX = "The heaviest co-visitation with one item of the session, log1p of its weight"
    COVISITATION_LAST = "Co-visitation with the last touched item, log1p of its weight"


class Touched(NamedTuple):
    """What a visit says of a listing as a whole."""

    items: int  # how many different items the session touched
    listed: int  # how many of them are candidates
    last_is_listed: bool  # whether the item touched last is a candidate


@jit
def lay(visit: Visit, rows: Records, out: Block) -> Touched:
    """Lay a visit against a listing; an item that this holds twice counts at its last place."""
    looked, listed = index_of(_items(visit.touched)), index_of(_items(rows))
    told = _lay_touched(visit.touched, visit.at, looked, listed, out)
    _lay_past(visit.earlier, visit.shown, listed, out)
    _lay_met(looked, rows, out)
    return told


@jit
def touched_prices(visit: Visit, rows: Records) -> Column:
    """Return the price of each touch, oldest first, as it was; where nobody knew it, the candidate's, else as shown."""
    prices = np.empty(len(visit.touched), np.float32)
    for j in range(len(visit.touched)):
        prices[j], item = visit.touched[j]["price"], visit.touched[j]["item"]
        if np.isnan(prices[j]):
            prices[j] = _last_price(item, rows)
        if np.isnan(prices[j]):
            prices[j] = _last_price(item, visit.impressions)
    return prices


@jit
def _last_price(item: int, records: Records) -> np.float32:
    """Return the last price that is known of an item; NaN where none is."""
    for k in range(len(records) - 1, -1, -1):
        if records[k]["item"] == item and not np.isnan(records[k]["price"]):
            return np.float32(records[k]["price"])
    return np.float32(np.nan)


@jit
def _lay_touched(touched: Records, at: float, looked: Index, candidates: Index, out: Block) -> Touched:
    """Fill what m touches, oldest first, say of each candidate."""
    _clear(out)
    m, items = len(touched), looked.items
    kinds = np.zeros(len(candidates.items), np.uint64)
    order = np.empty(m, np.int64)  # touched candidates, the latest first
    met, listed, runs, clicked, last_is_listed = 0, 0, 0, -1, False
    for step in range(m):
        j = m - 1 - step
        touch = touched[j]
        starts_run = step == 0 or items[j] != items[j + 1]
        runs += starts_run
        met += find(looked, items[j]) == j
        i = find(candidates, items[j])
        if i < 0:
            continue
        ago = at - touch["time"]
        if out[Touch.STEPS_SINCE_TOUCHED, i] < 0.0:
            out[Touch.STEPS_SINCE_TOUCHED, i], out[Touch.SECONDS_SINCE_TOUCHED, i] = step, ago
            out[Touch.LAST_ACTION_WITH, i], out[Touch.LAST_LOOK_WITH, i] = touch["action"], touch["detail"]
            last_is_listed = last_is_listed or step == 0
            out[Touch.ITEMS_SINCE_TOUCHED, i] = met - 1  # others, touched since
            order[listed] = i
            listed += 1
        if touch["action"] == Action.CLICK and out[Touch.SECONDS_SINCE_CLICKED, i] < 0.0:
            out[Touch.SECONDS_SINCE_CLICKED, i] = ago
            clicked = i if clicked < 0 else clicked
        _count(touch["action"], i, out)
        out[Touch.LINEAR_RECENCY, i] += (j + 1.0) / m
        out[Touch.HARMONIC_RECENCY, i] += 1.0 / (1.0 + step)
        out[Touch.RUN_RECENCY, i] += 1.0 / runs if starts_run else 0.0
        out[Touch.HALF_LIFE_RECENCY, i] += 0.5 ** (ago / HALF_LIFE_SECONDS)
        _dwell(i, (touched[j + 1]["time"] if step else at) - touch["time"], out)
        bit = np.uint64(1) << np.uint64(touch["detail"] & 63)
        out[Touch.KINDS_OF_LOOK, i] += (kinds[i] & bit) == 0
        kinds[i] |= bit
    _lay_sums(out)
    _lay_places(order[:listed], clicked, out)
    return Touched(met, listed, last_is_listed)


@jit
def _clear(out: Block) -> None:
    out[:] = 0.0
    out[Touch.STEPS_SINCE_TOUCHED : Touch.SECONDS_SINCE_CLICKED + 1] = NEVER
    out[Touch.PLACES_BELOW_LAST_TOUCHED : Touch.PLACES_TO_TOUCHED_BELOW + 1] = np.nan


@jit
def _count(action: int, i: int, out: Block) -> None:
    out[Touch.LOOKS, i] += action == Action.VIEW
    out[Touch.CLICKS, i] += action == Action.CLICK
    out[Touch.CART_ADDS, i] += action == Action.CART
    out[Touch.CART_REMOVALS, i] += action == Action.UNCART
    out[Touch.PURCHASES, i] += action == Action.PURCHASE


@jit
def _dwell(i: int, seconds: float, out: Block) -> None:
    seconds = min(seconds, LONGEST_DWELL_SECONDS)
    out[Touch.LONGEST_DWELL, i] = max(out[Touch.LONGEST_DWELL, i], seconds)
    out[Touch.TOTAL_DWELL, i] += seconds


@jit
def _lay_sums(out: Block) -> None:
    """Fill what follows from the counts: the cart's content, and each candidate's share."""
    total = 0.0
    for i in range(out.shape[1]):
        total += out[Touch.RUN_RECENCY, i]
    for i in range(out.shape[1]):
        out[Touch.IN_CART, i] = out[Touch.CART_ADDS, i] > out[Touch.CART_REMOVALS, i]
        out[Touch.IS_LAST_TOUCHED, i] = out[Touch.ITEMS_SINCE_TOUCHED, i] == 0.0
        out[Touch.SHARE_OF_TOUCHES, i] = out[Touch.RUN_RECENCY, i] / total if total > 0.0 else 0.0


@jit
def _lay_places(order: Places, clicked: int, out: Block) -> None:
    """Fill where each candidate stands among the touched ones: `order`, the latest first."""
    n = out.shape[1]
    if len(order):
        _lay_below(order[0], out[Touch.PLACES_BELOW_LAST_TOUCHED])
        _lay_below(order.max(), out[Touch.PLACES_BELOW_DEEPEST_TOUCHED])
    if len(order) > 1:
        _lay_below(order[1], out[Touch.PLACES_BELOW_PREVIOUS_TOUCHED])
    if clicked >= 0:
        _lay_below(clicked, out[Touch.PLACES_BELOW_LAST_CLICKED])
    above, up, down = 0, -1, -1
    for i in range(n):
        out[Touch.TOUCHED_ABOVE, i], out[Touch.UNTOUCHED_ABOVE, i] = above, i - above
        if out[Touch.STEPS_SINCE_TOUCHED, i] >= 0.0:
            above, up = above + 1, i
        out[Touch.PLACES_TO_TOUCHED_ABOVE, i] = i - up if up >= 0 else np.nan
    for i in range(n - 1, -1, -1):
        if out[Touch.STEPS_SINCE_TOUCHED, i] >= 0.0:
            down = i
        out[Touch.PLACES_TO_TOUCHED_BELOW, i] = down - i if down >= 0 else np.nan


@jit
def _lay_below(place: int, out: Column) -> None:
    for i in range(len(out)):
        out[i] = i - place


@jit
def _lay_past(earlier: Records, shown: Records, candidates: Index, out: Block) -> None:
    """Fill what earlier sessions did with each candidate, and how often this one was shown it."""
    for j in range(len(earlier)):
        i = find(candidates, earlier[j]["item"])
        if i >= 0:
            out[Touch.TOUCHES_BEFORE_SESSION, i] += 1.0
            out[Touch.PURCHASES, i] += earlier[j]["action"] == Action.PURCHASE
    for j in range(len(shown)):
        i = find(candidates, shown[j]["item"])
        if i >= 0:
            out[Touch.TIMES_SHOWN, i] += 1.0
    for i in range(len(candidates.items)):
        out[Touch.SHOWN_NOT_CLICKED, i] = 0.0 if out[Touch.CLICKS, i] > 0.0 else out[Touch.TIMES_SHOWN, i]


@jit
def _lay_met(looked: Index, rows: Records, out: Block) -> None:
    """Fill co-visitation of each candidate with m touches: its neighbours, heaviest first, met in the session.

    The neighbours stand with the candidate, so that no second read is needed once the session is known.
    """
    m = len(looked.items)
    for i in range(len(rows)):
        neighbours, weights = rows[i]["neighbours"], rows[i]["weights"]
        total, found = 0.0, 0.0
        for k in range(len(neighbours)):
            if neighbours[k] == 0 or m == 0:
                break
            total += weights[k]
            j = find(looked, neighbours[k])  # the latest touch of that neighbour
            if j >= 0:
                found += weights[k] / (m - j)
                heavy = np.log1p(weights[k])
                out[Touch.COVISITATION_MAX, i] = max(out[Touch.COVISITATION_MAX, i], heavy)
                out[Touch.COVISITATION_LAST, i] = heavy if j == m - 1 else out[Touch.COVISITATION_LAST, i]
        out[Touch.COVISITATION_SUM, i] = found / (total + PRIOR_WEIGHT)


@jit
def _items(records: Records) -> Hashes:
    items = np.empty(len(records), np.uint64)
    for row in range(len(records)):
        items[row] = records[row]["item"]
    return items
