"""Reciprocal rank: one over the place of the first item that was wanted."""

import numpy as np

from training.metrics.ties import Floats, Ints, Sorted, sums


def reciprocal_rank(ranked: Sorted, *, without_positive: float = np.nan) -> Floats:
    """Return the expected 1 / rank of the first positive of each listing; shape (L,), in (0, 1].

    A listing without a positive is `without_positive`.

    Wanted: the second of three; then the same where all three tie, (1 + 1/2 + 1/3) / 3:

    >>> reciprocal_rank(Sorted.of([3, 2, 1, 0, 0, 0], [0, 1, 0, 0, 1, 0], [3, 3])).round(3).tolist()
    [0.5, 0.611]
    """
    first = (ranked.positives > 0) & (ranked.positives_before == 0)
    expected = _in_tie(ranked.before[first], ranked.size[first], ranked.positives[first])
    earned = sums(ranked.listing[first], expected, ranked.listings)
    return ranked.share(earned, 1.0, without_positive)


def _in_tie(before: Ints, size: Ints, positives: Ints) -> Floats:
    """Return the expected 1 / rank of the first of `positives` rows shuffled among `size`, after `before` others."""
    expected, none_yet = np.zeros(len(size)), np.ones(len(size))  # none_yet: no positive in the places so far
    for place in range(int(max(size - positives, default=-1)) + 1):
        here = none_yet * np.minimum(positives / np.maximum(size - place, 1), 1.0)
        expected += here / (before + place + 1)
        none_yet -= here
    return expected
