"""Which items of a listing a shopper's eyes reach: the position bias, known exactly.

The examination model: an item is clicked if it is examined and if it attracts; whether it is examined depends on its
index and the device alone (Craswell et al. 2008, "An experimental comparison of click position-bias models", 3.1).
"""

from typing import Final

import numpy as np

from training.simulate.catalogue import Floats

DESKTOP_DECAY: Final = 0.25
MOBILE_DECAY: Final = 0.45  # one narrow column: attention falls sooner


def examination(length: int, *, mobile: bool, steepness: float = 1.0) -> Floats:
    """Return the probability that each index is examined, shape (length,): 1 at index 0, then (1 + index)**-decay.

    `steepness` multiplies the decay: 0 is a shopper who looks at all, 4 makes that of a desktop 1 / (1 + index).

    >>> examination(3, mobile=False).round(3).tolist()
    [1.0, 0.841, 0.76]
    """
    decay = steepness * (MOBILE_DECAY if mobile else DESKTOP_DECAY)
    probability: Floats = (1.0 + np.arange(length, dtype=np.float64)) ** -decay
    return probability


def attraction(utility: Floats) -> Floats:
    """Return the probability that an examined item is clicked: the listing's true relevance.

    >>> attraction(np.array([BAR])).tolist()
    [0.5]
    """
    return 1.0 / (1.0 + np.exp(BAR - utility))


BAR: Final = 4.1  # logits an item must be worth to be clicked every second time it is seen
