"""The numbers that stand for items in a session index, found by the hash of the item's id.

A dict of Python's numbers takes 130 bytes an item, and each web process holds one; this takes 24 and less.
"""

import sys
from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from features.compiled import jit
from features.index import FREE, slot_of

Hashes: TypeAlias = npt.NDArray[np.uint64]
Places: TypeAlias = npt.NDArray[np.int32]
_FIRST: Final = 1024


class ItemCodes:
    """Codes 0, 1, … in the order in which items came; read without a lock while one thread adds.

    >>> codes = ItemCodes()
    >>> codes.add("B7", 42), codes.add("A1", 7), codes.get(42), codes.get(8)
    (0, 1, 0, None)
    >>> codes.all([7, 8])
    [1, -1]
    """

    def __init__(self) -> None:
        self.item_ids: list[str] = []
        self._table = (np.zeros(_FIRST, np.uint64), np.full(2 * _FIRST, FREE, np.int32))

    def __len__(self) -> int:
        return len(self.item_ids)

    def get(self, hashed: int) -> int | None:
        """Return the code of an item; None where there is none."""
        hashes, places = self._table
        code = _code_at(hashes, places, np.uint64(hashed))
        return None if code == FREE else code

    def all(self, hashed: Sequence[int]) -> list[int]:
        """Return the code of each item, FREE where there is none."""
        found = np.empty(len(hashed), np.int32)
        _find_all(*self._table, np.array(hashed, np.uint64), found)
        codes: list[int] = found.tolist()
        return codes

    def known(self, hashed: Sequence[int]) -> list[int]:
        """Return the codes of those items that have one, in order.

        >>> codes = ItemCodes()
        >>> codes.add("B7", 42), codes.known([8, 42])
        (0, [0])
        """
        return [code for code in self.all(hashed) if code != FREE] if hashed else []

    def add(self, item_id: str, hashed: int) -> int:
        """Give a new item the next code."""
        code = len(self.item_ids)
        if code == len(self._table[0]):
            self._grow()
        self.item_ids.append(sys.intern(item_id))  # the item table has the same texts
        _put(*self._table, np.uint64(hashed), code)
        return code

    def _grow(self) -> None:
        before = self._table[0]
        hashes, places = np.zeros(2 * len(before), np.uint64), np.full(4 * len(before), FREE, np.int32)
        _put_all(hashes, places, before)
        self._table = hashes, places


@jit
def _code_at(hashes: Hashes, places: Places, hashed: np.uint64) -> int:
    return int(places[slot_of(hashes, places, hashed)])


@jit
def _find_all(hashes: Hashes, places: Places, hashed: Hashes, found: Places) -> None:
    for row in range(len(hashed)):
        found[row] = places[slot_of(hashes, places, hashed[row])]


@jit
def _put(hashes: Hashes, places: Places, hashed: np.uint64, code: int) -> None:
    place = slot_of(hashes, places, hashed)
    hashes[code] = hashed
    places[place] = code


@jit
def _put_all(hashes: Hashes, places: Places, before: Hashes) -> None:
    for code in range(len(before)):
        _put(hashes, places, before[code], code)
