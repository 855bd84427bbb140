"""Whether the pointwise forest means its scores: of the rows it calls wanted with 20 %, one in five should be."""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

BINS: Final = 10


class Bin(NamedTuple):
    """Rows of about one score: the share that the model expected to be wanted, and the share that was."""

    rows: int
    expected: float
    found: float


def bins(scores: npt.NDArray[np.float64], wanted: npt.NDArray[np.bool_]) -> list[Bin]:
    """Return BINS of equally many rows by rising score, a log-odds; fewer rows are fewer bins."""
    order = np.argsort(scores, kind="stable")
    expected = 1.0 / (1.0 + np.exp(-scores[order]))
    parts = zip(np.array_split(expected, BINS), np.array_split(wanted[order], BINS), strict=True)
    return [Bin(len(e), float(e.mean()), float(f.mean())) for e, f in parts if len(e)]


def error(found: list[Bin]) -> float:
    """Return by how much a share is off, on average over rows: expected calibration error, Naeini et al. (2015)."""
    rows = sum(each.rows for each in found)
    return sum(each.rows * abs(each.expected - each.found) for each in found) / rows if rows else 0.0
