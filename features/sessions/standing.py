"""What the catalogue and the newest looks say of items: which may be suggested at all, and which to anybody."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from features.sessions.arena import Codes, Moments
from features.sessions.trail import GONE, OFFERED, SOLD_OUT, Trail, is_touch

RECENT: Final = 100_000  # the newest looks, by which an item is popular
_PAGES_KEPT: Final = 10_000
Marks = npt.NDArray[np.int8]
_MARKS: Final = np.zeros(4, np.int8)
_MARKS[OFFERED], _MARKS[SOLD_OUT], _MARKS[GONE] = 1, -1, -2


class Offers(NamedTuple):
    """Of each item: 1 where the catalogue offers it, -1 sold out, -2 gone, 0 never said; and since when."""

    offered: Marks
    since: Moments  # Unix seconds; 0 where it was not said


class Standing:
    """The offers, and the newest looks with their pages."""

    def __init__(self, items: int) -> None:
        self.arrays = Offers(np.zeros(items, np.int8), np.zeros(items))
        self._pages: dict[str, int] = {}
        self._looked = np.zeros((2, RECENT), np.int32)  # item, page
        self._count = 0
        self._known: dict[tuple[str, int], list[int]] = {}

    def take(self, part: Trail, items: Codes) -> None:
        """Take in rows; `items` are their codes."""
        rows = part.rows
        touched = is_touch(rows)
        said = ~touched  # of an item that is said twice the last counts
        self.arrays.offered[items[said]] = _MARKS[rows["what"][said]]
        self.arrays.since[items[said]] = rows["time"][said]
        self._look(items[touched], self._page_codes(part.pages)[rows["page"][touched]])
        self._known.clear()

    def fillers(self, page: str, most: int) -> list[int]:
        """Return the codes of what suits anybody: popular on this page or above it, popular at all, new."""
        if (known := self._known.get((page, most))) is None:
            parts = [page[:end] for end in range(len(page), 0, -1) if end == len(page) or page[end] == "/"]
            here: Iterable[int] = chain.from_iterable(self._popular(part, most) for part in parts)
            ordered = chain(here, self._popular(None, most), self._newest(most))
            known = self._known[page, most] = list(dict.fromkeys(ordered))[: 2 * most]
        return known

    def grown(self, items: int) -> "Standing":
        """Return the same with room for more items."""
        return self.chosen(np.arange(len(self.arrays.offered)), items)

    def chosen(self, kept: npt.NDArray[np.int64], items: int) -> "Standing":
        """Return what is known of some items alone, under the codes 0, 1, …, with room for `items`."""
        new = Standing(items)
        new.arrays.offered[: len(kept)] = self.arrays.offered[kept]
        new.arrays.since[: len(kept)] = self.arrays.since[kept]
        code = np.full(len(self.arrays.offered), -1, np.int32)
        code[kept] = np.arange(len(kept))
        item, page = self._newest_looks()
        still = code[item] >= 0
        new._pages = self._pages
        new._look(code[item][still], page[still])
        return new

    def _look(self, items: Codes, pages: Codes) -> None:
        places = (self._count + np.arange(len(items))) % RECENT
        self._looked[0, places], self._looked[1, places] = items, pages
        self._count += len(items)

    def _newest_looks(self) -> tuple[Codes, Codes]:
        """Return items and pages of the newest looks, the oldest first."""
        if self._count <= RECENT:
            item, page = self._looked[:, : self._count]
            return item, page
        item, page = np.roll(self._looked, -(self._count % RECENT), axis=1)
        return item, page

    def _page_codes(self, pages: Sequence[str]) -> Codes:
        if len(self._pages) > _PAGES_KEPT:
            self._pages.clear()
            self._looked[1] = -1
        return np.array([self._pages.setdefault(p, len(self._pages)) for p in pages], np.int32)

    def _popular(self, page: str | None, most: int) -> list[int]:
        """Return the items looked at most, on a page and below it, or (None) anywhere; none where there is no look."""
        item, at = self._looked[:, : min(self._count, RECENT)]
        if page is not None:
            below = [
                code for name, code in self._pages.items() if name == page or name.startswith(f"{page}/")
            ]
            item = item[np.isin(at, below)]
        counts = np.bincount(item)
        return _largest(counts, most) if len(counts) else []

    def _newest(self, most: int) -> list[int]:
        return _largest(np.where(self.arrays.offered > 0, self.arrays.since, 0.0), most)


def _largest(values: npt.NDArray[np.float64] | npt.NDArray[np.int64], most: int) -> list[int]:
    """Return the indices of the largest values above 0, the largest first, ties by index."""
    some = np.nonzero(values > 0)[0]
    if len(some) > 4 * most:
        least = np.partition(values[some], len(some) - most)[len(some) - most]
        some = some[values[some] >= least]
    order: list[int] = some[np.argsort(-values[some], kind="stable")][:most].tolist()
    return order
