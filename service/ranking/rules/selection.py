"""Which items of a list a rule speaks of."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf, isnan, nan
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from features.candidates import Candidates
from features.compiled import jit
from features.facts import Records

Mask: TypeAlias = npt.NDArray[np.bool_]
Bounds: TypeAlias = npt.NDArray[np.float64]  # (5,) price from, to; stock; age from, to; NaN: not asked for
Codes: TypeAlias = npt.NDArray[np.uint16]  # (m, 2) of slots and codes
_ANYTHING: Final = (nan, nan)


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


@jit
def _passing(rows: Records, bounds: Bounds, codes: Codes, at: float) -> Mask:
    """Tell of each row whether it is within all bounds, and has a code in each slot that is asked for."""
    passing = np.empty(len(rows), np.bool_)
    cheapest, dearest, in_stock, newest, oldest = bounds
    for i in range(len(rows)):
        row = rows[i]
        passing[i] = (
            (isnan(in_stock) or row["in_stock"] == in_stock)
            and (isnan(cheapest) or cheapest <= row["price"] <= dearest)
            and (isnan(newest) or newest <= at - row["created_at"] <= oldest)
            and _is_coded(row["slots"], codes)
        )
    return passing


@jit
def _is_coded(slots: npt.NDArray[np.uint16], codes: Codes) -> bool:
    """Tell whether each slot that is asked for has one of its codes; those of a slot follow each other."""
    found = False
    for j in range(len(codes)):
        slot, code = codes[j]
        found |= slots[slot] == code
        if j == len(codes) - 1 or codes[j + 1, 0] != slot:
            if not found:
                return False
            found = False
    return True


@dataclass(frozen=True, slots=True)
class Selection:
    """Items that meet every condition given; without any condition, all items. What is not known meets none."""

    item_ids: frozenset[str] | None = None
    coded: tuple[Coded, ...] = ()
    measured: tuple[Measured, ...] = ()
    price: Between | None = None
    in_stock: bool | None = None
    age_seconds: Between | None = None
    _bounds: Bounds = field(init=False, repr=False, compare=False)
    _codes: Codes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        price = np.array(self.price or _ANYTHING, np.float32)  # as rows hold it
        in_stock = nan if self.in_stock is None else float(self.in_stock)
        bounds = np.array([*price, in_stock, *(self.age_seconds or _ANYTHING)])
        codes = [(slot, code) for slot, codes in self.coded for code in codes]
        object.__setattr__(self, "_bounds", bounds)
        object.__setattr__(self, "_codes", np.array(codes, np.uint16).reshape(-1, 2))

    @property
    def needs_facts(self) -> bool:
        """Whether ids alone do not tell."""
        return self != Selection(self.item_ids)

    def mask(self, listed: Listed) -> Mask:
        """Tell of each item whether it is selected, shape (n,), in the shop's order."""
        items = listed.candidates
        chosen: Mask = _passing(items.rows, self._bounds, self._codes, listed.at)
        if self.item_ids is not None:
            chosen &= np.array([item_id in self.item_ids for item_id in listed.item_ids], np.bool_)
        for slot, between in self.measured:
            chosen &= between.mask(np.ascontiguousarray(items.slots[:, slot]).view(np.float16))
        return chosen
