from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from training.dataset import Dataset
from training.fit import Forester
from training.folds import FEWEST_FOLDS, cuts, rolled

MakeDataset = Callable[..., Dataset]


def test_each_fold_knows_what_lies_before_it_and_nothing_else(make_dataset: MakeDataset) -> None:
    found = list(cuts(make_dataset(listings=1_000), 4))
    assert len(found) == 4
    for each in found:
        assert each.before.time.max() < each.at - each.embargo_seconds
        assert each.after.time.min() >= each.at
        assert not np.intersect1d(each.before.session, each.after.session).size
        assert each.embargo_seconds > 0


def test_stretches_do_not_overlap_and_reach_the_end(make_dataset: MakeDataset) -> None:
    data = make_dataset(listings=1_000)
    found = list(cuts(data, 3))
    for earlier, later in pairwise(found):
        assert earlier.after.time.max() < later.at
    assert found[-1].after.time.max() == data.time.max()


def test_a_session_across_a_cut_is_dropped(make_dataset: MakeDataset) -> None:
    data = make_dataset(listings=999)
    long = replace(data, session=np.where(np.arange(999) % 50 == 0, 7_777, data.session).astype(np.uint32))
    for each in cuts(long, 3):
        assert 7_777 not in each.before.session
        assert 7_777 not in each.after.session


def test_the_recipe_is_judged_on_all_stretches_together(make_dataset: MakeDataset) -> None:
    found = rolled(make_dataset(listings=1_000), 3, Forester(seed=17))
    assert found.lift.listings == sum(fold.evaluation.listings for fold in found.folds)
    assert found.lift.above_zero


def test_too_short_a_log_is_told(make_dataset: MakeDataset) -> None:
    with pytest.raises(ValueError, match=f"it takes {FEWEST_FOLDS}"):
        rolled(make_dataset(listings=2), 3, Forester(seed=17))
    assert list(cuts(make_dataset(listings=0), 3)) == []
