"""How each candidate compares with what the session, and the visitor's past, leaned to (blocks C and H of the design).

One family of columns per declared attribute; `features.table` makes them from the shop's declaration.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from features.attributes import code
from features.columns.row import Column
from features.compiled import jit
from features.facts import Records
from features.scene import Scene

LISTING_SIZES: Final = 512  # columns that depend on nothing but a list's size are kept for as many sizes
UNKNOWN: Final = np.float32(np.nan)
_DAY: Final = 86_400.0
Codes: TypeAlias = npt.NDArray[np.uint16]


def session_share(scene: Scene, slot: int) -> Column:
    """Recency-weighted share of the session's touches on the candidate's value; shape (n,).

    NaN without a value or a touch. The newest touch weighs 1, the one before 1/2, then 1/3.
    """
    return _laid(_lay_share, scene.visit.touched, scene.candidates.rows, slot)


def past_share(scene: Scene, slot: int) -> Column:
    """The same over earlier sessions of the remembered 30 days; shape (n,), NaN without a value or a past."""
    return _laid(_lay_share, scene.visit.earlier, scene.candidates.rows, slot)


def same_as_last(scene: Scene, slot: int) -> Column:
    """1 where the candidate's value is that of the last touched item; shape (n,), NaN where either is unknown."""
    return _laid(_lay_same_as_last, scene.visit.touched, scene.candidates.rows, slot)


def overlap(scene: Scene, slot: int) -> Column:
    """Share of a candidate's values that touched items had, recency-weighted mean; shape (n,).

    NaN without values or touches. Values are hashed into 32 bits: two may be one.
    """
    return _laid(_lay_overlap, scene.visit.touched, scene.candidates.rows, slot)


def number(scene: Scene, slot: int) -> Column:
    """A candidate's own number; shape (n,), the attribute's unit, NaN where unknown."""
    return _numbers(scene.candidates.slots, slot)


def above_session_mean(scene: Scene, slot: int) -> Column:
    """A candidate's number less the mean over touched items; shape (n,), the attribute's unit, NaN where unknown."""
    touched = _numbers(scene.visit.touched["slots"], slot)
    known = touched[~np.isnan(touched)]
    return _numbers(scene.candidates.slots, slot) - (known.mean() if len(known) else UNKNOWN)


def days_old(scene: Scene, slot: int) -> Column:
    """Days from a candidate's date to now; shape (n,), NaN where unknown."""
    return np.float32(scene.visit.at / _DAY) - _days(scene.candidates.slots, slot)


def days_after_session_mean(scene: Scene, slot: int) -> Column:
    """Days between a candidate's date and the mean over touched items; shape (n,), NaN where unknown."""
    dates = scene.visit.touched["slots"][:, slot]
    mean = np.float32(dates[dates > 0].mean()) if (dates > 0).any() else UNKNOWN
    return _days(scene.candidates.slots, slot) - mean


def in_filter(scene: Scene, slot: int, name: str) -> Column:
    """1 where a filter in use (`name:value`) asks for the candidate's value; shape (n,), NaN without such a filter."""
    filters = (text.partition(":") for text in scene.context.filters)
    return _is_one_of(scene, slot, [code(value) for asked, _, value in filters if asked == name])


def in_search(scene: Scene, slot: int) -> Column:
    """1 where a word of the search term is the candidate's value; shape (n,), NaN without a search."""
    return _is_one_of(scene, slot, scene.searched)


def _laid(
    lay: Callable[[Records, Records, int, Column], None], records: Records, rows: Records, slot: int
) -> Column:
    out = np.empty(len(rows), np.float32)
    lay(records, rows, slot, out)
    return out


def _is_one_of(scene: Scene, slot: int, codes: Sequence[int]) -> Column:
    if not codes:
        return _unknown(len(scene.candidates))
    out = np.empty(len(scene.candidates), np.float32)
    _lay_one_of(scene.candidates.rows, slot, np.array(codes, np.uint16), out)
    return out


@lru_cache(LISTING_SIZES)
def _unknown(n: int) -> Column:
    return np.full(n, UNKNOWN, np.float32)


def _numbers(slots: Codes, slot: int) -> Column:
    return slots[:, slot].copy().view(np.float16).astype(np.float32)


def _days(slots: Codes, slot: int) -> Column:
    days = slots[:, slot].astype(np.float32)
    days[days == 0.0] = UNKNOWN
    return days


@jit
def _lay_share(records: Records, rows: Records, slot: int, out: Column) -> None:
    m, total = len(records), 0.0
    for j in range(m):
        if records[j]["slots"][slot] != 0:
            total += 1.0 / (m - j)
    for i in range(len(rows)):
        own, share = rows[i]["slots"][slot], 0.0
        for j in range(m):
            if records[j]["slots"][slot] == own:
                share += 1.0 / (m - j)
        out[i] = share / total if own != 0 and total > 0.0 else np.nan


@jit
def _lay_same_as_last(touched: Records, rows: Records, slot: int, out: Column) -> None:
    out[:] = np.nan
    last = touched[len(touched) - 1]["slots"][slot] if len(touched) else 0
    for i in range(len(rows)):
        own = rows[i]["slots"][slot]
        if own != 0 and last != 0:
            out[i] = own == last


@jit
def _lay_one_of(rows: Records, slot: int, codes: Codes, out: Column) -> None:
    for i in range(len(rows)):
        out[i] = (codes == rows[i]["slots"][slot]).any()


@jit
def _lay_overlap(touched: Records, rows: Records, slot: int, out: Column) -> None:
    m, total = len(touched), 0.0
    for j in range(m):
        total += 1.0 / (m - j) if _bits(touched[j], slot) else 0.0
    for i in range(len(rows)):
        own, shared = _bits(rows[i], slot), 0.0
        for j in range(m):
            shared += _size(_bits(touched[j], slot) & own) / (m - j)
        out[i] = shared / (_size(own) * total) if own and total > 0.0 else np.nan


@jit
def _bits(record: np.void, slot: int) -> np.uint32:
    """Return a set of 32 values."""
    return np.uint32(record["slots"][slot]) | np.uint32(record["slots"][slot + 1]) << np.uint32(16)


@jit
def _size(bits: np.uint32) -> int:
    count = 0
    while bits:
        bits &= bits - np.uint32(1)
        count += 1
    return count
