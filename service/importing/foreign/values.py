"""Values as other systems write them, as ours; what cannot be read stays, and is refused as such."""

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import orjson
from pydantic import ValidationError

from service.contract.identifiers import page_of
from service.importing.typed import number, whole

HOME: Final = "home"
_NOT_SAID: Final = ("", "(not set)", "(none)")


def table(value: object) -> dict[str, Any]:
    """Return an object, empty where there is none.

    >>> table({"a": 1}), table(None), table("a")
    ({'a': 1}, {}, {})
    """
    return value if isinstance(value, dict) else {}


def tables(value: object) -> list[dict[str, Any]]:
    """Return the objects of a list.

    >>> tables([{"a": 1}, "a"]), tables(None)
    ([{'a': 1}, {}], [])
    """
    return [table(each) for each in value] if isinstance(value, list) else []


def said(value: object) -> object:
    """Return a value, None for what stands for none.

    >>> said("(not set)"), said(""), said(0)
    (None, None, 0)
    """
    return None if isinstance(value, str) and value in _NOT_SAID else value


def word(value: object) -> object:
    """Return an id as text, whether it was written as text or as a number.

    >>> word(41), word("41"), word(41.0), word("(not set)"), word(None), word(True)
    ('41', '41', '41', None, None, True)
    """
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else said(value)


def amount(value: object) -> object:
    """Return a number, also one written as text.

    >>> amount("18.99"), amount(19), amount("cheap"), amount("(not set)")
    (18.99, 19, 'cheap', None)
    """
    known = said(value)
    return number(known) if isinstance(known, str) else known


def count(value: object) -> object:
    """Return a whole number, also one written as text or with a point.

    >>> count("3"), count(3.0), count("third"), count(None)
    (3, 3, 'third', None)
    """
    known = said(value)
    if isinstance(known, float) and known.is_integer():
        return int(known)
    return whole(known) if isinstance(known, str) else known


def seconds(value: object, unit: float) -> object:
    """Return Unix seconds from a count of units, `unit` of them a second, or from what is written as a date.

    >>> seconds("1599391467000", 1e3), seconds(1599391467000000, 1e6), seconds("2022-06-22T11:21:39Z", 1e3)
    (1599391467.0, 1599391467.0, '2022-06-22T11:21:39Z')
    """
    known = amount(value)
    return known / unit if isinstance(known, int | float) and not isinstance(known, bool) else known


def page(address: object) -> str | None:
    """Return the page of an address: its path, `home` for none; None where the path cannot be a page.

    >>> page("https://shop.example/shoes/boots/?size=42"), page("https://shop.example/"), page("/caf%C3%A9")
    ('shoes/boots', 'home', 'café')
    >>> page("/../a"), page(None)
    (None, None)
    """
    return _page(address) if isinstance(address, str) and address else None


@lru_cache(4_096)
def _page(address: str) -> str | None:
    try:
        parts = [part.strip() for part in unquote(urlsplit(address).path).split("/")]
        return page_of("/".join(part for part in parts if part) or HOME)
    except (ValidationError, ValueError):
        return None


def identity(parts: Iterable[object]) -> str:
    """Return an id for a record that has none: the same for the same parts, 128 bits.

    >>> identity(["v-81", 3]) == identity(["v-81", 3]), len(identity([]))
    (True, 32)
    """
    return hashlib.blake2b(orjson.dumps(list(parts), default=str), digest_size=16).hexdigest()
