"""The forest gives the bits that LightGBM gives, on whatever trees and whatever rows."""

from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import lightgbm
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.ranking import Forest, ModelTextError, UnsupportedModelError, kernel
from service.ranking.kernel import ABOVE_ALL

Rows = npt.NDArray[np.float32]

COLUMNS = 6
LEAST, MOST = np.finfo(np.float32).smallest_subnormal, np.finfo(np.float32).max
EDGES = np.array(
    [np.nan, np.inf, -np.inf, 0.0, -0.0, LEAST, -LEAST, 1e-40, -1e-40, 1e-35, -1e-35, MOST, -MOST, 1.0, 1.5],
    np.float32,
)
with np.errstate(all="ignore"):
    EDGES = np.concatenate([EDGES, *(np.nextafter(EDGES, np.float32(end)) for end in (np.inf, -np.inf))])
THRESHOLDS = np.array(
    [0.0, -0.0, 1e-35, -1e-35, 1.0000000180025095e-35, 1e-50, -1e-50, 1e300, -1e300, 0.1, 1.25, np.inf]
)


def oracle(text: str, rows: Rows) -> npt.NDArray[np.float64]:
    booster = lightgbm.Booster(model_str=text)
    return np.asarray(booster.predict(rows, raw_score=True, num_threads=1))


def same_bits(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]) -> bool:
    return a.shape == b.shape and a.tobytes() == b.tobytes()


def grown(rng: np.random.Generator, leaves: int, *, deep: bool) -> str:
    """Return a tree with random splits, as LightGBM writes it; a deep one is a chain."""
    left: list[int] = []
    right: list[int] = []
    leaf_parent = {0: (0, True)}
    for node in range(leaves - 1):
        leaf = node if deep else int(rng.integers(node + 1))
        parent, is_left = leaf_parent[leaf]
        if node:
            (left if is_left else right)[parent] = node
        left.append(~leaf)
        right.append(~(node + 1))
        leaf_parent[leaf], leaf_parent[node + 1] = (node, True), (node, False)
    nodes = leaves - 1
    near = np.float64(rng.choice(EDGES[np.isfinite(EDGES)], nodes)) * rng.choice(
        [1.0, 1 + 1e-12, 1 - 1e-12], nodes
    )
    threshold = np.where(rng.random(nodes) < 0.5, rng.choice(THRESHOLDS, nodes), near)
    missing = rng.choice([0, 2], nodes) << 2
    fields: dict[str, Any] = {
        "num_leaves": [leaves],
        "num_cat": [0],
        "split_feature": rng.integers(COLUMNS, size=nodes).tolist(),
        "split_gain": [1.0] * nodes,
        "threshold": [repr(float(t)) for t in threshold],
        "decision_type": (missing | rng.choice([0, 2], nodes)).tolist(),
        "left_child": left,
        "right_child": right,
        "leaf_value": [repr(float(v)) for v in rng.normal(size=leaves) * 10.0 ** rng.integers(-9, 9, leaves)],
        "leaf_weight": [1] * leaves,
        "leaf_count": [1] * leaves,
        "internal_value": [0] * nodes,
        "internal_weight": [1] * nodes,
        "internal_count": [1] * nodes,
        "is_linear": [0],
        "shrinkage": [1],
    }
    return "\n".join(f"{name}={' '.join(map(str, values))}" for name, values in fields.items()) + "\n\n\n"


def forest_text(trees: list[str]) -> str:
    numbered = [f"Tree={i}\n{tree}" for i, tree in enumerate(trees)]
    head = {
        "version": "v4",
        "num_class": "1",
        "num_tree_per_iteration": "1",
        "label_index": "0",
        "max_feature_idx": str(COLUMNS - 1),
        "objective": "regression",
        "feature_names": " ".join(f"c{i}" for i in range(COLUMNS)),
        "feature_infos": " ".join(["[-1:1]"] * COLUMNS),
        "tree_sizes": " ".join(str(len(tree)) for tree in numbered),
    }
    header = "\n".join(f"{name}={value}" for name, value in head.items())
    return f"tree\n{header}\n\n{''.join(numbered)}end of trees\n\nparameters:\nend of parameters\n"


def edgy_rows(rng: np.random.Generator, count: int) -> Rows:
    rows = rng.choice(EDGES, (count, COLUMNS))
    ordinary = rng.random((count, COLUMNS)) < 0.3
    return np.where(ordinary, rng.normal(size=(count, COLUMNS)), rows).astype(np.float32)


