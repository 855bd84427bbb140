"""Where the items of a list stand, found by their hash."""

from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from features.compiled import jit

Places: TypeAlias = npt.NDArray[np.int64]
Hashes: TypeAlias = npt.NDArray[np.uint64]
AnyPlaces: TypeAlias = npt.NDArray[np.int32] | Places
FREE: Final = -1


class Index(NamedTuple):
    """Items and the place of each, in open addressing: a power of two of slots, FREE where there is none."""

    items: Hashes
    places: Places


@jit
def index_of(items: Hashes) -> Index:
    """Return the index of a list; of equal items the last place stands.

    The items are hashes already: their low bits spread.
    """
    size = 4
    while size < 2 * len(items):
        size *= 2
    index = Index(items, np.full(size, FREE, np.int64))
    for place in range(len(items)):
        index.places[slot_of(items, index.places, items[place])] = place
    return index


@jit
def find(index: Index, item: int | np.uint64) -> int:
    """Return the place of an item; FREE where it is none of them."""
    return int(index.places[slot_of(index.items, index.places, item)])


@jit
def slot_of(items: Hashes, places: AnyPlaces, item: int | np.uint64) -> int:
    """Return the slot of an item's place, or the free one where it belongs; `places` as of Index."""
    last = np.uint64(len(places) - 1)
    slot = np.uint64(item) & last
    while places[slot] != FREE and items[places[slot]] != item:
        slot = (slot + np.uint64(1)) & last
    return int(slot)
