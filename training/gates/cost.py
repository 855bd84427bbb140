"""Whether a model scores fast enough and is small enough to serve.

The floor is measured beside it, on the machine that trains: a fixed number of additions that wait for each other. So a
slow or busy machine moves both.
"""

from collections.abc import Callable
from time import perf_counter
from typing import Final

import numpy as np

from service.ranking.model import Scorer
from training.dataset import Dataset
from training.gate import Check

CANDIDATES: Final = 100
ADDITIONS: Final = 1_000_000  # 1 to 4 ms
MOST_FLOORS: Final = (
    2.0  # per scoring of CANDIDATES: a forest of 400 trees of 31 leaves takes a quarter of that
)
MOST_BYTES: Final = 20_000_000  # of the model's text; 227 trees take 0.8 MB
_TRIES: Final = 15  # the fastest counts: others only add to a time
_WARMING: Final = 2


def fast_and_small(data: Dataset, model: Scorer, text: str) -> Check:
    """Time a scoring of CANDIDATES rows against the floor, and weigh the model."""
    rows = np.resize(data.X[:CANDIDATES], (CANDIDATES, data.X.shape[1]))
    ramp = np.ones(ADDITIONS)
    scoring, floor = fastest(lambda: model.score(rows)), fastest(lambda: np.cumsum(ramp))
    slow, large = scoring > MOST_FLOORS * floor, len(text) > MOST_BYTES
    says = (
        f"{CANDIDATES} items are scored in {1e3 * scoring:.2f} ms, {scoring / floor:.2f} of the floor; the model has "
        f"{len(text) / 1e6:.1f} MB"
    )
    if slow:
        says += f": at most {MOST_FLOORS:.1f} of it, or pages would wait"
    if large:
        says += f": at most {MOST_BYTES / 1e6:.0f} MB"
    return Check("fast and small", not slow and not large, f"{says}.")


def fastest(work: Callable[[], object]) -> float:
    """Return the seconds of the fastest of a few tries."""
    seconds = []
    for _ in range(_TRIES + _WARMING):
        began = perf_counter()
        work()
        seconds.append(perf_counter() - began)
    return min(seconds[_WARMING:])
