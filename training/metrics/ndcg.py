"""Normalised discounted cumulative gain: how much of the best possible order's worth an order brings up front."""

import numpy as np

from training.metrics.ties import Floats, Ints, Sorted, sums


def ndcg(ranked: Sorted, k: int | None = None, *, without_positive: float = np.nan) -> Floats:
    """Return NDCG@k of each listing (the whole list where k is None); shape (L,), in [0, 1].

    A row at rank r (from 1) counts gain / log2(1 + r); rows of a tie share the discounts of the ranks they span.
    A listing without a positive is `without_positive`: NaN, which averages leave out and count.

    The worked example of Wikipedia, "Discounted cumulative gain" (there 0.961, over the six items shown):

    >>> example = Sorted.of([6, 5, 4, 3, 2, 1], [3, 2, 3, 0, 1, 2], [6])
    >>> round(float(ndcg(example)[0]), 3)
    0.961
    """
    most = int(max(ranked.before + ranked.size, default=0))
    total = _discounts_up_to(most, k)
    spanned = total[ranked.before + ranked.size] - total[ranked.before]
    earned = ranked.per_listing(ranked.per_tie(ranked.gain) / ranked.size * spanned)
    return ranked.share(earned, _best(ranked, total), without_positive)


def _discounts_up_to(most: int, k: int | None) -> Floats:
    """Return the summed discounts of the first 0, 1, ... `most` ranks, none beyond k."""
    discounts = 1.0 / np.log2(np.arange(2, most + 2))
    if k is not None:
        discounts[k:] = 0.0
    return np.concatenate(([0.0], np.cumsum(discounts)))


def _best(ranked: Sorted, total: Floats) -> Floats:
    """Return the discounted gain of the best order of each listing; shape (L,)."""
    listing: Ints = np.repeat(ranked.listing, ranked.size)
    order = np.lexsort((-ranked.gain, listing))
    sizes = np.bincount(listing, minlength=ranked.listings)
    rank = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return sums(listing, ranked.gain[order] * (total[rank + 1] - total[rank]), ranked.listings)
