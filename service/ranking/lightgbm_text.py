"""Reads the trees out of LightGBM's model text, without LightGBM.

Only what a ranker uses is read; what this reader cannot honour exactly is refused, never approximated.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

_CATEGORICAL: Final = 1  # bits of LightGBM's decision_type
_DEFAULT_LEFT: Final = 2
_MISSING_SHIFT: Final = 2
_MISSING_BITS: Final = 3

Scalar = TypeVar("Scalar", bound=np.generic)


class ModelTextError(ValueError):
    """The text is not a whole LightGBM model with one score per row."""


class UnsupportedModelError(ValueError):
    """A sound model that the forest cannot score to the bit; LightGBM itself can."""


class Missing(IntEnum):
    """What NaN means to a node, as LightGBM numbers it."""

    NONE = 0  # training saw no NaN: it reads as 0.0
    ZERO = 1  # zero_as_missing: zeros and NaN take the default side; refused
    NAN = 2  # NaN takes the default side


@dataclass(frozen=True, slots=True)
class Tree:
    """One tree as LightGBM numbers it: child c >= 0 is a node, c < 0 the leaf ~c.

    `feature`, `threshold`, `missing`, `default_left`, `left` and `right` have shape (leaves - 1,), `value` (leaves,).
    `count` has shape (leaves,), the training rows of each leaf; ones where the text does not say.
    A tree that never split has one leaf and no node.
    """

    feature: npt.NDArray[np.int64]
    threshold: npt.NDArray[np.float64]
    missing: npt.NDArray[np.int64]
    default_left: npt.NDArray[np.bool_]
    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    value: npt.NDArray[np.float64]
    count: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ModelText:
    """What a model text says: the feature names in the order of the columns, and the trees in order."""

    names: tuple[str, ...]
    trees: tuple[Tree, ...]


def read_model_text(text: str) -> ModelText:
    """Return the trees of a model text.

    A model without trees is sound and scores 0. `average_output` (random forests) and the objective are ignored:
    neither changes a raw score. Raises ModelTextError for text that is cut, inconsistent or has several scores per
    row; UnsupportedModelError for linear leaves, categorical splits and zero_as_missing.
    """
    body, end, _ = text.partition("\nend of trees")
    if not end:
        raise ModelTextError("the model text is cut: it has no 'end of trees'")
    head, *blocks = body.split("\nTree=")
    header = _fields(head)
    if header.get("num_tree_per_iteration") != "1":
        raise ModelTextError("the model does not give one score per row (num_tree_per_iteration is not 1)")
    names = tuple(_field(header, "feature_names").split())
    if len(names) != _whole(header, "max_feature_idx") + 1:
        raise ModelTextError("feature_names and max_feature_idx disagree")
    if len(header.get("tree_sizes", "").split()) != len(blocks):
        raise ModelTextError("tree_sizes and the trees disagree")
    return ModelText(names, tuple(_tree(_fields(block), len(names)) for block in blocks))


def _tree(fields: dict[str, str], columns: int) -> Tree:
    leaves = _whole(fields, "num_leaves")
    if fields.get("is_linear", "0") != "0":
        raise UnsupportedModelError("linear_tree: leaves are regressions")
    value = _numbers(fields, "leaf_value", np.float64, leaves)
    nodes = leaves - 1
    decision = _numbers(fields, "decision_type", np.int64, nodes)
    if (decision & _CATEGORICAL).any():
        raise UnsupportedModelError("native categorical splits")
    missing = (decision >> _MISSING_SHIFT) & _MISSING_BITS
    if (missing == Missing.ZERO).any():
        raise UnsupportedModelError("zero_as_missing")
    tree = Tree(
        feature=_numbers(fields, "split_feature", np.int64, nodes),
        threshold=_numbers(fields, "threshold", np.float64, nodes),
        missing=missing,
        default_left=(decision & _DEFAULT_LEFT).astype(bool),
        left=_numbers(fields, "left_child", np.int64, nodes),
        right=_numbers(fields, "right_child", np.int64, nodes),
        value=value,
        count=_counts(fields, leaves),
    )
    _check(tree, columns)
    return tree


def _counts(fields: dict[str, str], leaves: int) -> npt.NDArray[np.float64]:
    """Return the training rows of each leaf: they explain scores and never change one, so nothing is refused here."""
    try:
        counts = _numbers(fields, "leaf_count", np.float64, leaves)
    except ModelTextError:
        return np.ones(leaves)
    return counts if np.isfinite(counts).all() and (counts > 0).all() else np.ones(leaves)


def _check(tree: Tree, columns: int) -> None:
    """Refuse what a walk could not survive: a feature, a threshold or a child that is not there."""
    nodes, leaves = len(tree.feature), len(tree.value)
    if nodes and not (tree.feature.min() >= 0 and tree.feature.max() < columns):
        raise ModelTextError("a split names a feature that is not there")
    if np.isnan(tree.threshold).any() or np.isnan(tree.value).any():
        raise ModelTextError("a threshold or a leaf is NaN")
    children = np.sort(np.concatenate([tree.left, tree.right]))
    # Every leaf and every node but the root is the child of one node, and nodes come after their parent:
    # so the walk from the root reaches all of them and ends.
    expected = np.concatenate([np.arange(-leaves, 0), np.arange(1, nodes)]) if nodes else children
    own = np.arange(nodes)
    forward = ((tree.left < 0) | (tree.left > own)) & ((tree.right < 0) | (tree.right > own))
    if not (np.array_equal(children, expected) and forward.all()):
        raise ModelTextError("the nodes do not form a tree")


def _fields(block: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in block.splitlines() if "=" in line)


def _field(fields: dict[str, str], name: str) -> str:
    try:
        return fields[name]
    except KeyError:
        raise ModelTextError(f"{name} is missing") from None


def _whole(fields: dict[str, str], name: str) -> int:
    text = _field(fields, name)
    if not (text.isascii() and text.isdigit()):
        raise ModelTextError(f"{name} is not a whole number: {text[:20]!r}")
    return int(text)


def _numbers(fields: dict[str, str], name: str, kind: type[Scalar], count: int) -> npt.NDArray[Scalar]:
    """Return `count` numbers; LightGBM leaves the lists of a tree without splits out or empty."""
    words: list[Any] = fields.get(name, "").split()
    try:
        numbers = np.array(words, dtype=kind)
    except (ValueError, OverflowError):
        raise ModelTextError(f"{name} holds something that is not a number") from None
    if numbers.shape != (count,):
        raise ModelTextError(f"{name} has {len(words)} entries where {count} belong")
    return numbers
