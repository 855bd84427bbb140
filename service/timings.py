"""Times of stages: put aside in a fraction of a microsecond, counted together once a second.

An observation of prometheus-client that processes share takes 3 µs and a lock; a ranking has seven.
"""

from collections import deque
from collections.abc import Callable
from time import perf_counter
from typing import Final

import numpy as np
from prometheus_client import Histogram

MOST_WAITING: Final = 100_000  # of one stage; were they never counted, the oldest would go


class BatchHistogram(Histogram):
    """A histogram that takes many observations at once."""

    def add(self, counts: list[int], total: float) -> None:
        """Add `counts[i]` observations to bucket i, the last of which has no bound; their values sum up to `total`."""
        self._sum.inc(total)
        for bucket, count in zip(self._buckets, counts, strict=True):
            if count:
                bucket.inc(count)


class Stage:
    """Times what is done within it."""

    __slots__ = ("_began", "_put")

    def __init__(self, put: Callable[[float], None]) -> None:
        self._put = put
        self._began = 0.0

    def __enter__(self) -> None:
        self._began = perf_counter()

    def __exit__(self, *_: object) -> None:
        self._put(perf_counter() - self._began)


class Timings:
    """Observations by stage on their way to a histogram with the one label `stage`."""

    def __init__(self, histogram: BatchHistogram, bounds: tuple[float, ...]) -> None:
        self._histogram = histogram
        self._bounds = bounds
        self._waiting: dict[str, deque[float]] = {}

    def stage(self, stage: str) -> Stage:
        """Return what to time a stage with: `with timings.stage("read"): …`."""
        return Stage(self._of(stage).append)

    def took(self, stage: str, seconds: float) -> None:
        """Take one observation."""
        self._of(stage).append(seconds)

    def flush(self) -> None:
        """Count what waits."""
        for stage, waiting in list(self._waiting.items()):
            taken = _taken(waiting)
            if len(taken):
                buckets = np.searchsorted(self._bounds, taken)
                counts = np.bincount(buckets, minlength=len(self._bounds) + 1)
                self._histogram.labels(stage).add(counts.tolist(), float(taken.sum()))

    def _of(self, stage: str) -> deque[float]:
        found = self._waiting.get(stage)
        return self._waiting.setdefault(stage, deque(maxlen=MOST_WAITING)) if found is None else found


def _taken(waiting: "deque[float]") -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Take out what waits now, shape (n,); another thread may put more, and take some too."""
    taken = []
    try:
        for _ in range(len(waiting)):
            taken.append(waiting.popleft())  # noqa: PERF401 - an exception must not lose what was taken
    except IndexError:
        pass
    return np.array(taken, dtype=np.float64)
