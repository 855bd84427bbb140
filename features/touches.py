"""A visit laid against a listing, once per ranking, for all columns that ask what was done with the candidates."""

from enum import IntEnum, auto
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from features.candidates import Candidates
from features.compiled import jit
from features.facts import Action, Records
from features.visit import Visit

Column: TypeAlias = npt.NDArray[np.float32]
Block: TypeAlias = npt.NDArray[np.float32]
Rows: TypeAlias = npt.NDArray[np.int64]
Hashes: TypeAlias = npt.NDArray[np.uint64]
NEVER: Final = -1.0  # trees split on it cleanly; 0 would mean "this very second" or "the last one"
LISTING_SIZES: Final = 512  # columns that depend on nothing but a list's size are kept for as many sizes
HALF_LIFE_SECONDS: Final = 600.0
LONGEST_DWELL_SECONDS: Final = 1800.0  # past it the visitor has left the page open
PRIOR_WEIGHT: Final = 60.0  # one direct pair, mixed into co-visitation: a single meeting proves little


class Touch(IntEnum):
    """Rows of what is laid; each is one number per candidate."""

    LOOKS = 0
    CLICKS = auto()
    CARTS = auto()
    REMOVALS = auto()
    IN_CART = auto()
    PURCHASES = auto()
    LINEAR = auto()
    HARMONIC = auto()
    HALF_LIFE = auto()
    RUNS = auto()
    SHARE = auto()
    STEPS = auto()  # the first of four recencies
    ITEMS = auto()
    SECONDS = auto()
    CLICK_SECONDS = auto()
    DWELL_LONGEST = auto()
    DWELL_TOTAL = auto()
    LAST_ACTION = auto()
    LAST_LOOK = auto()
    KINDS = auto()
    SHOWN = auto()
    SHOWN_NOT_CLICKED = auto()
    BEFORE = auto()
    IS_LAST = auto()
    BELOW_LAST = auto()  # the first of eight places
    BELOW_PREVIOUS = auto()
    BELOW_DEEPEST = auto()
    BELOW_CLICKED = auto()
    TOUCHED_ABOVE = auto()
    UNTOUCHED_ABOVE = auto()
    PLACES_UP = auto()
    PLACES_DOWN = auto()
    MET_SHARE = auto()
    MET_MOST = auto()
    MET_LAST = auto()


class Touches(list[Column]):
    """One row per Touch, each of shape (n,); the columns of `features.columns.session_item` say what they are."""

    __slots__ = ("items", "last_is_listed", "listed", "prices")
    items: int  # how many different items the session touched
    listed: int  # how many of them are candidates
    last_is_listed: bool  # whether the item touched last is a candidate
    prices: Column  # (touches,) of the session's touched items, oldest first; NaN where not known

    @classmethod
    def of(cls, visit: Visit, candidates: Candidates) -> "Touches":
        """Lay a visit against a listing.

        Without interactions every count is 0, every recency NEVER and every distance NaN. An item that a listing
        holds twice counts at its last place.
        """
        out = np.empty((len(Touch), len(candidates)), np.float32)
        prices = np.empty(len(visit.touched), np.float32)
        counts = _lay(visit.touched, candidates.item, visit.at, out)
        _lay_past(visit.earlier, visit.shown, candidates.item, out)
        _lay_met(visit.touched, candidates.rows, out)
        _lay_prices(visit.touched, candidates.rows, visit.impressions, prices)
        touches = cls(out)
        touches.items, touches.listed, touches.last_is_listed = counts
        touches.prices = prices
        return touches


