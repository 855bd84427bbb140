"""The rows of a large matrix: kept as they come; or on disk, where some are chosen now and read when asked for."""

from collections.abc import Iterator
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]

MOST_BYTES: Final = 1_000_000_000  # of rows that are read at once when they are chosen
ROWS_AT_ONCE: Final = 100_000


class Kept:
    """Rows of `columns` columns as they come, in large blocks, which the system gets back as soon as they go."""

    def __init__(self, columns: int, rows_a_block: int = ROWS_AT_ONCE) -> None:
        self._columns, self._rows_a_block = columns, rows_a_block
        self._blocks: list[Floats] = []
        self._free = 0  # rows of the last block

    def add(self, rows: Floats) -> None:
        """Keep some more."""
        while len(rows):
            if not self._free:
                self._blocks.append(np.empty((self._rows_a_block, self._columns), np.float32))
                self._free = self._rows_a_block
            some = rows[: self._free]
            first = self._rows_a_block - self._free
            self._blocks[-1][first : first + len(some)] = some
            self._free -= len(some)
            rows = rows[len(some) :]

    def let_go(self, places: Places) -> Floats:
        """Return the rows at places, in that order, and keep nothing: of no row are there two for long."""
        X = np.empty((len(places), self._columns), np.float32)
        self._blocks.reverse()
        start = 0
        while self._blocks:
            block = self._blocks.pop()
            mine = np.flatnonzero((places >= start) & (places < start + len(block)))
            X[mine] = block[places[mine] - start]
            start += len(block)
        return X


class RowsOnDisk:
    """Shape (n, k), as an array that is indexed and converted like one, but holds where its rows are alone."""

    def __init__(self, base: Floats, places: Places, most_bytes: int = MOST_BYTES) -> None:
        self._base, self._places, self.most_bytes = base, places, most_bytes
        self.dtype, self.ndim = base.dtype, 2

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self._places), self._base.shape[1]

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, key: Any) -> Any:  # noqa: ANN401 - whatever an array is asked for
        rows, *column = key if isinstance(key, tuple) else (key,)
        found = self._base[self._places[rows]]
        return found[(..., *column)] if column else found

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> npt.NDArray[Any]:  # noqa: ANN401, FBT001
        return np.array(self._base[self._places], dtype=dtype)

    def chosen(self, rows: npt.NDArray[Any]) -> "RowsOnDisk":
        """Return some of the rows, still on disk."""
        return RowsOnDisk(self._base, self._places[rows], self.most_bytes)


def chosen(X: Floats, rows: npt.NDArray[Any]) -> Floats:
    """Return some rows of X, by mask or places: read, or, where X is on disk and they are many, still there."""
    if isinstance(X, RowsOnDisk):
        found = X.chosen(rows)
    elif isinstance(X, np.memmap):
        found = RowsOnDisk(X, np.flatnonzero(rows) if rows.dtype == np.bool_ else rows)
    else:
        some: Floats = X[rows]
        return some
    large = found.shape[0] * found.shape[1] * X.dtype.itemsize > found.most_bytes
    return cast("Floats", found if large else np.asarray(found))


def blocks(X: Floats) -> Iterator[Floats]:
    """Yield the rows of X some at a time."""
    for start in range(0, len(X), ROWS_AT_ONCE):
        yield X[start : start + ROWS_AT_ONCE]


def nulls(X: Floats) -> npt.NDArray[np.float64]:
    """Return the share of NaN in each column, shape (k,); 0 of no rows."""
    counts = np.zeros(X.shape[1], np.int64)
    for block in blocks(X):
        counts += np.isnan(block).sum(axis=0)
    return counts / max(len(X), 1)
