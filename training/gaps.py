"""What a forest must learn to do without: values that may be missing when it serves, and columns that say a place."""

from typing import Final

import numpy as np
import numpy.typing as npt

from features.matrix import Matrix
from features.table import PLACED
from training.dataset import Dataset
from training.rows import RowsOnDisk, nulls
from training.streamed import Streamed

INJECTED_SHARE: Final = 0.02  # of listings, in which optional columns that were never missing go missing


def with_gaps(rows: Dataset, optional: frozenset[str]) -> npt.NDArray[np.float32] | Streamed:
    """Return X with NaN in the optional columns that hold none, in INJECTED_SHARE of the listings.

    Whole listings: a shop that does not know prices does not know any. Which ones is drawn from the rows' hashes.
    """
    shares = nulls(rows.X)
    columns = [i for i, name in enumerate(rows.names) if name in optional and not shares[i]]
    first = np.cumsum(rows.group) - rows.group
    drawn = rows.tie[first] % np.uint64(round(1 / INJECTED_SHARE)) == 0
    gaps = np.repeat(drawn, rows.group)
    if isinstance(rows.X, RowsOnDisk):
        return Streamed(rows.X, gaps, columns)
    if not columns or not len(rows):
        return rows.X
    X = rows.X.copy()
    for column in columns:
        X[gaps, column] = np.nan
    return X


def blanked(X: Matrix | Streamed, names: list[str]) -> Matrix | Streamed:
    """Return the rows with a constant in the columns that tell a place: they would give back what is taken out."""
    columns = [i for i, name in enumerate(names) if name in PLACED]
    if isinstance(X, Streamed):
        return X.blanked(columns)
    blank = X.copy()
    blank[:, columns] = 0.0
    return blank
