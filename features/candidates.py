"""The items a page is about to show, as columns in the shop's order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from features.facts import Records


@dataclass(frozen=True, slots=True)
class Listing:
    """Item ids in the shop's order, with what the call itself says about each (None: nothing)."""

    item_ids: Sequence[str]
    said: Sequence[Mapping[str, Any] | None]

    @classmethod
    def of(cls, items: Sequence[Mapping[str, Any]]) -> "Listing":
        """Make a listing of items that may each state price, stock, category, brand or attributes."""
        return cls([item["item_id"] for item in items], items)


@dataclass(frozen=True, slots=True)
class Context:
    """Where and how the listing is looked at; what is not said is None."""

    page: str
    device: str | None = None
    country: str | None = None
    search_term: str | None = None
    filters: Sequence[str] = field(default=())

    @property
    def page_type(self) -> str:
        """The first part of the page's path."""
        return self.page.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Candidates:
    """n items as of one moment: what a process knows of them, and over that what the call says."""

    rows: Records  # (n,) of features.items.ROW
    item: npt.NDArray[np.uint64]  # (n,) hashes

    def __len__(self) -> int:
        return len(self.item)

    @property
    def price(self) -> npt.NDArray[np.float32]:
        """Shape (n,), the shop's currency; NaN where nobody stated it."""
        return self.rows["price"].copy()

    @property
    def slots(self) -> npt.NDArray[np.uint16]:
        """Shape (n, SLOTS): the declared attributes."""
        return self.rows["slots"]
