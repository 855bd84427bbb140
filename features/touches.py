"""The session's interactions laid against the listing, once per ranking, for all columns that ask about them."""

from dataclasses import dataclass
from enum import IntEnum, auto
from typing import Final, TypeAlias

import numba as nb
import numpy as np
import numpy.typing as npt

from features.candidates import Candidates
from features.facts import Action, Records
from features.visit import Visit

Column: TypeAlias = npt.NDArray[np.float32]
NEVER: Final = -1.0  # trees split on it cleanly; 0 would mean "this very second" or "the last one"
HALF_LIFE_SECONDS: Final = 600.0
LONGEST_DWELL_SECONDS: Final = 1800.0  # past it the visitor has left the page open


class Touch(IntEnum):
    """Rows of `Touches.of_item`; each is one number per candidate."""

    LOOKS = 0
    CLICKS = auto()
    CARTS = auto()
    REMOVALS = auto()
    PURCHASES = auto()
    LINEAR = auto()
    HARMONIC = auto()
    HALF_LIFE = auto()
    STEPS = auto()
    RANK = auto()
    SECONDS = auto()
    CLICK_SECONDS = auto()
    DWELL_LONGEST = auto()
    DWELL_TOTAL = auto()
    LAST_ACTION = auto()
    KINDS = auto()
    SHOWN = auto()
    BEFORE = auto()
    RUNS = auto()
    TOUCHED_ABOVE = auto()
    PLACES_UP = auto()
    PLACES_DOWN = auto()


@dataclass(frozen=True, slots=True)
class Touches:
    """`of_item` has shape (len(Touch), n); `touched` and `clicked` hold shop indices, the latest first."""

    of_item: npt.NDArray[np.float32]
    touched: npt.NDArray[np.int64]
    clicked: npt.NDArray[np.int64]
    prices: npt.NDArray[np.float32]

    @classmethod
    def of(cls, visit: Visit, session: Records, candidates: Candidates) -> "Touches":
        """Lay a visit, `session` its interactions with items, against a listing.

        Without interactions every count is 0 and every recency NEVER.
        """
        out = np.zeros((len(Touch), len(candidates)), np.float32)
        out[_RECENCIES] = NEVER
        out[_PLACES] = np.nan
        if len(visit.shown):
            _count_each(visit.shown["item"], candidates.item, out[Touch.SHOWN])
        if len(visit.earlier):
            _count_each(visit.earlier["item"], candidates.item, out[Touch.BEFORE])
            bought = visit.earlier["item"][visit.earlier["action"] == Action.PURCHASE]
            _count_each(bought, candidates.item, out[Touch.PURCHASES])
        if not len(session):
            nothing = np.zeros(0, np.int64)
            return cls(out, nothing, nothing, np.zeros(0, np.float32))
        touched, clicked = _lay(
            session["item"],
            session["time"],
            session["action"],
            session["detail"],
            candidates.item,
            visit.at,
            out,
        )
        _lay_places(out)
        prices = session["price"].copy()
        if np.isnan(prices).any():
            _fill(prices, session["item"], candidates.item, candidates.price)
            _fill(prices, session["item"], visit.impressions["item"], visit.impressions["price"])
        return cls(out, touched, clicked, prices)

    def __getitem__(self, touch: Touch) -> Column:
        """Return one row of `of_item`."""
        return self.of_item[touch]


# numba folds module integers, not enum members
(LOOKS, CLICKS, CARTS, REMOVALS, PURCHASES, LINEAR, HARMONIC, HALF_LIFE, STEPS, RANK, SECONDS) = range(11)
(CLICK_SECONDS, DWELL_LONGEST, DWELL_TOTAL, LAST_ACTION, KINDS, SHOWN, BEFORE, RUNS) = range(11, 19)
(TOUCHED_ABOVE, PLACES_UP, PLACES_DOWN) = range(19, 22)
VIEW, CLICK, CART, UNCART, PURCHASE = (
    int(a) for a in (Action.VIEW, Action.CLICK, Action.CART, Action.UNCART, Action.PURCHASE)
)
_PLACES: Final = [Touch.PLACES_UP, Touch.PLACES_DOWN]
_RECENCIES: Final = [Touch.STEPS, Touch.RANK, Touch.SECONDS, Touch.CLICK_SECONDS]


