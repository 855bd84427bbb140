"""What is no model is refused with a sentence, before a row is scored."""

import re

import pytest

from service.ranking import Forest, ModelTextError, UnsupportedModelError
from service.ranking.lightgbm_text import read_model_text

TEXT = """tree
version=v4
num_class=1
num_tree_per_iteration=1
max_feature_idx=1
objective=lambdarank
feature_names=price clicks
tree_sizes=200 60

Tree=0
num_leaves=3
num_cat=0
split_feature=0 1
threshold=2.5 1.0000000180025095e-35
decision_type=2 8
left_child=1 -1
right_child=-2 -3
leaf_value=0.5 -1 2
is_linear=0
shrinkage=1


Tree=1
num_leaves=1
leaf_value=0.25


end of trees
"""


def test_reads_names_splits_and_leaves() -> None:
    model = read_model_text(TEXT)
    assert model.names == ("price", "clicks")
    first, second = model.trees
    assert first.left.tolist() == [1, -1]
    assert first.missing.tolist() == [0, 2]
    assert first.default_left.tolist() == [True, False]
    assert second.value.tolist() == [0.25]
    assert second.feature.shape == (0,)


@pytest.mark.parametrize(
    ("found", "put", "says"),
    [
        ("end of trees", "", "cut"),
        ("num_tree_per_iteration=1", "num_tree_per_iteration=3", "one score per row"),
        ("feature_names=price clicks\n", "", "feature_names is missing"),
        ("max_feature_idx=1", "max_feature_idx=2", "disagree"),
        ("max_feature_idx=1", "max_feature_idx=one", "not a whole number"),
        ("tree_sizes=200 60", "tree_sizes=200", "disagree"),
        ("num_leaves=3", "num_leaves=-3", "not a whole number"),
        ("num_leaves=3", "num_leaves=4", "leaf_value has 3 entries where 4 belong"),
        ("split_feature=0 1", "split_feature=0 2", "not there"),
        ("split_feature=0 1", "split_feature=-1 1", "not there"),
        ("split_feature=0 1", "split_feature=0 x", "not a number"),
        ("split_feature=0 1", "split_feature=0 99999999999999999999", "not a number"),
        ("threshold=2.5", "threshold=nan", "NaN"),
        ("leaf_value=0.5", "leaf_value=nan", "NaN"),
        ("left_child=1 -1", "left_child=0 -1", "do not form a tree"),
        ("left_child=1 -1", "left_child=-3 -1", "do not form a tree"),
        ("right_child=-2 -3", "right_child=-2 1", "do not form a tree"),
        ("right_child=-2 -3", "right_child=-2 -9", "do not form a tree"),
        ("left_child=1 -1", "left_child=1 7", "do not form a tree"),
    ],
)
def test_refuses_what_is_not_whole(found: str, put: str, says: str) -> None:
    assert found in TEXT
    with pytest.raises(ModelTextError, match=re.escape(says)):
        read_model_text(TEXT.replace(found, put, 1))


@pytest.mark.parametrize(
    ("found", "put", "says"),
    [
        ("decision_type=2 8", "decision_type=1 8", "categorical"),
        ("decision_type=2 8", "decision_type=2 4", "zero_as_missing"),
        ("is_linear=0", "is_linear=1", "linear_tree"),
    ],
)
def test_leaves_to_lightgbm_what_the_forest_would_only_approximate(found: str, put: str, says: str) -> None:
    with pytest.raises(UnsupportedModelError, match=says):
        Forest.of(TEXT.replace(found, put, 1))
