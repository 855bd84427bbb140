"""Average precision: how pure the top of the list is, seen from each item that was wanted; its mean is MAP."""

import numpy as np

from training.metrics.ties import Floats, Sorted


def average_precision(ranked: Sorted, *, without_positive: float = np.nan) -> Floats:
    """Return the expected average precision of each listing; shape (L,), in (0, 1].

    The precision at the rank of each positive, averaged over the positives. In a tie of m rows with p positives a
    place holds one with probability p/m, and then (p-1)/(m-1) of the tie's places above it do.
    A listing without a positive is `without_positive`.

    Positives at ranks 1 and 3 of three: (1/1 + 2/3) / 2:

    >>> average_precision(Sorted.of([3, 2, 1], [1, 0, 1], [3])).round(3).tolist()
    [0.833]
    """
    size = np.repeat(ranked.size, ranked.size)
    above = np.arange(len(size)) - np.repeat(ranked.first_row, ranked.size)  # places of its tie
    holds = np.repeat(ranked.positives / ranked.size, ranked.size)
    others = np.repeat(ranked.positives - 1, ranked.size) / np.maximum(size - 1, 1)
    found = np.repeat(ranked.positives_before, ranked.size) + 1 + above * others
    rank = np.repeat(ranked.before, ranked.size) + above + 1
    earned = ranked.per_listing(ranked.per_tie(holds * found / rank))
    return ranked.share(earned, ranked.positives_of_listing, without_positive)
