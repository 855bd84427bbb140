"""Walks rows through trees, in machine code: the one hot loop of scoring.

Everything is integers. A float32 becomes an int32 *key* that sorts as the float does, so that NaN can be a key below
or above all others, which is how a node sends it left or right. A node is one int64, `threshold key << 32 | child << 16
| place of its column`; the right child follows the left one. A leaf is its own child under a threshold that no key
exceeds, so a row that has arrived stays while others still walk. Eight rows walk at once, because one row alone waits
for memory at each step.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
from numba import njit, types

LANES: Final = 8  # rows that walk together
BLOCK: Final = (
    32  # rows whose keys are laid out at once: with 60 columns 8 KB, at home in the first-level cache
)
BELOW_ALL: Final = -0x8000_0000
ABOVE_ALL: Final = 0x7FFF_FFFF
_INFINITY: Final = 0x7F80_0000  # bits of float32 infinity; what is larger, sign aside, is NaN
_AS_ZERO: Final = int(np.float32(1e-35).view(np.int32))  # LightGBM reads |x| <= 1e-35 as 0.0
_LOW16: Final = np.int64(0xFFFF)
_ONE: Final = np.uint64(1)

Int32s: TypeAlias = npt.NDArray[np.int32]
Int64s: TypeAlias = npt.NDArray[np.int64]
Doubles: TypeAlias = npt.NDArray[np.float64]
Eight: TypeAlias = tuple[
    np.int64, np.int64, np.int64, np.int64, np.int64, np.int64, np.int64, np.int64
]  # the nodes where eight rows are


def keys_of(numbers: npt.NDArray[np.float32]) -> Int32s:
    """Return the keys of thresholds, which are never NaN.

    >>> keys_of(np.array([-np.inf, -1.0, -0.0, 0.0, 1e-40], np.float32)).tolist()
    [-2139095041, -1065353217, 0, 0, 71362]
    """
    bits = (numbers + np.float32(0.0)).view(np.int32)  # + 0.0 turns -0.0 into 0.0
    return np.where(bits < 0, bits ^ ABOVE_ALL, bits)


@njit()
def key_of(bits: np.int32, absent: np.int32) -> np.int32:
    """Return the key of a feature value as LightGBM reads it; `absent` is the key that stands for NaN."""
    size = bits & np.int32(ABOVE_ALL)
    if size > _INFINITY:
        return absent
    if size <= _AS_ZERO:
        return np.int32(0)
    return bits ^ ((bits >> np.int32(31)) & np.int32(ABOVE_ALL))


@njit()
def _child(node: np.int64) -> np.uint64:
    return np.uint64((node >> np.int64(16)) & _LOW16)


@njit()
def _step(node: np.int64, keys: Int32s, lane: np.uint64, tree: Int64s) -> np.int64:
    """Return the node after `node` for the row in `lane`. Unsigned indices spare numba's check for negative ones."""
    right = np.uint64(keys[lane + np.uint64(node & _LOW16)] > (node >> np.int64(32)))
    return np.int64(tree[_child(node) + right])


@njit()
def _steps(eight: Eight, keys: Int32s, lane: np.uint64, tree: Int64s) -> Eight:
    a, b, c, d, e, f, g, h = eight
    return (
        _step(a, keys, lane, tree),
        _step(b, keys, lane + _ONE, tree),
        _step(c, keys, lane + np.uint64(2), tree),
        _step(d, keys, lane + np.uint64(3), tree),
        _step(e, keys, lane + np.uint64(4), tree),
        _step(f, keys, lane + np.uint64(5), tree),
        _step(g, keys, lane + np.uint64(6), tree),
        _step(h, keys, lane + np.uint64(7), tree),
    )


@njit()
def _add(eight: Eight, values: Doubles, scores: Doubles, row: np.uint64) -> None:
    a, b, c, d, e, f, g, h = eight
    scores[row] += values[_child(a)]
    scores[row + _ONE] += values[_child(b)]
    scores[row + np.uint64(2)] += values[_child(c)]
    scores[row + np.uint64(3)] += values[_child(d)]
    scores[row + np.uint64(4)] += values[_child(e)]
    scores[row + np.uint64(5)] += values[_child(f)]
    scores[row + np.uint64(6)] += values[_child(g)]
    scores[row + np.uint64(7)] += values[_child(h)]


@njit()
def _all_arrived(eight: Eight) -> bool:
    a, b, c, d, e, f, g, h = eight
    return bool((a & b & c & d & e & f & g & h) >> np.int64(32) == ABOVE_ALL)


@njit()
def _lay_out(bits: Int32s, slots: Int32s, first: int, rows: int, keys: Int32s) -> None:
    """Write the keys of rows first..first+rows, column by column; zeros fill the block up."""
    for slot in range(slots.shape[1]):
        column, absent, place = slots[0, slot], slots[1, slot], slot * BLOCK
        for row in range(rows):
            keys[place + row] = key_of(bits[first + row, column], absent)
        for row in range(rows, BLOCK):
            keys[place + row] = 0


def _score(  # pragma: no cover - machine code  # noqa: PLR0913, PLR0917 - flat arrays are what numba reads fastest
    bits: Int32s, slots: Int32s, nodes: Int64s, values: Doubles, roots: Int64s, steps: Int32s, scores: Doubles
) -> None:
    """Add each row's leaf of each tree to `scores`, in the order of the trees, as LightGBM does.

    `bits` (rows, columns), the bits of the float32 matrix; `slots` (2, slots): a column and the key that NaN has there;
    `nodes`, `values` (nodes,); `roots` (trees + 1,): where each tree's nodes start; `steps` (trees,): how many are
    taken without asking whether all rows have arrived; `scores` zeros, rows rounded up to a multiple of LANES.
    """
    keys = np.empty(slots.shape[1] * BLOCK, np.int32)
    for first in range(0, bits.shape[0], BLOCK):
        rows = min(BLOCK, bits.shape[0] - first)
        _lay_out(bits, slots, first, rows, keys)
        for number in range(steps.shape[0]):
            tree = nodes[roots[number] : roots[number + 1]]
            leaves = values[roots[number] : roots[number + 1]]
            for row in range(0, rows, LANES):
                lane, top = np.uint64(row), tree[0]
                eight = (top, top, top, top, top, top, top, top)
                for _ in range(steps[number]):
                    eight = _steps(eight, keys, lane, tree)
                while not _all_arrived(eight):
                    eight = _steps(eight, keys, lane, tree)
                _add(eight, leaves, scores, np.uint64(first) + lane)


@cache
def compiled() -> Callable[..., None]:
    """Return the kernel as machine code: 2 to 3 s the first time on a machine, then from numba's cache in about 0.1 s.

    One signature, stated: any memory layout is read, and no request can start a compilation. The cache is written
    beside this file, else in the person's cache directory (or in NUMBA_CACHE_DIR); where none can be written, such as
    a read-only image without a home, each process compiles for itself. No OpenMP and no thread of its own; the
    interpreter's lock is released while it runs.
    """
    any_matrix: Any = types.Array(types.int32, 2, "A", readonly=True, aligned=False)
    signature = types.void(
        any_matrix,
        types.int32[:, ::1],
        types.int64[::1],
        types.float64[::1],
        types.int64[::1],
        types.int32[::1],
        types.float64[::1],
    )
    try:
        return njit(signature, nogil=True, cache=True)(_score)
    except (RuntimeError, OSError):  # pragma: no cover - tests/parity does, under another name
        return njit(signature, nogil=True)(_score)
