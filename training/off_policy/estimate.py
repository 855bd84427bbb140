"""An estimate with how sure it is: bootstrap over clusters of decisions, paired where two policies are compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from training.bootstrap import LEVEL, MOST_CLUSTERS
from training.metrics.ties import Floats
from training.off_policy.logged import Terms

RESAMPLES: Final = 1_000
_FEWEST: Final = 2  # clusters that differ from each other
_TAILS: Final = ((1.0 - LEVEL) / 2, (1.0 + LEVEL) / 2)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value and the range that holds it at LEVEL; NaN where fewer than two clusters tell of it."""

    value: float
    low: float
    high: float


def estimate(terms: Terms, cluster: npt.ArrayLike, *, seed: int) -> Estimate:
    """Return the value of one policy."""
    return _between(terms.value, _resampled([terms], cluster, seed)[0])


def difference(ours: Terms, theirs: Terms, cluster: npt.ArrayLike, *, seed: int) -> Estimate:
    """Return ours less theirs, on the same decisions and the same resamples: what both share cancels."""
    mine, other = _resampled([ours, theirs], cluster, seed)
    return _between(ours.value - theirs.value, mine - other)


def _between(value: float, drawn: Floats) -> Estimate:
    drawn = drawn[np.isfinite(drawn)]  # a resample may hold no decision with weight
    if len(drawn) < RESAMPLES // 2:
        return Estimate(value, np.nan, np.nan)
    low, high = np.quantile(drawn, _TAILS)
    return Estimate(value, float(low), float(high))


def _resampled(several: Sequence[Terms], cluster: npt.ArrayLike, seed: int) -> list[Floats]:
    """Return for each estimate its value on RESAMPLES draws of whole clusters, (RESAMPLES,); the same draws for all."""
    _, place = np.unique(np.asarray(cluster), return_inverse=True)
    clusters = int(place.max(initial=-1)) + 1
    if clusters < _FEWEST:
        return [np.full(RESAMPLES, np.nan) for _ in several]
    place %= MOST_CLUSTERS
    clusters = min(clusters, MOST_CLUSTERS)
    sums = [
        (_summed(terms.over, place, clusters), _summed(terms.under, place, clusters)) for terms in several
    ]
    rng, places = np.random.default_rng(seed), several[0].over.shape[1]
    totals = np.empty((len(several), 2, RESAMPLES, places))
    for n in range(RESAMPLES):
        drawn = rng.integers(clusters, size=clusters)
        for which, both in enumerate(sums):
            totals[which, :, n] = [part[drawn].sum(0) for part in both]
    with np.errstate(divide="ignore", invalid="ignore"):
        return [(over / under).sum(1) for over, under in totals]


def _summed(values: Floats, place: npt.NDArray[np.int64], clusters: int) -> Floats:
    return np.stack([np.bincount(place, column, clusters) for column in values.T], axis=1)
