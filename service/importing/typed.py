"""Text of a CSV file as the values that it stands for; what stands for none stays text, and is refused as such."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from features.attributes import Attribute, Kind

Convert: TypeAlias = Callable[[str], object]
ATTRIBUTE_PREFIX: Final = "attributes."
_TRUE: Final = frozenset({"true", "1", "yes", "y", "t"})
_FALSE: Final = frozenset({"false", "0", "no", "n", "f"})


def number(text: str) -> object:
    """Return the number that a text is, else the text.

    >>> number("79.90"), number("1e3"), number("2026-11-22T17:00:00Z"), number("nan")
    (79.9, 1000.0, '2026-11-22T17:00:00Z', 'nan')
    """
    try:
        value = float(text)
    except ValueError:
        return text
    return value if abs(value) < float("inf") else text


def whole(text: str) -> object:
    """Return the whole number that a text is, also written as 3.0, else the text.

    >>> whole("3"), whole("3.0"), whole("3.5")
    (3, 3, '3.5')
    """
    value = number(text)
    return int(value) if isinstance(value, float) and value.is_integer() else text


def truth(text: str) -> object:
    """Return what a text says to be true or false, else the text.

    >>> truth("TRUE"), truth("0"), truth("perhaps")
    (True, False, 'perhaps')
    """
    word = text.strip().lower()
    return True if word in _TRUE else False if word in _FALSE else text


_EVENT: Final[Mapping[str, Convert]] = {"time": number, "value": number, "consent": truth}
_EVENT_ITEM: Final[Mapping[str, Convert]] = {"index": whole, "price": number, "quantity": number}
_ITEM: Final[Mapping[str, Convert]] = {
    "time": number,
    "price": number,
    "in_stock": truth,
    "created_at": number,
}


def typed_event(said: object) -> object:
    """Return an event of text values as one of typed values; anything else as it is."""
    if not isinstance(said, dict):
        return said
    event = _converted(said, _EVENT)
    if isinstance(items := event.get("items"), list):
        event["items"] = [_converted(item, _EVENT_ITEM) for item in items]
    return event


def typed_item(said: object, attributes: tuple[Attribute, ...]) -> object:
    """Return a catalogue row of text values as typed values, columns `attributes.NAME` as its attributes.

    Several values of an attribute stand in one field, between bars: `38|39`.
    """
    if not isinstance(said, dict):
        return said
    kinds = {attribute.name: attribute.kind for attribute in attributes}
    item = _converted({n: v for n, v in said.items() if not n.startswith(ATTRIBUTE_PREFIX)}, _ITEM)
    values = {
        name: _attribute(text, kinds.get(name))
        for column, text in said.items()
        if column.startswith(ATTRIBUTE_PREFIX) and (name := column.removeprefix(ATTRIBUTE_PREFIX))
    }
    return item | {"attributes": values} if values else item


def _attribute(text: object, kind: Kind | None) -> object:
    if not isinstance(text, str):
        return text
    if kind in (Kind.NUMERIC, Kind.TIME):
        return number(text)
    return text.split("|") if kind is Kind.MULTI or "|" in text else text


def _converted(said: Mapping[str, Any], converters: Mapping[str, Convert]) -> dict[str, Any]:
    return {
        name: converters[name](value) if name in converters and isinstance(value, str) else value
        for name, value in said.items()
    }
