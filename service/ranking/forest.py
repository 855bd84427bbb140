"""Scores a matrix with the trees of a LightGBM model, equal to LightGBM to the bit."""

from collections import deque
from dataclasses import dataclass
from typing import Final, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from service.ranking.contributions import compiled as crediting
from service.ranking.contributions import means_of
from service.ranking.kernel import ABOVE_ALL, BELOW_ALL, BLOCK, LANES, compiled, keys_of
from service.ranking.lightgbm_text import Missing, Tree, UnsupportedModelError, read_model_text

Matrix = npt.NDArray[np.float32]
Scores = npt.NDArray[np.float64]

SURE_STEPS: Final = (
    8  # a tree this deep is walked to its depth; a deeper one to the mean depth of its leaves, then on demand
)
_FIELD_BITS: Final = 16  # a node keeps its child and the place of its column in 16 bits each


@dataclass(frozen=True, slots=True)
class Forest:
    """The trees of one model as flat arrays (laid out in `kernel`); immutable, shared by all threads."""

    names: tuple[str, ...]
    slots: npt.NDArray[np.int32]
    nodes: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    means: npt.NDArray[np.float64]
    roots: npt.NDArray[np.int64]
    steps: npt.NDArray[np.int32]

    @classmethod
    def of(cls, text: str) -> Self:
        """Return the forest of a LightGBM model text.

        Raises ModelTextError for a text that is no sound model with one score per row, UnsupportedModelError for a
        sound one that needs LightGBM itself.
        """
        model = read_model_text(text)
        slots: dict[_Slot, int] = {}
        trees = [_flat(tree, slots) for tree in model.trees]
        if len(slots) * BLOCK > 1 << _FIELD_BITS:
            raise UnsupportedModelError(f"{len(slots)} columns in use")
        return cls(
            names=model.names,
            slots=np.array(list(slots), np.int32).reshape(-1, 2).T.copy(),
            nodes=np.array([node for tree in trees for node in tree.nodes], np.int64),
            values=np.array([value for tree in trees for value in tree.values], np.float64),
            means=np.array([mean for tree in trees for mean in tree.means], np.float64),
            roots=np.cumsum([0, *(len(tree.nodes) for tree in trees)], dtype=np.int64),
            steps=np.array([tree.steps for tree in trees], np.int32),
        )

    def score(self, matrix: Matrix) -> Scores:
        """Return the raw score of each row, shape (n,); `Booster.predict(raw_score=True)` gives the same bits.

        `matrix` has shape (n, len(names)), float32, any memory layout; NaN and infinite values are read as LightGBM
        reads them. No rows give no scores; a forest without trees gives zeros. For objective `binary` this is
        the log-odds, whose order is that of the probability.
        """
        self._check(matrix)
        rows = len(matrix)
        scores = np.zeros(-(-rows // LANES) * LANES)
        compiled()(matrix.view(np.int32), self.slots, self.nodes, self.values, self.roots, self.steps, scores)
        return scores[:rows]

    def contributions(self, matrix: Matrix) -> Scores:
        """Return what each column adds to each row's score, shape (n, len(names)); see `contributions`.

        With `self.bias()` they add up to the score.
        """
        self._check(matrix)
        result = np.zeros(matrix.shape)
        crediting()(matrix.view(np.int32), self.slots, self.nodes, self.means, self.roots, result)
        return result

    def bias(self) -> float:
        """Return the part of every score that no column decides: the sum of the trees' means."""
        return float(self.means[self.roots[:-1]].sum())

    def _check(self, matrix: Matrix) -> None:
        if matrix.dtype != np.float32 or matrix.ndim != 2 or matrix.shape[1] != len(self.names):  # noqa: PLR2004
            raise ValueError(
                f"the forest reads float32 (n, {len(self.names)}), not {matrix.dtype} {matrix.shape}"
            )


class _Slot(NamedTuple):
    """A column as some nodes read it: with this key where the value is NaN."""

    column: int
    absent: int


class _Flat(NamedTuple):
    nodes: list[int]
    values: list[float]
    means: list[float]
    steps: int


def _flat(tree: Tree, slots: dict[_Slot, int]) -> _Flat:
    """Number a tree breadth first, so that siblings are neighbours; a column's new readings are added to `slots`."""
    if len(tree.feature) + len(tree.value) > 1 << _FIELD_BITS:
        raise UnsupportedModelError(f"a tree of {len(tree.value)} leaves")
    splits, leaves = _splits(tree, slots), tree.value.tolist()
    children = list(zip(tree.left.tolist(), tree.right.tolist(), strict=True))
    of_nodes, of_leaves = means_of(children, leaves, tree.count.tolist())
    nodes: list[int] = []
    values: list[float] = []
    means: list[float] = []
    depths: list[int] = []
    queue, placed = deque([(0 if splits else ~0, 0)]), 1
    while queue:
        node, depth = queue.popleft()
        means.append(of_leaves[~node] if node < 0 else of_nodes[node])
        if node < 0:
            nodes.append(ABOVE_ALL << 32 | len(nodes) << _FIELD_BITS)
            values.append(leaves[~node])
            depths.append(depth)
        else:
            nodes.append(splits[node] | placed << _FIELD_BITS)
            values.append(0.0)
            queue.extend((child, depth + 1) for child in children[node])
            placed += 2
    return _Flat(
        nodes, values, means, max(depths) if max(depths) <= SURE_STEPS else round(sum(depths) / len(depths))
    )


def _splits(tree: Tree, slots: dict[_Slot, int]) -> list[int]:
    """Return each node's word but for its child.

    NaN has the key of 0.0 where training saw none, else one at the far end of the node's default side.
    """
    side = np.where(tree.default_left, BELOW_ALL, ABOVE_ALL)
    absent = np.where(tree.missing == Missing.NONE, 0, side).tolist()
    keys = keys_of(round_down(tree.threshold)).tolist()
    return [
        key << 32 | slots.setdefault(_Slot(column, nan), len(slots)) * BLOCK
        for key, column, nan in zip(keys, tree.feature.tolist(), absent, strict=True)
    ]


def round_down(thresholds: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """Return the largest float32 that is not above each threshold: `x <= t` is then the same question for float32 x.

    >>> [float(t) for t in round_down(np.array([0.5, 1e300, -1e-50]))]
    [0.5, 3.4028234663852886e+38, -1.401298464324817e-45]
    """
    with np.errstate(over="ignore", under="ignore"):
        near = thresholds.astype(np.float32)
        return np.where(near > thresholds, np.nextafter(near, np.float32(-np.inf)), near)
