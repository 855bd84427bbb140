"""What a shop declares about its items, as six 16-bit slots that travel with each interaction.

A categorical attribute takes one slot (a hashed code), a multi-valued one two (a set of 32 hashed values),
a numeric one a half-precision number, a time one the days since 1970. Columns follow from the declaration.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np

from features.identity import hash64

SLOTS: Final = 6  # what fits an interaction of 40 bytes, so that 200 of them stay below 8 KiB
NO_CODE: Final = 0  # a categorical or time slot that holds nothing
_HALF_NAN: Final = 0x7E00  # a numeric slot that holds nothing
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


def code(value: object) -> int:
    """Return the 16-bit code of a categorical value, case and outer blanks ignored; never NO_CODE.

    >>> code("Red") == code(" red "), code("red") == code("blue")
    (True, False)
    """
    return (hash64(str(value).strip().lower()) & 0xFFFF) or 1


def value_bits(values: object) -> int:
    """Return a multi-valued attribute as a set of 32 hashed bits; a single value is a set of one."""
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
    slots: list[int] = []
    fields = item or {}
    extra = fields.get("attributes") or {}
    for attribute in attributes:
        field = _CATALOGUE_FIELD.get(attribute.name, attribute.name)
        value = extra.get(attribute.name, fields.get(field))
        slots.extend(_encode(value, attribute.kind))
    return (*slots, *(0,) * (SLOTS - len(slots)))


def _encode(value: object, kind: Kind) -> tuple[int, ...]:
    match kind:
        case Kind.CATEGORICAL:
            return (NO_CODE if value is None else code(value),)
        case Kind.MULTI:
            bits = 0 if value is None else value_bits(value)
            return (bits & 0xFFFF, bits >> 16)
        case Kind.NUMERIC:
            return (int(np.float16(number).view(np.uint16)) if (number := _number(value)) is not None else _HALF_NAN,)
        case Kind.TIME:
            number = _number(value)
            return (NO_CODE if number is None else min(max(int(number / _DAY), 1), 0xFFFF),)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if np.isfinite(value) else None
