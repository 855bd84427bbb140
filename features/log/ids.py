"""Which ids were met already, in eight bytes each."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from features.identity import hash64

SMALL: Final = 50_000  # below it, merging costs nothing


class SeenIds:
    """A growing set of ids, as 64-bit hashes: a sorted array, and a small set of the latest."""

    def __init__(self) -> None:
        self._sorted: npt.NDArray[np.uint64] = np.zeros(0, np.uint64)
        self._latest: set[int] = set()

    def add(self, ids: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Add ids and return, for each, whether it was new; of the same id twice, the first is.

        >>> SeenIds().add(["a", "b", "a"]).tolist()
        [True, True, False]
        """
        new = self.lacks(ids)
        for place, each in enumerate(map(hash64, ids)):
            if new[place]:
                new[place] = each not in self._latest  # the same id may stand earlier in `ids`
                self._latest.add(each)
        if len(self._latest) > max(SMALL, len(self._sorted) // 8):
            latest = np.fromiter(self._latest, np.uint64, len(self._latest))
            self._sorted = np.sort(np.concatenate([self._sorted, latest]))
            self._latest.clear()
        return new

    def lacks(self, ids: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Return for each id whether it was never added."""
        hashes = [hash64(each) for each in ids]
        latest = np.fromiter((each in self._latest for each in hashes), np.bool_, len(hashes))
        return ~(latest | self._in_sorted(np.array(hashes, np.uint64)))

    def _in_sorted(self, hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
        places = np.searchsorted(self._sorted, hashes)
        inside = places < len(self._sorted)
        found = np.zeros(len(hashes), np.bool_)
        found[inside] = self._sorted[places[inside]] == hashes[inside]
        return found
