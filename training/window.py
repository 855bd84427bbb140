"""Cutting a log in time: what is learned from lies before the cut, what is judged on lies after it."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from training.dataset import Dataset
from training.labelling import CLICK, CLICK_SECONDS, ORDER_SECONDS

MOST_OF_THE_WINDOW: Final = 0.05  # an embargo of a day would leave nothing of a one-day log


@dataclass(frozen=True, slots=True)
class Cut:
    """Listings before and after a moment, with nothing in common."""

    before: Dataset
    after: Dataset
    at: float  # Unix seconds
    embargo_seconds: float
    dropped: int  # listings of neither side: in the embargo, or of a session that runs across the cut


def cut_at_share(dataset: Dataset, share: float) -> Cut:
    """Cut so that about the first `share` of the listings, by time, lies before; see `cut`.

    Without listings both sides are empty.
    """
    moments = np.sort(dataset.time)
    at = float(moments[min(int(len(moments) * share), len(moments) - 1)]) if len(moments) else 0.0
    return cut(dataset, at)


def cut(dataset: Dataset, at: float) -> Cut:
    """Return the listings before `at` and those from `at` on.

    Sessions with listings on both sides are dropped, and so are the last listings before the cut, whose clicks or
    orders may still come after it: as long as the labels of this log look ahead, but at most MOST_OF_THE_WINDOW of
    the time the log spans.
    """
    embargo = embargo_seconds(dataset)
    before, after = dataset.time < at - embargo, dataset.time >= at
    across = np.intersect1d(dataset.session[dataset.time < at], dataset.session[after])
    apart = ~np.isin(dataset.session, across)
    kept_before, kept_after = before & apart, after & apart
    dropped = len(dataset) - int(kept_before.sum() + kept_after.sum())
    return Cut(dataset.listings(kept_before), dataset.listings(kept_after), at, embargo, dropped)


def embargo_seconds(dataset: Dataset) -> float:
    """Return how long before a cut listings are left out; 0 without listings."""
    if not len(dataset):
        return 0.0
    looks_ahead = ORDER_SECONDS if int(dataset.label.max(initial=0)) > CLICK else CLICK_SECONDS
    return min(looks_ahead, MOST_OF_THE_WINDOW * float(np.ptp(dataset.time)))
