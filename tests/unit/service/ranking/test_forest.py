"""What the forest is given and what it refuses. That its scores are LightGBM's is in tests/parity."""

import numpy as np
import pytest
from numpy.typing import DTypeLike

from service.ranking import Forest, UnsupportedModelError
from service.ranking.forest import round_down

HEAD = "tree\nnum_tree_per_iteration=1\nmax_feature_idx={last}\nfeature_names={names}\ntree_sizes={sizes}\n"
STUMP = (
    "num_leaves=2\nsplit_feature={feature}\nthreshold=0.5\ndecision_type=0\n"
    "left_child=-1\nright_child=-2\nleaf_value=1 2\n"
)


def stumps(features: list[int], columns: int) -> str:
    head = HEAD.format(
        last=columns - 1,
        names=" ".join(f"c{i}" for i in range(columns)),
        sizes=" ".join("9" for _ in features),
    )
    trees = "".join(f"\nTree={i}\n{STUMP.format(feature=f)}\n" for i, f in enumerate(features))
    return f"{head}{trees}\nend of trees\n"


def chain(leaves: int) -> str:
    nodes = range(leaves - 1)
    fields: dict[str, list[float]] = {
        "num_leaves": [leaves],
        "split_feature": [0 for _ in nodes],
        "threshold": [0.5 for _ in nodes],
        "decision_type": [0 for _ in nodes],
        "left_child": [-1 - i for i in nodes],
        "right_child": [*(i + 1 for i in nodes[:-1]), -leaves],
        "leaf_value": list(range(leaves)),
    }
    tree = "\n".join(f"{name}={' '.join(map(str, values))}" for name, values in fields.items())
    return f"{HEAD.format(last=0, names='c0', sizes='9')}\nTree=0\n{tree}\n\nend of trees\n"


def test_sums_the_leaves_of_all_trees() -> None:
    forest = Forest.of(stumps([0, 1], columns=2))
    rows = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 1.0]], np.float32)
    assert forest.score(rows).tolist() == [2.0, 3.0, 4.0]


def test_walks_a_tree_as_deep_as_it_has_leaves() -> None:
    forest = Forest.of(chain(500))
    assert forest.score(np.array([[0.0], [1.0]], np.float32)).tolist() == [0.0, 499.0]


def test_no_rows_give_no_scores() -> None:
    assert Forest.of(stumps([0], columns=1)).score(np.zeros((0, 1), np.float32)).shape == (0,)


@pytest.mark.parametrize(("shape", "dtype"), [((3, 1), np.float32), ((2,), np.float32), ((3, 2), np.float64)])
def test_refuses_rows_of_another_table(shape: tuple[int, ...], dtype: DTypeLike) -> None:
    with pytest.raises(ValueError, match="the forest reads float32"):
        Forest.of(stumps([0], columns=2)).score(np.zeros(shape, dtype))


def test_leaves_more_columns_in_use_than_a_node_can_name_to_lightgbm() -> None:
    columns = 2049
    with pytest.raises(UnsupportedModelError, match="2049 columns"):
        Forest.of(stumps(list(range(columns)), columns))


def test_leaves_a_tree_larger_than_a_node_can_point_into_to_lightgbm() -> None:
    with pytest.raises(UnsupportedModelError, match="33000 leaves"):
        Forest.of(chain(33_000))


@pytest.mark.parametrize("columns", [2048])
def test_uses_every_column_that_a_node_can_name(columns: int) -> None:
    forest = Forest.of(stumps(list(range(columns)), columns))
    rows = np.zeros((1, columns), np.float32)
    rows[0, -1] = 1.0
    assert forest.score(rows).tolist() == [columns + 1.0]


def test_rounds_a_threshold_down_so_that_the_same_floats_are_below_it() -> None:
    rng = np.random.default_rng(2)
    thresholds = rng.normal(size=1000) * 10.0 ** rng.integers(-45, 38, 1000)
    rounded = round_down(thresholds)
    for x in (rounded, np.nextafter(rounded, np.float32(np.inf))):
        assert ((x.astype(np.float64) <= thresholds) == (x <= rounded)).all()
