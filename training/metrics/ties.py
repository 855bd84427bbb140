"""Many listings sorted by score, as runs of equal scores: what every metric is computed from.

Items with equal scores have no order. A metric's value for them is the expectation over all their orders, never the
accident of who stood first: a constant score earns exactly what a random order earns on average.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Sorted:
    """L listings, best score first, as T ties (runs of rows of one listing with the same score)."""

    gain: Floats  # (rows,) what each row is worth, in sorted order
    relevant: npt.NDArray[np.bool_]  # (rows,) gain above 0
    first_row: Ints  # (T,) where each tie starts among the rows
    size: Ints  # (T,) rows of each tie
    before: Ints  # (T,) rows of the same listing with a better score
    listing: Ints  # (T,)
    listings: int

    @classmethod
    def of(cls, scores: npt.ArrayLike, gains: npt.ArrayLike, group: npt.ArrayLike) -> "Sorted":
        """Sort rows: scores and gains (rows,), group (L,) the rows of each listing, in order.

        Raises ValueError where the lengths disagree, a listing is empty or a score is NaN: an order of NaN is no order.
        """
        score, gain, sizes = np.asarray(scores, float), np.asarray(gains, float), np.asarray(group, int)
        if not len(score) == len(gain) == sizes.sum() or (sizes <= 0).any() or np.isnan(score).any():
            raise ValueError(
                "scores, gains and group must tell of the same rows, no listing empty, no score NaN"
            )
        listing = np.repeat(np.arange(len(sizes)), sizes)
        order = np.lexsort((-score, listing))
        score = score[order]
        starts = np.ones(len(score), bool)
        starts[1:] = (score[1:] != score[:-1]) | (listing[1:] != listing[:-1])
        first_row = np.flatnonzero(starts)
        size = np.diff(first_row, append=len(score))
        listing_start = np.repeat(np.cumsum(sizes) - sizes, sizes)
        before = first_row - listing_start[first_row]
        gain = gain[order]
        return cls(gain, gain > 0, first_row, size, before, listing[first_row], len(sizes))

    @cached_property
    def positives(self) -> Ints:
        """Rows of each tie that are worth something; shape (T,)."""
        return self.per_tie(self.relevant).astype(np.int64)

    @cached_property
    def positives_of_listing(self) -> Ints:
        """Rows of each listing that are worth something; shape (L,)."""
        return self.per_listing(self.positives).astype(np.int64)

    @cached_property
    def positives_before(self) -> Ints:
        """Rows worth something that have a better score than each tie; shape (T,)."""
        through = np.cumsum(self.positives)
        of_earlier_listings = np.cumsum(self.positives_of_listing) - self.positives_of_listing
        return through - self.positives - of_earlier_listings[self.listing]

    def per_tie(self, values: npt.ArrayLike) -> Floats:
        """Sum values (rows,) over each tie; shape (T,)."""
        if not len(self.first_row):
            return np.zeros(0)  # reduceat refuses to start nowhere
        return np.asarray(np.add.reduceat(np.asarray(values, float), self.first_row), float)

    def per_listing(self, values: npt.ArrayLike) -> Floats:
        """Sum values (T,) over each listing; shape (L,)."""
        return sums(self.listing, values, self.listings)

    def share(self, earned: Floats, possible: npt.ArrayLike, nothing: float) -> Floats:
        """Return earned / possible per listing, `nothing` where it holds no positive; shape (L,)."""
        has = self.positives_of_listing > 0
        return np.where(has, earned / np.where(has, possible, 1.0), nothing)


def sums(which: Ints, values: npt.ArrayLike, n: int) -> Floats:
    """Sum values that belong to `which` of n; shape (n,), 0 where nothing does."""
    return np.asarray(np.bincount(which, np.asarray(values, float), n), float)
