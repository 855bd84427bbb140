"""Rows on disk as LightGBM reads them: some at a time, so that only their bins are ever in memory."""

from collections.abc import Iterable

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from training.rows import RowsOnDisk


class Streamed(lgb.Sequence):
    """Rows on disk, with NaN in `columns` of some of them (`gaps`, a mask of all), and 0 in the columns `blank`."""

    def __init__(
        self,
        rows: RowsOnDisk,
        gaps: npt.NDArray[np.bool_],
        columns: list[int],
        blank: Iterable[int] = (),
    ) -> None:
        self._rows, self._gaps, self._columns = rows, gaps, np.array(columns, np.int64)
        self._blank = list(blank)

    def blanked(self, columns: list[int]) -> "Streamed":
        """Return the same with 0 in all rows of some columns."""
        return Streamed(self._rows, self._gaps, self._columns.tolist(), columns)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, idx: int | slice | list[int]) -> npt.NDArray[np.float64]:
        """Return a row, or some, in double: LightGBM takes no other sample, and no value changes by it."""
        found = np.array(self._rows[idx], np.float64, ndmin=2)
        gaps = np.nonzero(np.atleast_1d(self._gaps[idx]))[0]
        found[np.ix_(gaps, self._columns)] = np.nan
        found[:, self._blank] = 0.0
        return found if isinstance(idx, slice | list) else found[0]
