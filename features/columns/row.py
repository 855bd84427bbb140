"""What columns are laid as: compiled code fills the rows of a block for all candidates of a listing at once."""

from enum import IntEnum
from typing import Final, Self, TypeAlias

import numpy as np
import numpy.typing as npt

Column: TypeAlias = npt.NDArray[np.float32]  # (n,) a number per candidate
Block: TypeAlias = npt.NDArray[np.float32]  # (rows, n)
NEVER: Final = -1.0  # trees split on it cleanly; 0 would mean "this very second" or "the last one"


class Row(IntEnum):
    """The rows of a block, in order. One that the model sees is a column of its name; the text says what it is."""

    meaning: str

    def __new__(cls, meaning: str) -> Self:
        """Number the rows as they are listed."""
        row = int.__new__(cls, len(cls.__members__))
        row._value_ = len(cls.__members__)
        row.meaning = meaning
        return row
