"""What the model sees of one listing."""

import numpy as np
import numpy.typing as npt

from features.scene import Scene
from features.table import FeatureTable


def matrix(table: FeatureTable, scene: Scene) -> npt.NDArray[np.float32]:
    """Return shape (n, k): a row per candidate in the shop's order, a column per feature in the table's order."""
    columns = np.empty((len(table), len(scene.candidates)), np.float32)
    columns[: len(table.standing)] = scene.candidates.standing.T
    for column, feature in zip(columns[len(table.standing) :], table.visiting, strict=True):
        column[:] = feature.compute(scene)
    return np.ascontiguousarray(columns.T)
