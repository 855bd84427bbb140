"""How the rows of a dataset were shown: at which index, on what kind of page, and with what chance where drawn."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

UNSAID: Final = "not said"
FARTHEST: Final = 99  # indexes from here on are one place: few are seen, and fewer clicked


@dataclass(frozen=True, slots=True)
class Shown:
    """L listings with `rows` candidates in all, as in the dataset that it belongs to."""

    index: npt.NDArray[np.int32]  # (rows,) 0-based place on the page
    propensity: npt.NDArray[np.float64]  # (rows,) chance among those left when it was drawn; NaN: not drawn
    device: npt.NDArray[np.str_]  # (L,)

    def at(self, rows: npt.NDArray[Any], listings: npt.NDArray[Any]) -> "Shown":
        """Return some of the rows and listings, chosen by numbers or by truth."""
        return Shown(self.index[rows], self.propensity[rows], self.device[listings])

    def drawn(self, group: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
        """Return which listings were drawn, (L,)."""
        first = np.cumsum(group) - group
        known: npt.NDArray[np.bool_] = (
            ~np.isnan(self.propensity[first]) if len(group) else np.zeros(0, np.bool_)
        )
        return known

    def position(self, page: tuple[str, ...], group: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        """Return a number for each page type, device and index, (rows,): what LightGBM calls a position.

        >>> one = Shown(np.array([1, 0], np.int32), np.full(2, np.nan), np.array(["mobile"]))
        >>> one.position(("category/shoes",), np.array([2], np.int32)).tolist()
        [1, 0]
        """
        kinds = np.array(
            [f"{p.partition('/')[0]}|{d}" for p, d in zip(page, self.device.tolist(), strict=True)]
        )
        _, kind = np.unique(kinds, return_inverse=True)
        place = np.minimum(self.index, FARTHEST) + (FARTHEST + 1) * np.repeat(kind, group)
        _, number = np.unique(place, return_inverse=True)
        return number.astype(np.int32)
