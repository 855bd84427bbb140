"""What a shop declares about its items, as six 16-bit slots that travel with each interaction.

A categorical attribute takes one slot (a hashed code), a multi-valued one two (a set of 32 hashed values),
a numeric one a half-precision number, a time one the days since 1970. Columns follow from the declaration.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import isfinite
from struct import pack, unpack
from typing import Any, Final, TypeAlias

import numpy as np

from features.identity import hash64

SLOTS: Final = 6  # what fits an interaction of 40 bytes, so that 200 of them stay below 8 KiB
NO_CODE: Final = 0  # a categorical or time slot that holds nothing
_HALF_NAN: Final = 0x7E00  # a numeric slot that holds nothing
_HALF_LARGEST: Final = 65_504.0  # what half precision can say; larger numbers are this
_DAY: Final = 86_400.0


class Kind(StrEnum):
    """How an attribute's values compare."""

    CATEGORICAL = "categorical"
    MULTI = "multi"
    NUMERIC = "numeric"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One declared attribute: `category` and `brand` read the catalogue's own fields."""

    name: str
    kind: Kind

    @property
    def width(self) -> int:
        """Slots that it takes."""
        return 2 if self.kind is Kind.MULTI else 1


DEFAULT: Final = (Attribute("category", Kind.CATEGORICAL), Attribute("brand", Kind.CATEGORICAL))
_CATALOGUE_FIELD: Final = {"category": "item_category", "brand": "item_brand", "name": "item_name"}


def declared(texts: Iterable[str]) -> tuple[Attribute, ...]:
    """Read declarations such as `color:categorical`.

    Raises ValueError, with what to write instead, on an unknown kind, a name given twice or too many slots.

    >>> [a.kind.value for a in declared(["color:categorical", "sizes:multi"])]
    ['categorical', 'multi']
    """
    attributes = []
    for text in texts:
        name, colon, kind = text.rpartition(":")
        if not colon or not name or kind not in set(Kind):
            message = f"attribute {text!r}: write NAME:KIND with KIND one of {', '.join(Kind)}"
            raise ValueError(message)
        attributes.append(Attribute(name, Kind(kind)))
    if len({a.name for a in attributes}) < len(attributes):
        message = "each attribute is declared once"
        raise ValueError(message)
    if (wide := sum(a.width for a in attributes)) > SLOTS:
        message = f"attributes take {wide} slots (a multi-valued one two); at most {SLOTS} fit"
        raise ValueError(message)
    return tuple(attributes)


def offsets(attributes: tuple[Attribute, ...]) -> tuple[int, ...]:
    """Return the first slot of each attribute."""
    ends = np.cumsum([0, *(a.width for a in attributes)])
    return tuple(int(e) for e in ends[:-1])


@lru_cache(4096)
def code(value: str) -> int:
    """Return the 16-bit code of a categorical value, case and outer blanks ignored; never NO_CODE.

    Of 300 values two share a code with probability one half, of 30 with 0.7 %: such values are one to the model.

    >>> code("Red") == code(" red "), code("red") == code("blue")
    (True, False)
    """
    return (hash64(value.strip().lower()) & 0xFFFF) or 1


def value_bits(values: object) -> int:
    """Return a multi-valued attribute as a set of 32 hashed bits; a single value is a set of one.

    >>> value_bits(["S", "m"]) == value_bits("s") | value_bits("M"), value_bits([])
    (True, 0)
    """
    bits = 0
    for value in values if isinstance(values, list | tuple | set) else [values]:
        bits |= 1 << (hash64(str(value).strip().lower()) & 31)
    return bits


def slots_of(item: Mapping[str, Any] | None, attributes: tuple[Attribute, ...]) -> tuple[int, ...]:
    """Return an item's SLOTS slots, from catalogue fields and `attributes`.

    What is absent, or not of the declared kind, takes the kind's empty value.

    >>> slots_of(None, DEFAULT)
    (0, 0, 0, 0, 0, 0)
    """
    fields = item or {}
    extra = fields.get("attributes") or {}
    slots: list[int] = []
    for attribute in attributes:
        name = attribute.name
        value = extra.get(name)
        if value is None:
            value = fields.get(_CATALOGUE_FIELD.get(name, name))
        slots.extend(_ENCODERS[attribute.kind](value))
    slots.extend(_UNUSED[len(slots) :])
    return tuple(slots)


def _category(value: object) -> tuple[int, ...]:
    return (NO_CODE if value is None else code(str(value)),)


def _set(value: object) -> tuple[int, ...]:
    bits = 0 if value is None else value_bits(value)
    return bits & 0xFFFF, bits >> 16


def _half(value: object) -> tuple[int, ...]:
    if (number := _number(value)) is None:
        return (_HALF_NAN,)
    return (unpack("<H", pack("<e", min(max(number, -_HALF_LARGEST), _HALF_LARGEST)))[0],)


def _day(value: object) -> tuple[int, ...]:
    number = _number(value)
    return (NO_CODE if number is None else min(max(int(number / _DAY), 1), 0xFFFF),)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return None
    return float(value)


_Encode: TypeAlias = Callable[[object], tuple[int, ...]]
_UNUSED: Final = (0,) * SLOTS
_ENCODERS: Final[Mapping[Kind, _Encode]] = {
    Kind.CATEGORICAL: _category,
    Kind.MULTI: _set,
    Kind.NUMERIC: _half,
    Kind.TIME: _day,
}
