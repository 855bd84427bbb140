"""Recall: the share of the wanted items that the first k places show."""

import numpy as np

from training.metrics.ties import Floats, Sorted


def recall(ranked: Sorted, k: int, *, without_positive: float = np.nan) -> Floats:
    """Return the expected recall@k of each listing; shape (L,), in [0, 1].

    A tie that reaches beyond place k brings the share of its positives that its places up to k would hold.
    A listing without a positive is `without_positive`; one with more than k positives cannot reach 1.

    Two of four tie for the last of two places; one of them is wanted:

    >>> recall(Sorted.of([3, 2, 2, 1], [1, 1, 0, 0], [4]), k=2).tolist()
    [0.75]
    """
    within = np.clip(k - ranked.before, 0, ranked.size)
    earned = ranked.per_listing(ranked.positives * within / ranked.size)
    return ranked.share(earned, ranked.positives_of_listing, without_positive)
