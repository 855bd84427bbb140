"""How each candidate compares with what the session, and the visitor's past, leaned to (blocks C and H of the design).

One family of columns per declared attribute; `features.table` makes them from the shop's declaration.
"""

import numba as nb
import numpy as np

from features.attributes import code
from features.facts import Records
from features.scene import Scene
from features.touches import Column

UNKNOWN = np.float32(np.nan)


def session_share(scene: Scene, slot: int) -> Column:
    """Recency-weighted share of the session's touches on the candidate's value; shape (n,), NaN without a value or touch."""
    return _share(scene.touched_records, scene.candidates.slots[:, slot], slot)


def past_share(scene: Scene, slot: int) -> Column:
    """The same over earlier sessions of the remembered 30 days; shape (n,), NaN without a value or a past."""
    return _share(scene.visit.earlier, scene.candidates.slots[:, slot], slot)


def same_as_last(scene: Scene, slot: int) -> Column:
    """1 where the candidate's value is that of the last touched item; shape (n,), NaN where either is unknown."""
    own = scene.candidates.slots[:, slot]
    last = scene.touched_records["slots"][-1:, slot]
    if not len(last) or last[0] == 0:
        return np.full(len(own), UNKNOWN, np.float32)
    return np.where(own == 0, UNKNOWN, np.asarray(own == last[0], np.float32))


def overlap(scene: Scene, slot: int) -> Column:
    """Share of a candidate's values that touched items had, recency-weighted mean; shape (n,), NaN without values or touches."""
    session = scene.touched_records["slots"]
    return _overlap(_bits(session, slot), _bits(scene.candidates.slots, slot))


def above_session_mean(scene: Scene, slot: int) -> Column:
    """A candidate's number less the mean over touched items; shape (n,), the attribute's unit, NaN where unknown."""
    numbers = _numbers(scene.touched_records["slots"], slot)
    return _numbers(scene.candidates.slots, slot) - (
        np.nanmean(numbers) if not np.isnan(numbers).all() else UNKNOWN
    )


def number(scene: Scene, slot: int) -> Column:
    """A candidate's own number; shape (n,), the attribute's unit, NaN where unknown."""
    return _numbers(scene.candidates.slots, slot)


def days_after_session_mean(scene: Scene, slot: int) -> Column:
    """Days between a candidate's date and the mean over touched items; shape (n,), NaN where unknown."""
    own, dates = scene.candidates.slots[:, slot].astype(np.float32), scene.touched_records["slots"][:, slot]
    mean = np.float32(dates[dates > 0].mean()) if (dates > 0).any() else UNKNOWN
    return np.where(own > 0, own, UNKNOWN) - mean


def days_old(scene: Scene, slot: int) -> Column:
    """Days from a candidate's date to now; shape (n,), NaN where unknown."""
    own = scene.candidates.slots[:, slot].astype(np.float32)
    return np.float32(scene.visit.at / 86_400.0) - np.where(own > 0, own, UNKNOWN)


def in_filter(scene: Scene, slot: int, name: str) -> Column:
    """1 where a filter in use (`name:value`) asks for the candidate's value; shape (n,), NaN without such a filter."""
    asked = [f.partition(":")[2] for f in scene.context.filters if f.partition(":")[0] == name]
    return _is_one_of(scene.candidates.slots[:, slot], asked)


def in_search(scene: Scene, slot: int) -> Column:
    """1 where a word of the search term is the candidate's value; shape (n,), NaN without a search."""
    return _is_one_of(scene.candidates.slots[:, slot], (scene.context.search_term or "").split())


def _share(records: Records, own: np.ndarray, slot: int) -> Column:
    if not len(records):
        return np.full(len(own), UNKNOWN, np.float32)
    return _lay_share(records["slots"], slot, own)


def _is_one_of(own: np.ndarray, values: list[str]) -> Column:
    if not values:
        return np.full(len(own), UNKNOWN, np.float32)
    return np.asarray(np.isin(own, np.array([code(v) for v in values], np.uint16)), np.float32)


def _numbers(slots: np.ndarray, slot: int) -> Column:
    return np.ascontiguousarray(slots[:, slot]).view(np.float16).astype(np.float32)


def _bits(slots: np.ndarray, slot: int) -> np.ndarray:
    return slots[:, slot].astype(np.uint32) | slots[:, slot + 1].astype(np.uint32) << np.uint32(16)


@nb.njit(cache=True)
def _lay_share(slots, slot, own):  # type: ignore[no-untyped-def]  # numba infers
    m, n = len(slots), len(own)
    out = np.empty(n, np.float32)
    total = 0.0
    for j in range(m):
        if slots[j, slot] != 0:
            total += 1.0 / (m - j)
    for i in range(n):
        share = 0.0
        for j in range(m):
            if slots[j, slot] == own[i]:
                share += 1.0 / (m - j)
        out[i] = share / total if own[i] != 0 and total > 0.0 else np.nan
    return out


@nb.njit(cache=True)
def _count_bits(bits):  # type: ignore[no-untyped-def]  # numba infers
    count = 0
    while bits:
        bits &= bits - np.uint32(1)
        count += 1
    return count


@nb.njit(cache=True)
def _overlap(session, own):  # type: ignore[no-untyped-def]  # numba infers
    m, n = len(session), len(own)
    out = np.empty(n, np.float32)
    for i in range(n):
        size, total, shared = _count_bits(own[i]), 0.0, 0.0
        for j in range(m):
            if session[j]:
                total += 1.0 / (m - j)
                shared += _count_bits(session[j] & own[i]) / (m - j)
        out[i] = shared / (size * total) if size and total > 0.0 else np.nan
    return out
