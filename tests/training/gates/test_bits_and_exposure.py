"""The same bits everywhere, and new items that are seen: each gate refuses what it is there for."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from service.ranking.forest import Forest, Matrix, Scores
from training.dataset import Dataset
from training.fit import Candidate, Forester
from training.gates.bits import grows_alike, scores_as_lightgbm, small
from training.gates.exposure import new_items_are_seen

MakeDataset = Callable[..., Dataset]


class OneBitOff:
    """A forest that rounds otherwise than LightGBM."""

    def __init__(self, text: str) -> None:
        self.forest = Forest.of(text)

    def score(self, matrix: Matrix) -> Scores:
        scores = self.forest.score(matrix)
        scores[0] = np.nextafter(scores[0], np.inf)
        return scores


class ByAge:
    """The oldest first, or with -1 the newest."""

    def __init__(self, data: Dataset, sign: float) -> None:
        self.column, self.sign = data.names.index("age_days"), sign

    def score(self, matrix: Matrix) -> Scores:
        return self.sign * matrix[:, self.column].astype(np.float64)


def aged(data: Dataset) -> Dataset:
    """Listings of 24 items, a third of them new."""
    X = data.X.copy()
    X[:, data.names.index("age_days")] = np.where(np.arange(len(X)) % 3, 200.0, 3.0)
    group = np.full(len(X) // 24, 24, np.int32)
    rows = int(group.sum())
    index = np.tile(np.arange(24, dtype=np.int32), len(group))
    return replace(
        data, X=X[:rows], shop_index=index, group=group, label=data.label[:rows], tie=data.tie[:rows]
    )


def test_the_forest_scores_as_lightgbm_and_one_bit_is_noticed(make_dataset: MakeDataset) -> None:
    data = make_dataset()
    text = Forester(seed=17).grow(data, Candidate("binary", 5, 0.0, ())).text
    assert scores_as_lightgbm(data, text).passed
    check = scores_as_lightgbm(data, text, OneBitOff(text))
    assert (check.passed, check.says.startswith("1 of ")) == (False, True)


def test_a_forest_grows_alike_with_any_number_of_threads(make_dataset: MakeDataset) -> None:
    data = make_dataset()
    assert grows_alike(data, 17).passed
    check = grows_alike(data, 17, lambda rows, said: small(rows, said | {"seed": said["num_threads"]}))
    assert (check.passed, "another model with two threads" in check.says) == (False, True)


def test_a_model_that_hides_new_items_is_refused(make_dataset: MakeDataset) -> None:
    data = aged(make_dataset())
    check = new_items_are_seen(data, ByAge(data, 1.0))
    assert (check.passed, "too few ever to be known" in check.says) == (False, True)
    assert new_items_are_seen(data, ByAge(data, -1.0)).passed


def test_without_ages_nothing_is_refused(make_dataset: MakeDataset) -> None:
    data = make_dataset()
    X = data.X.copy()
    X[:, data.names.index("age_days")] = np.nan
    unknown = replace(data, X=X)
    assert "Nobody says" in new_items_are_seen(unknown, ByAge(unknown, 1.0)).says