@jit
def _lay(touched: Records, candidates: Hashes, at: float, out: Block) -> tuple[int, int, bool]:
    """Fill what m touches, oldest first, say of each candidate; return `items`, `listed` and `last_is_listed`."""
    _clear(out)
    m, n = len(touched), len(candidates)
    table, items = _table(candidates), _items(touched)
    latest = _table(items)
    kinds = np.zeros(n, np.uint64)
    order = np.empty(m, np.int64)  # touched candidates, the latest first
    met, listed, runs, clicked, last_is_listed = 0, 0, 0, -1, False
    for step in range(m):
        j = m - 1 - step
        touch = touched[j]
        starts_run = step == 0 or items[j] != items[j + 1]
        runs += starts_run
        met += _find(latest, items, items[j]) == j
        i = _find(table, candidates, items[j])
        if i < 0:
            continue
        ago = at - touch["time"]
        if out[Touch.STEPS, i] < 0.0:
            out[Touch.STEPS, i], out[Touch.SECONDS, i] = step, ago
            out[Touch.LAST_ACTION, i], out[Touch.LAST_LOOK, i] = touch["action"], touch["detail"]
            last_is_listed = last_is_listed or step == 0
            out[Touch.ITEMS, i] = met - 1  # others, touched since
            order[listed] = i
            listed += 1
        if touch["action"] == Action.CLICK and out[Touch.CLICK_SECONDS, i] < 0.0:
            out[Touch.CLICK_SECONDS, i] = ago
            clicked = i if clicked < 0 else clicked
        _count(touch["action"], i, out)
        out[Touch.LINEAR, i] += (j + 1.0) / m
        out[Touch.HARMONIC, i] += 1.0 / (1.0 + step)
        out[Touch.RUNS, i] += 1.0 / runs if starts_run else 0.0
        out[Touch.HALF_LIFE, i] += 0.5 ** (ago / HALF_LIFE_SECONDS)
        _dwell(i, (touched[j + 1]["time"] if step else at) - touch["time"], out)
        bit = np.uint64(1) << np.uint64(touch["detail"] & 63)
        out[Touch.KINDS, i] += (kinds[i] & bit) == 0
        kinds[i] |= bit
    _lay_sums(out)
    _lay_places(order[:listed], clicked, out)
    return met, listed, last_is_listed


@jit
def _clear(out: Block) -> None:
    out[:] = 0.0
    out[Touch.STEPS : Touch.CLICK_SECONDS + 1] = NEVER
    out[Touch.BELOW_LAST : Touch.PLACES_DOWN + 1] = np.nan


@jit
def _count(action: int, i: int, out: Block) -> None:
    out[Touch.LOOKS, i] += action == Action.VIEW
    out[Touch.CLICKS, i] += action == Action.CLICK
    out[Touch.CARTS, i] += action == Action.CART
    out[Touch.REMOVALS, i] += action == Action.UNCART
    out[Touch.PURCHASES, i] += action == Action.PURCHASE


@jit
def _dwell(i: int, seconds: float, out: Block) -> None:
    seconds = min(seconds, LONGEST_DWELL_SECONDS)
    out[Touch.DWELL_LONGEST, i] = max(out[Touch.DWELL_LONGEST, i], seconds)
    out[Touch.DWELL_TOTAL, i] += seconds


@jit
def _lay_sums(out: Block) -> None:
    """Fill what follows from the counts: the cart's content, and each candidate's share."""
    total = 0.0
    for i in range(out.shape[1]):
        total += out[Touch.RUNS, i]
    for i in range(out.shape[1]):
        out[Touch.IN_CART, i] = out[Touch.CARTS, i] > out[Touch.REMOVALS, i]
        out[Touch.IS_LAST, i] = out[Touch.ITEMS, i] == 0.0
        out[Touch.SHARE, i] = out[Touch.RUNS, i] / total if total > 0.0 else 0.0


@jit
def _lay_places(order: Rows, clicked: int, out: Block) -> None:
    """Fill where each candidate stands among the touched ones: `order`, the latest first."""
    n = out.shape[1]
    if len(order):
        _lay_below(order[0], out[Touch.BELOW_LAST])
        _lay_below(order.max(), out[Touch.BELOW_DEEPEST])
    if len(order) > 1:
        _lay_below(order[1], out[Touch.BELOW_PREVIOUS])
    if clicked >= 0:
        _lay_below(clicked, out[Touch.BELOW_CLICKED])
    above, up, down = 0, -1, -1
    for i in range(n):
        out[Touch.TOUCHED_ABOVE, i], out[Touch.UNTOUCHED_ABOVE, i] = above, i - above
        if out[Touch.STEPS, i] >= 0.0:
            above, up = above + 1, i
        out[Touch.PLACES_UP, i] = i - up if up >= 0 else np.nan
    for i in range(n - 1, -1, -1):
        if out[Touch.STEPS, i] >= 0.0:
            down = i
        out[Touch.PLACES_DOWN, i] = down - i if down >= 0 else np.nan


