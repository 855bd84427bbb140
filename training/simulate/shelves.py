"""The simulated shop's own listings: what each page holds, best sellers first, as the shop believes them to be.

The shop knows nothing of the visitor. Its order is its belief about sales, a little different every day, as in a shop
that sorts by last week's numbers. Home mixes departments; a search page is `search/<words joined by dashes>`.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from training.simulate.assortment import BRANDS, COLORS, KINDS
from training.simulate.catalogue import Catalogue, Floats, Ints

PAGE_LENGTH: Final = 36
_DAY: Final = 86_400.0
_DAY_NOISE: Final = 0.3  # logits


class Shelves:
    """Listings by page and time; two calls for the same page on the same day agree."""

    def __init__(self, catalogue: Catalogue, seed: int) -> None:
        """`seed` draws each day's noise."""
        self._catalogue = catalogue
        self._seed = seed
        self._day = -1
        self._standing: Floats = catalogue.standing
        self._paths = np.array([KINDS[k].path for k in catalogue.kind])
        self._rows: dict[str, Ints] = {}  # by page; a few hundred pages at most can be asked for

    def listing(self, page: str, at: float) -> Ints:
        """Return the rows that a page shows at a time, in the shop's order, at most PAGE_LENGTH.

        Items not yet born are left out. Empty for a page that holds nothing.
        """
        if page not in self._rows:
            self._rows[page] = np.flatnonzero(self._held(page))
        rows = self._rows[page]
        rows = rows[self._catalogue.created_at[rows] <= at]
        order = np.argsort(-self._as_of(at)[rows], kind="stable")
        return rows[order][:PAGE_LENGTH]

    def _held(self, page: str) -> npt.NDArray[np.bool_]:
        """Return which rows belong to a page."""
        first, _, rest = page.partition("/")
        if first == "category":
            below: npt.NDArray[np.bool_] = np.char.startswith(self._paths, f"{rest}/")
            below |= self._paths == rest
            return below
        if first == "search":
            return self._found(rest)
        return np.ones(len(self._catalogue), dtype=np.bool_)

    def _found(self, words: str) -> npt.NDArray[np.bool_]:
        """Return which rows match every word: a colour, a brand, or (the rest) the name of a kind."""
        held = np.ones(len(self._catalogue), dtype=np.bool_)
        brands = [b.name.lower() for b in BRANDS]
        kind = []
        for word in words.split("-"):
            if word in COLORS:
                held &= self._catalogue.color == COLORS.index(word)
            elif word in brands:
                held &= self._catalogue.brand == brands.index(word)
            else:
                kind.append(word)
        if kind:
            held &= np.char.endswith(self._paths, "/" + "-".join(kind))
        return held

    def _as_of(self, at: float) -> Floats:
        """Return the day's standing of every row."""
        day = int(at // _DAY)
        if day != self._day:
            noise = np.random.default_rng((self._seed, day)).normal(0.0, _DAY_NOISE, len(self._catalogue))
            self._standing, self._day = self._catalogue.standing + noise, day
        return self._standing
