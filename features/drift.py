"""How far a column has moved from how it was spread in training."""

from typing import Final

import numpy as np
import numpy.typing as npt

from features.bundle.histograms import Histogram

_HALF: Final = 0.5  # a count that a bin without values is taken to have: a logarithm needs one


def stability_index(reference: Histogram, column: npt.NDArray[np.float32]) -> float:
    """Return the population stability index of a column, shape (n,), against its histogram; 0.0 of no rows.

    Unknown values (NaN) are a bin of their own, so a source that ran dry shows. 0.1 is usually read as a shift, 0.25 as
    a large one; but it grows with few rows too, so alarm levels are learned (`service.drift.levels`).
    Siddiqi, Credit Risk Scorecards (2006), ch. 9.

    >>> half = Histogram(edges=(1.0, 2.0), counts=(50, 50, 0), missing=0)
    >>> round(stability_index(half, np.repeat(np.float32([1.0, 2.0]), 50)), 3)
    0.0
    >>> stability_index(half, np.repeat(np.float32([1.0, np.nan]), 50)) > 0.25
    True
    """
    if not len(column):
        return 0.0
    missing = np.isnan(column)
    edges = np.array(reference.edges, np.float64)
    known = np.bincount(np.searchsorted(edges, column[~missing]), minlength=len(edges) + 1)
    now = _shares(np.append(known, np.count_nonzero(missing)))
    before = _shares(np.array([*reference.counts, reference.missing]))
    return float(np.sum((now - before) * np.log(now / before)))


def _shares(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    smoothed = np.maximum(counts, _HALF)
    shares: npt.NDArray[np.float64] = smoothed / smoothed.sum()
    return shares
