"""What the model sees of one listing: the blocks of columns laid one after the other, in one compiled call."""

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from features.columns import course, places, prices, taste, touches
from features.columns.course import Course, Where
from features.columns.row import Block
from features.columns.taste import Taste, Words
from features.compiled import jit
from features.facts import Records
from features.scene import Scene
from features.table import PLACES, PRICES, TOUCHES, FeatureTable, Indices
from features.visit import Visit

Matrix: TypeAlias = npt.NDArray[np.float32]
_NUMBERS: Final = len(Course)
_TASTES: Final = len(Taste)


def matrix(table: FeatureTable, scene: Scene) -> Matrix:
    """Return shape (n, k): a row per candidate in the shop's order, a column per feature in the table's order.

    No candidates give no rows.
    """
    visit, candidates, context = scene
    blocks = np.empty((table.laid + len(table.asked), len(candidates)), np.float32)
    for row, compute in enumerate(table.asked, table.laid):
        blocks[row] = compute(scene)
    X = np.empty((len(candidates), len(table)), np.float32)
    said = Where.of(context), Words.of(context, table.categories)
    slots = np.array(list(table.categories.values()), np.int64)
    _lay(visit, candidates.rows, said, (slots, table.sources), (blocks, X))
    return X


@jit
def _lay(
    visit: Visit,
    rows: Records,
    said: tuple[Where, Words],
    table: tuple[Indices, Indices],
    out: tuple[Block, Matrix],
) -> None:
    """Lay a block after the other, each with what it takes of those before it."""
    where, words = said
    slots, sources = table
    blocks, X = out
    numbers = np.empty(_NUMBERS)
    touched = touches.lay(visit, rows, blocks[TOUCHES])
    course.lay(visit, touched, len(rows), where, numbers)
    prices.lay(rows, touches.touched_prices(visit, rows), visit.earlier, blocks[PRICES])
    places.lay(rows, visit.at, blocks[TOUCHES], numbers, blocks[PLACES])
    for k in range(len(slots)):
        start = PLACES.stop + k * _TASTES
        taste.lay(visit, rows, words, slots[k], blocks[start : start + _TASTES])
    _arrange(rows, blocks, numbers.astype(np.float32), sources, X)


@jit
def _arrange(
    rows: Records, blocks: Block, shared: npt.NDArray[np.float32], sources: Indices, X: Matrix
) -> None:
    first = X.shape[1] - len(sources)
    for i in range(len(rows)):
        X[i, :first] = rows[i]["standing"]
        for column in range(len(sources)):
            source = sources[column]
            X[i, first + column] = blocks[source, i] if source >= 0 else shared[~source]
