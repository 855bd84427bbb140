"""Rows as LightGBM learns from them, and the growing of a forest from them."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from features.matrix import Matrix
from training.streamed import Streamed

Parameters: TypeAlias = Mapping[str, Any]


class Learnable(NamedTuple):
    """L listings with `rows` candidates in all; a listing's rows stand together, in an order that knows nothing."""

    X: Matrix | Streamed  # (rows, k)
    label: npt.NDArray[Any]  # (rows,) what LightGBM's objective takes
    group: npt.NDArray[np.int32]  # (L,)
    names: list[str]  # (k,)
    weight: npt.NDArray[np.float32] | None = None  # (rows,)
    position: npt.NDArray[np.int32] | None = (
        None  # (rows,) what LightGBM takes a bias out by; None: by nothing
    )

    def as_dataset(self) -> lgb.Dataset:
        """Return them as LightGBM takes them in this process."""
        return lgb.Dataset(
            self.X,
            self.label,
            weight=self.weight,
            group=self.group,
            position=self.position,
            feature_name=self.names,
        )


Grower: TypeAlias = Callable[[Parameters, Learnable, int], str]


def grown_here(parameters: Parameters, rows: Learnable, trees: int) -> str:
    """Return the text of a forest of so many trees, grown in this process."""
    return lgb.train(dict(parameters), rows.as_dataset(), trees).model_to_string()
