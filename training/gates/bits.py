"""Whether the same log gives the same model, and the same model the same scores, wherever it runs."""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

import lightgbm as lgb
import numpy as np

from service.ranking.forest import Forest
from service.ranking.lightgbm_text import UnsupportedModelError
from service.ranking.model import Scorer
from training.dataset import Dataset
from training.fit import in_tie_order, parameters_for, with_positives, without_machine
from training.gate import Check
from training.gates.controls import TREES, some

ROWS: Final = 20_000  # scored both ways
THREADS: Final = (1, 2)
Grow: TypeAlias = Callable[[Dataset, dict[str, Any]], str]


def scores_as_lightgbm(judged: Dataset, text: str, scorer: Scorer | None = None) -> Check:
    """Check that what serves scores the judged rows as LightGBM does, to the bit.

    `scorer` is what serves; by default the forest of the text. What the forest refuses, LightGBM itself scores.
    """
    name = "scored as LightGBM does"
    try:
        served = scorer or Forest.of(text)
    except UnsupportedModelError as unsupported:
        return Check(name, passed=True, says=f"LightGBM itself scores this model: {unsupported}.")
    rows = np.ascontiguousarray(judged.X[:ROWS])
    oracle = np.asarray(lgb.Booster(model_str=text).predict(rows, raw_score=True, num_threads=1), np.float64)
    differing = int(np.count_nonzero(served.score(rows).view(np.int64) != oracle.view(np.int64)))
    says = f"{len(rows):,} rows score as LightGBM scores them, to the bit."
    if differing:
        says = f"{differing:,} of {len(rows):,} rows score otherwise than LightGBM scores them: report it."
    return Check(name, not differing, says)


def grows_alike(data: Dataset, seed: int, grow: Grow | None = None) -> Check:
    """Check that a small forest has the same bytes with one thread and with two; `grow` is how one is grown."""
    rows = in_tie_order(with_positives(some(data)))
    parameters = parameters_for("binary", rows, seed)
    grown = [(grow or small)(rows, parameters | {"num_threads": threads}) for threads in THREADS]
    same = len(set(map(without_machine, grown))) == 1
    says = f"{TREES} trees grown with one thread and with two have the same bytes."
    if not same:
        says = "The same listings gave another model with two threads than with one: report it."
    return Check("reproducible on other machines", same, says)


def small(rows: Dataset, parameters: dict[str, Any]) -> str:
    """Grow a small forest and return its text."""
    return lgb.train(parameters, lgb.Dataset(rows.X, rows.label > 0), TREES).model_to_string()
