"""How each column was spread in training: what drift is later measured against."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, TypeAdapter

BINS: Final = 20  # of equal weight: fine enough for a population stability index, coarse enough to be read


class Histogram(BaseModel):
    """Counts of a column: `counts[i]` values lie in (edges[i - 1], edges[i]], the last ones above all edges."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    edges: tuple[float, ...]
    counts: tuple[int, ...]  # len(edges) + 1
    missing: int  # NaN


_FILE: Final = TypeAdapter(dict[str, Histogram])


def histograms(names: Sequence[str], X: npt.NDArray[np.float32]) -> dict[str, Histogram]:
    """Return a histogram per column of `X`, shape (n, k), with edges at the column's quantiles, each once.

    A constant column has one edge; a column of nothing but NaN has none.

    >>> histograms(["price"], np.array([[1.0], [2.0], [2.0], [np.nan]], np.float32))["price"]
    Histogram(edges=(1.0, 2.0), counts=(1, 2, 0), missing=1)
    """
    return {name: _histogram(X[:, i]) for i, name in enumerate(names)}


def write_histograms(by_column: Mapping[str, Histogram]) -> bytes:
    """Return the text of `histograms.json`."""
    return _FILE.dump_json(dict(by_column))


def read_histograms(text: bytes) -> dict[str, Histogram]:
    """Return what a `histograms.json` says."""
    return _FILE.validate_json(text)


def _histogram(column: npt.NDArray[np.float32]) -> Histogram:
    known = column[np.isfinite(column)]
    shares = np.arange(1, BINS + 1) / BINS
    edges = np.unique(np.quantile(known, shares, method="inverted_cdf")) if len(known) else known
    missing = np.isnan(column)
    counts = np.bincount(np.searchsorted(edges, column[~missing]), minlength=len(edges) + 1)
    return Histogram(
        edges=tuple(edges.tolist()), counts=tuple(counts.tolist()), missing=int(np.count_nonzero(missing))
    )
