"""How each candidate stands among those it is listed with (block F of the design)."""

from functools import lru_cache

import numpy as np

from features.course import Course
from features.percentile import percentile
from features.scene import Scene
from features.touches import LISTING_SIZES, Column, Touch


def shop_index(scene: Scene) -> Column:
    """The candidate's place in the shop's own order, from 0; shape (n,)."""
    return _places(len(scene.candidates))


def relative_shop_index(scene: Scene) -> Column:
    """The place in the shop's order over the last place; shape (n,), in [0, 1], 0 for a list of one."""
    return _shares(len(scene.candidates))


def list_size(scene: Scene) -> float:
    """Items in the listing; the same for all."""
    return len(scene.candidates)


def percentile_of(scene: Scene, place: int) -> Column:
    """Where a candidate stands in the list by one column of its standing; shape (n,), in [0, 1]."""
    return percentile(scene.candidates.standing[:, place])


def age_percentile(scene: Scene) -> Column:
    """Share of the list that is older, ties counted half; shape (n,), NaN where unknown."""
    return percentile(np.asarray(scene.candidates.created_at, np.float32))


def touched_above(scene: Scene) -> Column:
    """Touched items listed above each candidate; shape (n,)."""
    return scene.touches[Touch.TOUCHED_ABOVE]


def untouched_above(scene: Scene) -> Column:
    """Items listed above each candidate that the session did not touch; shape (n,)."""
    return scene.touches[Touch.UNTOUCHED_ABOVE]


def places_below_mean_click(scene: Scene) -> Column:
    """Places below where the session's clicks were on average, in any listing; shape (n,), NaN without a click."""
    return _places(len(scene.candidates)) - np.float32(scene.course[Course.CLICKED_MEAN])


def places_below_last_click(scene: Scene) -> Column:
    """Places below where the session's last click was, in any listing; shape (n,), NaN without a click."""
    return _places(len(scene.candidates)) - np.float32(scene.course[Course.CLICKED_LAST])


def places_to_touched_above(scene: Scene) -> Column:
    """Places up to the nearest touched item; shape (n,), 0 for a touched one, NaN where none is above."""
    return scene.touches[Touch.PLACES_UP]


def places_to_touched_below(scene: Scene) -> Column:
    """Places down to the nearest touched item; shape (n,), 0 for a touched one, NaN where none is below."""
    return scene.touches[Touch.PLACES_DOWN]


def dwell_percentile(scene: Scene) -> Column:
    """Where the time spent with each candidate stands in the list; shape (n,), 0.5 where none was looked at."""
    return percentile(scene.touches[Touch.DWELL_TOTAL])


@lru_cache(LISTING_SIZES)
def _places(n: int) -> Column:
    return np.arange(n, dtype=np.float32)


@lru_cache(LISTING_SIZES)
def _shares(n: int) -> Column:
    return np.arange(n, dtype=np.float32) / np.float32(max(n - 1, 1))