@jit
def _lay_below(place: int, out: Column) -> None:
    for i in range(len(out)):
        out[i] = i - place


@jit
def _lay_past(earlier: Records, shown: Records, candidates: Hashes, out: Block) -> None:
    """Fill what earlier sessions did with each candidate, and how often this one was shown it."""
    table = _table(candidates)
    for j in range(len(earlier)):
        i = _find(table, candidates, earlier[j]["item"])
        if i >= 0:
            out[Touch.BEFORE, i] += 1.0
            out[Touch.PURCHASES, i] += earlier[j]["action"] == Action.PURCHASE
    for j in range(len(shown)):
        i = _find(table, candidates, shown[j]["item"])
        if i >= 0:
            out[Touch.SHOWN, i] += 1.0
    for i in range(len(candidates)):
        out[Touch.SHOWN_NOT_CLICKED, i] = 0.0 if out[Touch.CLICKS, i] > 0.0 else out[Touch.SHOWN, i]


@jit
def _lay_met(touched: Records, rows: Records, out: Block) -> None:
    """Fill co-visitation of each candidate with m touches: its neighbours, heaviest first, met in the session.

    The neighbours stand with the candidate, so that no second read is needed once the session is known.
    """
    m = len(touched)
    items = _items(touched)
    table = _table(items)
    for i in range(len(rows)):
        neighbours, weights = rows[i]["neighbours"], rows[i]["weights"]
        total, found = 0.0, 0.0
        for k in range(len(neighbours)):
            if neighbours[k] == 0 or m == 0:
                break
            total += weights[k]
            j = _find(table, items, neighbours[k])  # the latest touch of that neighbour
            if j >= 0:
                found += weights[k] / (m - j)
                heavy = np.log1p(weights[k])
                out[Touch.MET_MOST, i] = max(out[Touch.MET_MOST, i], heavy)
                out[Touch.MET_LAST, i] = heavy if j == m - 1 else out[Touch.MET_LAST, i]
        out[Touch.MET_SHARE, i] = found / (total + PRIOR_WEIGHT)


@jit
def _lay_prices(touched: Records, rows: Records, impressions: Records, prices: Column) -> None:
    """Fill the price of each touch as it was; where nobody knew it, the candidate's, else as last shown."""
    for j in range(len(touched)):
        prices[j], item = touched[j]["price"], touched[j]["item"]
        k = len(rows) - 1
        while np.isnan(prices[j]) and k >= 0:
            if rows[k]["item"] == item:
                prices[j] = rows[k]["price"]
            k -= 1
        k = len(impressions) - 1
        while np.isnan(prices[j]) and k >= 0:
            if impressions[k]["item"] == item:
                prices[j] = impressions[k]["price"]
            k -= 1


@jit
def _items(records: Records) -> Hashes:
    items = np.empty(len(records), np.uint64)
    for row in range(len(records)):
        items[row] = records[row]["item"]
    return items


@jit
def _table(items: Hashes) -> Rows:
    """Return the place of each item under its hash, or after it where that is taken; -1 elsewhere.

    The items are hashes already: their low bits spread. Of equal ones the last place stands.
    """
    size = 4
    while size < 2 * len(items):
        size *= 2
    table = np.full(size, -1, np.int64)
    for place in range(len(items)):
        slot = np.int64(items[place]) & (size - 1)
        while table[slot] >= 0 and items[table[slot]] != items[place]:
            slot = (slot + 1) & (size - 1)
        table[slot] = place
    return table


@jit
def _find(table: Rows, items: Hashes, item: int) -> int:
    """Return the place of an item; -1 where it is none of them."""
    slot = np.int64(item) & (len(table) - 1)
    while table[slot] >= 0 and items[table[slot]] != item:
        slot = (slot + 1) & (len(table) - 1)
    return int(table[slot])