def trained(rows: Rows, target: npt.NDArray[Any], rounds: int = 12, **parameters: object) -> str:
    group = [20] * (len(rows) // 20) if "rank" in str(parameters.get("objective", "")) else None
    data = lightgbm.Dataset(rows, target, group=group, params={"verbose": -1})
    chosen = {"verbose": -1, "num_threads": 1, "seed": 1, "min_data_in_leaf": 1, "max_bin": 255} | parameters
    return lightgbm.train(chosen, data, rounds).model_to_string()


def learnable(rng: np.random.Generator, count: int = 400) -> tuple[Rows, npt.NDArray[np.int64]]:
    """Return rows with blanks, zeros and whole numbers, and a graded target that depends on them."""
    rows = rng.normal(size=(count, COLUMNS)).astype(np.float32)
    rows[:, 1] = np.round(rows[:, 1] * 2)
    rows[rng.random(count) < 0.3, 2] = np.nan
    rows[rng.random(count) < 0.5, 3] = 0.0
    signal = rows[:, 0] + np.nan_to_num(rows[:, 2], nan=2.0) * rows[:, 1] + rng.normal(size=count)
    return rows, np.digitize(signal, [-1.0, 1.0, 3.0])


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    leaves=st.lists(st.integers(1, 40), min_size=1, max_size=6),
    count=st.integers(0, 70),
    deep=st.booleans(),
)
def test_gives_the_bits_of_lightgbm_on_any_tree_and_any_value(
    seed: int,
    leaves: list[int],
    count: int,
    deep: bool,  # noqa: FBT001 - drawn
) -> None:
    rng = np.random.default_rng(seed)
    text = forest_text([grown(rng, n, deep=deep) for n in leaves])
    rows = edgy_rows(rng, count)
    expected = oracle(text, rows) if count else np.zeros(0)
    assert same_bits(Forest.of(text).score(rows), expected)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    objective=st.sampled_from(["lambdarank", "rank_xendcg", "binary", "regression"]),
    num_leaves=st.sampled_from([2, 7, 31, 120]),
    max_depth=st.sampled_from([-1, 1, 3, 6]),
)
def test_gives_the_bits_of_lightgbm_on_what_it_learns(
    seed: int, objective: str, num_leaves: int, max_depth: int
) -> None:
    rng = np.random.default_rng(seed)
    rows, target = learnable(rng)
    graded = target if objective != "binary" else target > 1
    text = trained(rows, graded, objective=objective, num_leaves=num_leaves, max_depth=max_depth)
    unseen = np.concatenate([rows, edgy_rows(rng, 50)])
    assert same_bits(Forest.of(text).score(unseen), oracle(text, unseen))


