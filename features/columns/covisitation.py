"""How often each candidate was met in one session with what this session touched (block B of the design)."""

from features.percentile import percentile
from features.scene import Scene
from features.touches import Column, Touch


def covisitation_sum(scene: Scene) -> Column:
    """Recency-weighted share of a candidate's co-visitations that lead to this session's items; shape (n,)."""
    return scene.touches[Touch.MET_SHARE]


def covisitation_max(scene: Scene) -> Column:
    """The heaviest co-visitation with one item of the session, log1p of its weight; shape (n,)."""
    return scene.touches[Touch.MET_MOST]


def covisitation_last(scene: Scene) -> Column:
    """Co-visitation with the last touched item, log1p of its weight; shape (n,)."""
    return scene.touches[Touch.MET_LAST]


def covisitation_percentile(scene: Scene) -> Column:
    """Where a candidate's co-visitation sum stands in this list; shape (n,), in [0, 1], 0.5 where all are equal."""
    return percentile(scene.touches[Touch.MET_SHARE])
