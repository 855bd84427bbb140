"""How sure a difference is: paired bootstrap over sessions.

Listings of one session share their visitor and are not independent, so whole sessions are drawn. Both sides are
scored on the same listings and the difference is drawn, not the two averages: what makes a listing hard cancels.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

RESAMPLES: Final = 2_000
LEVEL: Final = 0.95
MOST_CLUSTERS: Final = 20_000  # more sessions are drawn in bunches: as valid, in bounded time
_AT_ONCE: Final = 2_000_000  # draws held in memory together


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean difference per listing and the range that holds it at LEVEL; NaN where one session tells nothing."""

    mean: float
    low: float
    high: float
    listings: int
    sessions: int

    @property
    def above_zero(self) -> bool:
        """Whether the difference is surely an improvement."""
        return self.low > 0.0


def difference(
    ours: npt.NDArray[np.float64], theirs: npt.NDArray[np.float64], session: npt.ArrayLike, *, seed: int
) -> Interval:
    """Return ours minus theirs, both (L,) per listing; listings where either is NaN are left out.

    `session` (L,) says which listings belong together. The same seed draws the same sessions, so several comparisons
    on one test set see the same resamples. Fewer than two sessions give no range: low and high are NaN.
    """
    counted = ~(np.isnan(ours) | np.isnan(theirs))
    gained = (ours - theirs)[counted]
    if not len(gained):
        return Interval(np.nan, np.nan, np.nan, 0, 0)
    _, cluster = np.unique(np.asarray(session)[counted], return_inverse=True)
    sessions = int(cluster.max()) + 1
    mean = float(gained.mean())
    if sessions == 1:
        return Interval(mean, np.nan, np.nan, len(gained), 1)
    cluster %= MOST_CLUSTERS
    total, size = (np.asarray(np.bincount(cluster, of), float) for of in (gained, np.ones(len(gained))))
    means = _resampled(total, size, np.random.default_rng(seed))
    tail = (1.0 - LEVEL) / 2
    low, high = np.quantile(means, (tail, 1.0 - tail))
    return Interval(mean, float(low), float(high), len(gained), sessions)


def _resampled(
    total: npt.NDArray[np.float64], size: npt.NDArray[np.float64], rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Return the mean per listing of RESAMPLES draws of as many clusters as there are, with replacement."""
    clusters = len(total)
    means = []
    for wanted in np.full(RESAMPLES, clusters).reshape(-1, _chunk(clusters)):
        drawn = rng.integers(clusters, size=(len(wanted), clusters))
        means.append(total[drawn].sum(1) / size[drawn].sum(1))
    return np.concatenate(means)


def _chunk(clusters: int) -> int:
    """Return how many resamples to draw at once: a divisor of RESAMPLES that stays within _AT_ONCE draws."""
    fitting = max(1, _AT_ONCE // clusters)
    return max(d for d in range(1, RESAMPLES + 1) if RESAMPLES % d == 0 and d <= fitting)
