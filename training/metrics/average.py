"""One figure out of many listings, with what was left out."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.metrics.ties import Floats


@dataclass(frozen=True, slots=True)
class Average:
    """The mean of a metric over listings, and over sessions that each count once."""

    per_listing: float
    per_session: float
    listings: int
    sessions: int
    excluded: int  # listings without a positive: no order of them is better than another


def average(values: Floats, session: npt.ArrayLike) -> Average:
    """Average values (L,), NaN excluded, over listings and over the sessions (L,) they belong to.

    Nothing to average is NaN.

    >>> average(np.array([1.0, 0.0, 0.5, np.nan]), [7, 7, 8, 9])
    Average(per_listing=0.5, per_session=0.5, listings=3, sessions=2, excluded=1)
    """
    counted = ~np.isnan(values)
    kept = values[counted]
    if not len(kept):
        return Average(np.nan, np.nan, 0, 0, len(values))
    _, which = np.unique(np.asarray(session)[counted], return_inverse=True)
    of_session = np.bincount(which, kept) / np.bincount(which)
    return Average(
        float(kept.mean()), float(of_session.mean()), len(kept), len(of_session), len(values) - len(kept)
    )