@nb.njit(cache=True)
def _count_each(items, candidates, out):  # type: ignore[no-untyped-def]  # numba infers
    for i in range(len(candidates)):
        for j in range(len(items)):
            if items[j] == candidates[i]:
                out[i] += 1.0


@nb.njit(cache=True)
def _fill(prices, items, known_items, known_prices):  # type: ignore[no-untyped-def]  # numba infers
    """Give each NaN price the latest known price of its item."""
    for j in range(len(items)):
        k = len(known_items) - 1
        while prices[j] != prices[j] and k >= 0:
            if known_items[k] == items[j]:
                prices[j] = known_prices[k]
            k -= 1


@nb.njit(cache=True)
def _distinct_before(items, j):  # type: ignore[no-untyped-def]  # numba infers
    """Return how many other items were touched after interaction j."""
    count = 0
    for k in range(j + 1, len(items)):
        first = items[k] != items[j]
        for other in range(k + 1, len(items)):
            if items[other] == items[k]:
                first = False
                break
        if first:
            count += 1
    return count


@nb.njit(cache=True)
def _index_of(items, item):  # type: ignore[no-untyped-def]  # numba infers
    for i in range(len(items)):
        if items[i] == item:
            return i
    return -1


@nb.njit(cache=True)
def _lay(items, times, actions, details, candidates, at, out):  # type: ignore[no-untyped-def]  # numba infers
    """Fill `out` for each candidate from m interactions, oldest first; O(m (m + n))."""
    m, n = len(items), len(candidates)
    kinds = np.zeros(n, np.uint64)
    touched, clicked = np.empty(m, np.int64), np.empty(m, np.int64)
    touches, clicks, runs = 0, 0, 0
    for step in range(m):
        j = m - 1 - step
        starts_run = step == 0 or items[j] != items[j + 1]
        runs += starts_run
        i = _index_of(candidates, items[j])
        if i < 0:
            continue
        action, ago = actions[j], at - times[j]
        if out[STEPS, i] < 0.0:
            out[STEPS, i], out[SECONDS, i], out[LAST_ACTION, i] = step, ago, action
            out[RANK, i] = _distinct_before(items, j)
            touched[touches] = i
            touches += 1
        if action == CLICK and out[CLICK_SECONDS, i] < 0.0:
            out[CLICK_SECONDS, i] = ago
            clicked[clicks] = i
            clicks += 1
        out[LOOKS, i] += action == VIEW
        out[CLICKS, i] += action == CLICK
        out[CARTS, i] += action == CART
        out[REMOVALS, i] += action == UNCART
        out[PURCHASES, i] += action == PURCHASE
        out[LINEAR, i] += (j + 1.0) / m
        out[HARMONIC, i] += 1.0 / (1.0 + step)
        out[RUNS, i] += 1.0 / runs if starts_run else 0.0
        out[HALF_LIFE, i] += 0.5 ** (ago / HALF_LIFE_SECONDS)
        dwell = min((times[j + 1] if j + 1 < m else at) - times[j], LONGEST_DWELL_SECONDS)
        out[DWELL_LONGEST, i] = max(out[DWELL_LONGEST, i], dwell)
        out[DWELL_TOTAL, i] += dwell
        bit = np.uint64(1) << np.uint64(details[j] & 63)
        out[KINDS, i] += (kinds[i] & bit) == 0
        kinds[i] |= bit
    return touched[:touches], clicked[:clicks]


@nb.njit(cache=True)
def _lay_places(out):  # type: ignore[no-untyped-def]  # numba infers
    """Fill where each candidate stands among the touched ones of the list."""
    n = out.shape[1]
    above, last = 0, -1
    for i in range(n):
        out[TOUCHED_ABOVE, i] = above
        if out[STEPS, i] >= 0.0:
            above, last = above + 1, i
        if last >= 0:
            out[PLACES_UP, i] = i - last
    following = -1
    for k in range(n):
        i = n - 1 - k
        if out[STEPS, i] >= 0.0:
            following = i
        if following >= 0:
            out[PLACES_DOWN, i] = following - i
