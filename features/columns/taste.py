"""How each candidate compares with what the session, and the visitor's past, leaned to (blocks C and H of the design).

One family of columns per declared attribute; `features.table` makes them from the shop's declaration.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from features.attributes import code
from features.candidates import Context
from features.columns.row import Block, Column, Row
from features.compiled import jit
from features.facts import Records
from features.scene import Scene
from features.visit import Visit

UNKNOWN: Final = np.float32(np.nan)
_DAY: Final = 86_400.0
Codes: TypeAlias = npt.NDArray[np.uint16]


class Taste(Row):
    """How each candidate's value of a categorical attribute compares; NaN without a value or anything to compare."""

    # the newest touch weighs 1, the one before 1/2, then 1/3
    SESSION_SHARE = "Recency-weighted share of the session's touches on the candidate's value"
    SAME_AS_LAST = "1 where the candidate's value is that of the last touched item"
    PAST_SHARE = "The same over earlier sessions of the remembered 30 days"
    IN_FILTER = "1 where a filter in use (`name:value`) asks for the candidate's value"
    IN_SEARCH = "1 where a word of the search term is the candidate's value"


class Words(NamedTuple):
    """What a call asks for, as codes of attribute values."""

    filters: Codes  # (f, 2) the slot of an attribute, and the value that a filter asks of it
    search: Codes  # (w,)

    @classmethod
    def of(cls, context: Context, slots: Mapping[str, int]) -> "Words":
        """Return what a call asks for; `slots` of the categorical attributes by name."""
        search = [code(word) for word in context.search_term.split()] if context.search_term else ()
        filters = [
            (slots[name], code(value))
            for name, _, value in (text.partition(":") for text in context.filters)
            if name in slots
        ]
        return cls(np.array(filters, np.uint16).reshape(-1, 2), np.array(search, np.uint16))


@jit
def lay(visit: Visit, rows: Records, words: Words, slot: int, out: Block) -> None:
    """Fill a row per Taste of the attribute in a slot."""
    _lay_share(visit.touched, rows, slot, out[Taste.SESSION_SHARE])
    _lay_same_as_last(visit.touched, rows, slot, out[Taste.SAME_AS_LAST])
    _lay_share(visit.earlier, rows, slot, out[Taste.PAST_SHARE])
    _lay_one_of(rows, slot, words.filters[words.filters[:, 0] == slot, 1], out[Taste.IN_FILTER])
    _lay_one_of(rows, slot, words.search, out[Taste.IN_SEARCH])


def overlap(scene: Scene, slot: int) -> Column:
    """Share of a candidate's values that touched items had, recency-weighted mean; shape (n,).

    NaN without values or touches. Values are hashed into 32 bits: two may be one.
    """
    out = np.empty(len(scene.candidates), np.float32)
    _lay_overlap(scene.visit.touched, scene.candidates.rows, slot, out)
    return out


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
    out[:] = np.nan
    for i in range(len(rows)):
        if len(codes):
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
