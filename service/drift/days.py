"""How far the columns and scores of one day have moved from training, by the rows that were logged as served."""

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from features.bundle import Bundle, Histogram, histograms
from features.drift import stability_index
from features.log.kind import Kind
from features.log.place import Log
from service.drift.found import SCORE, Day
from service.ranking import Scorer

MOST_ROWS: Final = 200_000  # of a day; more would only cost time
_COLUMNS: Final = ("model", "candidates", "served")


class Reference:
    """What a model learned from, and how it scores: what days are compared with."""

    def __init__(self, bundle: Bundle, score: Scorer) -> None:
        """`score` gives the raw scores of a matrix, as the model serves."""
        self.version = bundle.manifest.version
        self.names = bundle.manifest.features
        self.columns: Mapping[str, Histogram] = bundle.histograms
        self.scores = histograms([SCORE], bundle.golden.scores.astype(np.float32)[:, None])[SCORE]
        self._scorer = score

    def day(self, date: str, rows: npt.NDArray[np.float32]) -> Day:
        """Compare the rows of a day, shape (n, k); of none, nothing has moved."""
        moved = {
            name: stability_index(self.columns[name], rows[:, i])
            for i, name in enumerate(self.names)
            if name in self.columns
        }
        scores = self._scorer.score(rows).astype(np.float32)
        return Day(date, len(rows), {**moved, SCORE: stability_index(self.scores, scores)})


def served_rows(log: Log, shop: str, date: str, version: str, columns: int) -> npt.NDArray[np.float32]:
    """Return the rows that a version was served with on a date, shape (n, columns), as far as they were logged.

    BALAD_SERVED_ROWS_SHARE says of how many rankings they are. Files that cannot be read are left out.
    """
    found, rows = [], 0
    for matrix in _matrices(log, shop, date, version, columns):
        found.append(matrix)
        rows += len(matrix)
        if rows >= MOST_ROWS:
            break
    return np.concatenate(found) if found else np.zeros((0, columns), np.float32)


def _matrices(
    log: Log, shop: str, date: str, version: str, columns: int
) -> Iterator[npt.NDArray[np.float32]]:
    for part in log.parts(shop, Kind.EXPOSURES, date, date):
        try:
            with log.files.open(log.path(part), "rb") as file:
                table = pq.read_table(file, columns=list(_COLUMNS), use_threads=False)
        except (pa.ArrowException, OSError):
            continue  # whoever reads the whole log warns of it
        for model, candidates, served in zip(
            *(table.column(name).to_pylist() for name in _COLUMNS), strict=True
        ):
            if served is not None and model == version and len(served) == 4 * columns * candidates:
                yield np.frombuffer(served, np.float32).reshape(-1, columns)
