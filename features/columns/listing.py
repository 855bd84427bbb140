"""How each candidate stands among those it is listed with (block F of the design)."""

import numba as nb
import numpy as np

from features.columns.percentile import percentile
from features.touches import Column, Touch
from features.scene import Scene


def shop_index(scene: Scene) -> Column:
    """The candidate's place in the shop's own order, from 0; shape (n,)."""
    return np.arange(len(scene.candidates), dtype=np.float32)


def list_size(scene: Scene) -> float:
    """Items in the listing; the same for all."""
    return len(scene.candidates)


def price_percentile(scene: Scene) -> Column:
    """Share of the list that is cheaper, ties counted half; shape (n,), NaN where the price is unknown."""
    return percentile(scene.candidates.price)


def price_to_mean(scene: Scene) -> Column:
    """Price over the list's mean price; shape (n,), NaN where unknown."""
    price = scene.candidates.price
    known = price[price > 0]
    return price / known.mean() if len(known) else np.full(len(price), np.nan, np.float32)


def price_to_cheapest(scene: Scene) -> Column:
    """Price over the list's lowest positive price; shape (n,), NaN where unknown."""
    price = scene.candidates.price
    known = price[price > 0]
    return price / known.min() if len(known) else np.full(len(price), np.nan, np.float32)


def price_to_neighbours(scene: Scene) -> Column:
    """Price over the mean price of the two places above and below; shape (n,), NaN where unknown."""
    return _to_neighbours(scene.candidates.price)


def percentile_of(scene: Scene, place: int) -> Column:
    """Where a candidate stands in the list by one column of its standing; shape (n,), in [0, 1]."""
    return percentile(scene.candidates.standing[:, place])


def age_percentile(scene: Scene) -> Column:
    """Share of the list that is older, ties counted half; shape (n,), NaN where unknown."""
    return percentile(np.asarray(scene.candidates.created_at, np.float32))


def touched_above(scene: Scene) -> Column:
    """Touched items listed above each candidate; shape (n,)."""
    touched = np.asarray(scene.touches[Touch.STEPS] >= 0, np.float32)
    return np.cumsum(touched, dtype=np.float32) - touched


@nb.njit(cache=True)
def _to_neighbours(price):  # type: ignore[no-untyped-def]  # numba infers
    n = len(price)
    out = np.full(n, np.float32(np.nan), np.float32)
    for i in range(n):
        total, count = 0.0, 0
        for j in range(max(i - 2, 0), min(i + 3, n)):
            if j != i and price[j] > 0:
                total += price[j]
                count += 1
        if total > 0.0:
            out[i] = price[i] * count / total
    return out