@pytest.mark.parametrize(
    "parameters",
    [
        pytest.param({"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.5}, id="random-forest"),
        pytest.param({"boosting": "dart"}, id="dart"),
        pytest.param({"objective": "binary", "sigmoid": 2.0, "is_unbalance": True}, id="sigmoid"),
        pytest.param({"use_missing": False}, id="missing-not-used"),
        pytest.param({"extra_trees": True, "num_leaves": 255, "lambda_l2": 0.0}, id="extra-trees"),
    ],
)
def test_gives_the_bits_of_lightgbm_however_it_boosts(parameters: dict[str, Any]) -> None:
    rows, target = learnable(np.random.default_rng(5))
    graded = target > 1 if parameters.get("objective") == "binary" else target
    text = trained(rows, graded, **{"objective": "regression"} | parameters)
    assert same_bits(Forest.of(text).score(rows), oracle(text, rows))


def test_reads_a_column_without_blanks_in_training_as_zero_where_it_is_blank() -> None:
    rng = np.random.default_rng(7)
    rows = rng.normal(size=(400, COLUMNS)).astype(np.float32)
    text = trained(rows, rows[:, 0] > 0, objective="binary")
    blank, zero = rows.copy(), rows.copy()
    blank[:, 0], zero[:, 0] = np.nan, 0.0
    assert same_bits(Forest.of(text).score(blank), Forest.of(text).score(zero))
    assert same_bits(Forest.of(text).score(blank), oracle(text, blank))


def test_sends_a_blank_where_training_learnt_to_send_it() -> None:
    rng = np.random.default_rng(7)
    rows = rng.normal(size=(400, COLUMNS)).astype(np.float32)
    rows[:200, 0] = np.nan
    text = trained(rows, np.arange(400) < 200, objective="binary")
    scores = Forest.of(text).score(rows)
    assert scores[:200].min() > scores[200:].max()
    assert same_bits(scores, oracle(text, rows))


@pytest.mark.parametrize("layout", ["C", "F"])
def test_reads_any_memory_layout(layout: Literal["C", "F"]) -> None:
    rows, target = learnable(np.random.default_rng(3))
    forest = Forest.of(trained(rows, target, objective="lambdarank"))
    laid = np.asarray(np.concatenate([rows, rows], axis=1), order=layout)
    laid.flags.writeable = False
    assert same_bits(forest.score(laid[::2, COLUMNS:]), forest.score(rows)[::2])


def test_scores_a_row_the_same_alone_and_in_a_crowd() -> None:
    rows, target = learnable(np.random.default_rng(4))
    forest = Forest.of(trained(rows, target, objective="lambdarank"))
    together = forest.score(rows)
    assert all(forest.score(rows[i : i + 1])[0] == together[i] for i in range(0, len(rows), 7))


def test_a_model_without_trees_scores_zero() -> None:
    assert Forest.of(forest_text([])).score(np.zeros((3, COLUMNS), np.float32)).tolist() == [0.0, 0.0, 0.0]


def test_a_target_that_never_varies_gives_one_score() -> None:
    rows, _ = learnable(np.random.default_rng(6))
    text = trained(rows, np.ones(len(rows)), objective="regression")
    assert same_bits(Forest.of(text).score(rows), oracle(text, rows))


def test_compiles_where_no_machine_code_can_be_kept() -> None:
    """A module without a file is where numba finds no directory, as in a read-only image without a home."""
    module = ModuleType("kernel_without_a_file")
    exec(compile(Path(kernel.__file__).read_text(), "<no file>", "exec"), vars(module))  # noqa: S102 - our own source
    scores = np.zeros(8)
    stump = np.array([ABOVE_ALL << 32], np.int64), np.array([2.5]), np.array([0, 1]), np.zeros(1, np.int32)
    module.compiled()(np.zeros((3, 0), np.int32), np.zeros((2, 0), np.int32), *stump, scores)
    assert scores[:3].tolist() == [2.5] * 3


def test_refuses_native_categories() -> None:
    rng = np.random.default_rng(1)
    rows = rng.integers(0, 30, (400, COLUMNS)).astype(np.float32)
    data = lightgbm.Dataset(rows, rows[:, 0] % 3 == 0, categorical_feature=[0], params={"verbose": -1})
    text = lightgbm.train({"verbose": -1, "num_threads": 1}, data, 3).model_to_string()
    with pytest.raises(UnsupportedModelError, match="categorical"):
        Forest.of(text)


def test_refuses_zero_as_missing() -> None:
    rows, target = learnable(np.random.default_rng(1))
    with pytest.raises(UnsupportedModelError, match="zero_as_missing"):
        Forest.of(trained(rows, target, objective="regression", zero_as_missing=True))


def test_refuses_linear_leaves() -> None:
    rows, target = learnable(np.random.default_rng(1))
    rows = np.nan_to_num(rows)
    data = lightgbm.Dataset(rows, target, params={"verbose": -1, "linear_tree": True})
    text = lightgbm.train({"verbose": -1, "num_threads": 1, "linear_tree": True}, data, 3).model_to_string()
    with pytest.raises(UnsupportedModelError, match="linear_tree"):
        Forest.of(text)


def test_refuses_several_scores_per_row() -> None:
    rows, target = learnable(np.random.default_rng(1))
    with pytest.raises(ModelTextError, match="one score per row"):
        Forest.of(trained(rows, target, objective="multiclass", num_class=4))


def test_contributions_and_the_bias_add_up_to_the_score() -> None:
    rows, target = learnable(np.random.default_rng(17))
    for forest in (
        Forest.of(trained(rows, target)),
        Forest.of(forest_text([grown(np.random.default_rng(n), 20, deep=False) for n in range(5)])),
    ):
        some = edgy_rows(np.random.default_rng(3), 200)[:, : len(forest.names)]
        contributions = forest.contributions(some)
        assert contributions.shape == some.shape
        error = contributions.sum(axis=1) + forest.bias() - forest.score(some)
        assert np.abs(error).max() <= 1e-12 * np.abs(forest.values).max() * len(forest.steps)


def test_a_column_that_no_tree_asks_for_adds_nothing() -> None:
    rows, target = learnable(np.random.default_rng(17))
    rows[:, -1] = 0.0
    forest = Forest.of(trained(rows, target))
    assert not forest.contributions(rows)[:, -1].any()
    assert forest.contributions(rows)[:, 0].any()
