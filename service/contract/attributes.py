"""Values of the attributes that a shop declares, checked against the declaration."""

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Annotated, Any, Final, TypeAlias

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from features.attributes import Attribute, Kind
from service.contract.verdicts import FieldError

_WORD_LENGTH: Final = 200
_LARGEST: Final = 1e15
_VALUES: Final = 100
_SCALAR: Final = {
    "anyOf": [{"type": "string", "maxLength": _WORD_LENGTH}, {"type": "number"}, {"type": "boolean"}]
}


def _attribute_value(value: object) -> object:
    """Let text, numbers, booleans and short lists of them through, and None for a value that is not known."""
    if value is None:
        return None
    scalars = value if isinstance(value, list) else [value]
    if len(scalars) > _VALUES:
        raise PydanticCustomError("too_long", "Attribute should have at most 100 values")
    for scalar in scalars:
        _check_scalar(scalar)
    return value


def _check_scalar(scalar: object) -> None:
    if isinstance(scalar, str):
        if len(scalar) > _WORD_LENGTH:
            raise PydanticCustomError("too_long", "Attribute should have at most 200 characters")
    elif not isinstance(scalar, int | float):  # booleans are ints
        raise PydanticCustomError(
            "value_type", "Attribute should be text, a number, true, false or a list of them"
        )
    elif not isfinite(scalar):
        raise PydanticCustomError("finite_number", "Input should be a finite number")
    elif abs(scalar) > _LARGEST:
        raise PydanticCustomError("less_than_equal", "Input should be at most 1e15 from 0")


_Value: TypeAlias = Annotated[
    Any,
    BeforeValidator(_attribute_value),
    WithJsonSchema(
        {
            "anyOf": [
                *_SCALAR["anyOf"],
                {"type": "array", "items": _SCALAR, "maxItems": _VALUES},
                {"type": "null"},
            ]
        }
    ),
]
AttributeValues: TypeAlias = Annotated[
    dict[Annotated[str, Field(min_length=1, max_length=64)], _Value],
    Field(
        max_length=64,
        description="Values by attribute name; those the shop declares are checked against their kind.",
    ),
]
_NUMBERS: Final = (Kind.NUMERIC, Kind.TIME)


def wrong_attributes(values: Mapping[str, Any] | None, attributes: Iterable[Attribute]) -> list[FieldError]:
    """Return an error for each declared attribute whose value is not of its kind.

    Attributes that the shop does not declare are kept as they are; they may be declared later.

    >>> size = Attribute("size", Kind.NUMERIC)
    >>> [e.message for e in wrong_attributes({"size": "XL"}, [size])]
    ['Attribute is declared numeric: a number']
    """
    errors = []
    for attribute in attributes:
        value = (values or {}).get(attribute.name)
        if value is None:
            continue
        if attribute.kind in _NUMBERS and (isinstance(value, bool) or not isinstance(value, int | float)):
            message = f"Attribute is declared {attribute.kind}: a number"
        elif attribute.kind is Kind.CATEGORICAL and isinstance(value, list):
            message = "Attribute is declared categorical: one value"
        else:
            continue
        errors.append(FieldError(f"attributes.{attribute.name}", "wrong_type", message))
    return errors
