"""What moves the scores of judged rows: LightGBM's own TreeSHAP (Lundberg et al., Nature Machine Intelligence 2020)."""

from dataclasses import dataclass
from typing import Final

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from training.dataset import Dataset
from training.publish import spread_evenly

ROWS: Final = 1_000  # milliseconds each
SHOWN: Final = 12
LEAST_CLEAR: Final = 0.3  # correlation from which a direction is named


@dataclass(frozen=True, slots=True)
class Weight:
    """A column's share of what moves the scores; more of it lifts an item (+1), lowers it (-1) or neither (0)."""

    name: str
    share: float
    direction: int

    @property
    def words(self) -> str:
        """The direction in words."""
        return {1: "more lifts", -1: "more lowers", 0: "it depends"}[self.direction]


def weights(dataset: Dataset, model: str) -> tuple[Weight, ...]:
    """Return the columns that move the scores most, the strongest first; none of a forest that never split.

    A contribution counts by how far it is from its listing's mean: what is alike for a whole list orders nothing.
    """
    some = _some(dataset)
    rows = np.ascontiguousarray(some.X)
    booster = lgb.Booster(model_str=model)
    shap = np.asarray(booster.predict(rows, pred_contrib=True, num_threads=1))[:, :-1]
    mean = np.add.reduceat(shap, np.cumsum(some.group) - some.group) / some.group[:, None]
    moved = np.abs(shap - np.repeat(mean, some.group, axis=0)).mean(axis=0)
    total = float(moved.sum())
    if not total > 0.0:
        return ()
    strongest = np.argsort(-moved, kind="stable")[:SHOWN].tolist()
    return tuple(
        Weight(dataset.names[i], float(moved[i]) / total, _direction(rows[:, i], shap[:, i]))
        for i in strongest
        if moved[i] > 0.0
    )


def _some(dataset: Dataset) -> Dataset:
    """Return whole listings, spread evenly, of about ROWS rows."""
    wanted = max(1, round(ROWS * len(dataset) / max(len(dataset.X), 1)))
    chosen = np.zeros(len(dataset), np.bool_)
    chosen[spread_evenly(len(dataset), wanted)] = True
    return dataset.listings(chosen)


def _direction(column: npt.NDArray[np.float32], shap: npt.NDArray[np.float64]) -> int:
    known = np.isfinite(column)
    if not known.any() or np.ptp(column[known]) == 0.0 or np.ptp(shap[known]) == 0.0:
        return 0
    alike = float(np.corrcoef(column[known], shap[known])[0, 1])
    return int(np.sign(alike)) if abs(alike) >= LEAST_CLEAR else 0
