"""What the model sees of one listing."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from features.compiled import jit
from features.facts import Records
from features.scene import Scene
from features.table import FeatureTable

Matrix: TypeAlias = npt.NDArray[np.float32]


def matrix(table: FeatureTable, scene: Scene) -> Matrix:
    """Return shape (n, k): a row per candidate in the shop's order, a column per feature in the table's order.

    No candidates give no rows.
    """
    n = len(scene.candidates)
    asked = np.array([compute(scene) for compute in table.asked], np.float32)
    own = np.concatenate([*scene.laid, asked.reshape(len(table.asked), n)])
    X = np.empty((n, len(table)), np.float32)
    _arrange(scene.candidates.rows, own, np.array(scene.course, np.float32), table.sources, X)
    return X


@jit
def _arrange(
    rows: Records, own: Matrix, shared: npt.NDArray[np.float32], sources: npt.NDArray[np.int64], X: Matrix
) -> None:
    first = X.shape[1] - len(sources)
    for i in range(len(rows)):
        X[i, :first] = rows[i]["standing"]
        for column in range(len(sources)):
            source = sources[column]
            X[i, first + column] = own[source, i] if source >= 0 else shared[~source]
