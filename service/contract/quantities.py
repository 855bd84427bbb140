"""Times, money and counts, bounded so that no sum or float32 column can overflow."""

from datetime import datetime
from typing import Annotated, Final, TypeAlias

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

LAST_TIME: Final = 32_503_680_000.0  # the year 3000; larger numbers are milliseconds by mistake
LARGEST_PRICE: Final = 1e12
LARGEST_QUANTITY: Final = 1e6
LARGEST_INDEX: Final = 1_000_000


def seconds_of(value: object) -> object:
    """Return the Unix seconds of an RFC 3339 time; anything but text passes through.

    >>> seconds_of("2026-11-22T17:00:00.5Z"), seconds_of(12.0)
    (1795366800.5, 12.0)
    """
    if not isinstance(value, str):
        return value
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("time", "Input should be Unix seconds or an RFC 3339 time") from None
    if moment.tzinfo is None:
        raise PydanticCustomError("time", "Time should name its zone, such as 2026-11-22T17:00:00Z")
    return moment.timestamp()


Time: TypeAlias = Annotated[
    float,
    Field(ge=0, le=LAST_TIME, allow_inf_nan=False),
    BeforeValidator(seconds_of),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 0, "maximum": LAST_TIME},
                {"type": "string", "format": "date-time"},
            ],
            "description": "Unix seconds, or RFC 3339.",
        }
    ),
]
Price: TypeAlias = Annotated[float, Field(ge=0, le=LARGEST_PRICE, allow_inf_nan=False)]
Quantity: TypeAlias = Annotated[float, Field(ge=0, le=LARGEST_QUANTITY, allow_inf_nan=False)]
Index: TypeAlias = Annotated[int, Field(ge=0, le=LARGEST_INDEX, description="0-based place in the list.")]
Currency: TypeAlias = Annotated[str, Field(pattern="^[A-Z]{3}$", description="ISO 4217.", examples=["EUR"])]
