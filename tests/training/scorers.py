"""Models that need no training."""

import numpy as np
import numpy.typing as npt

from features.matrix import Matrix
from training.dataset import Dataset


class ByColumn:
    """A model that goes by one column."""

    def __init__(self, data: Dataset, name: str, sign: float = 1.0) -> None:
        self.column, self.sign = data.names.index(name), sign

    def score(self, matrix: Matrix) -> npt.NDArray[np.float64]:
        return self.sign * matrix[:, self.column].astype(np.float64)
