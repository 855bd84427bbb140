"""Which items of a list a rule speaks of."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from features.candidates import Candidates

Mask: TypeAlias = npt.NDArray[np.bool_]


class Listed(NamedTuple):
    """n items in the shop's order, as of a moment (Unix seconds)."""

    item_ids: Sequence[str]
    candidates: Candidates
    at: float


class Between(NamedTuple):
    """Numbers from `least` to `most`, both among them."""

    least: float = -inf
    most: float = inf

    def mask(self, numbers: npt.NDArray[np.floating]) -> Mask:
        """Tell of each number whether it is one; NaN, a number that nobody knows, is none."""
        return np.asarray((numbers >= self.least) & (numbers <= self.most))


class Coded(NamedTuple):
    """A categorical attribute with one of some values: its slot, and their codes."""

    slot: int
    codes: tuple[int, ...]


class Measured(NamedTuple):
    """A numeric attribute in a range: its slot, which holds a half-precision number."""

    slot: int
    between: Between


@dataclass(frozen=True, slots=True)
class Selection:
    """Items that meet every condition given; without any condition, all items. What is not known meets none."""

    item_ids: frozenset[str] | None = None
    coded: tuple[Coded, ...] = ()
    measured: tuple[Measured, ...] = ()
    price: Between | None = None
    in_stock: bool | None = None
    age_seconds: Between | None = None

    @property
    def needs_facts(self) -> bool:
        """Whether ids alone do not tell."""
        return self != Selection(self.item_ids)

    def mask(self, listed: Listed) -> Mask:
        """Tell of each item whether it is selected, shape (n,), in the shop's order."""
        items, chosen = listed.candidates, np.ones(len(listed.item_ids), np.bool_)
        if self.item_ids is not None:
            chosen &= np.array([item_id in self.item_ids for item_id in listed.item_ids], np.bool_)
        for slot, codes in self.coded:
            chosen &= (items.slots[:, slot, None] == np.array(codes, np.uint16)).any(axis=1)
        for slot, between in self.measured:
            chosen &= between.mask(np.ascontiguousarray(items.slots[:, slot]).view(np.float16))
        if self.price is not None:
            chosen &= self.price.mask(items.price)
        if self.in_stock is not None:
            chosen &= items.in_stock == self.in_stock
        if self.age_seconds is not None:
            chosen &= self.age_seconds.mask(listed.at - items.created_at)
        return chosen
