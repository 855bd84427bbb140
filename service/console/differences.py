"""What a change of a setting changed, told line by line, without the hashes that a setting may hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

import orjson

from service.models.promotion import MODEL_SETTING
from service.pages.history import Change, change_of
from service.people import PEOPLE_PREFIX
from service.shops import SHOP_SETTING

_SECRET: Final = frozenset({"sha256", "password", "epoch"})
_TOLD_HERE: Final = (PEOPLE_PREFIX, SHOP_SETTING, MODEL_SETTING)  # beside what `service.pages.history` tells
_MARK_BYTES: Final = 3
_UNTOLD: Final = frozenset({"created_at", "window"})  # times that the change itself has


@dataclass(frozen=True, slots=True)
class Line:
    """One value that is another now; None where there was or is none."""

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """A change and its lines."""

    change: Change
    lines: tuple[Line, ...]


def told(fact: bytes) -> Told:
    """Read a fact of a change."""
    found = change_of(fact)
    before, after = found.before, found.after
    if found.name.startswith(_TOLD_HERE):
        said = orjson.loads(fact)
        before, after = said["before"], said["after"]
    return Told(found, lines_between(_values(before), _values(after)))


def lines_between(before: object, after: object) -> tuple[Line, ...]:
    """Return what differs between two JSON values, by path, in the order of the newer one.

    >>> lines_between({"state": "off", "holdout": 0.1}, {"state": "test", "holdout": 0.1})
    (Line(path='state', before='off', after='test'),)
    >>> lines_between(None, {"on": True})
    (Line(path='on', before=None, after='true'),)
    >>> lines_between({"rules": [{"id": "a", "factor": 2}]}, {"rules": []})
    (Line(path='rules.a.factor', before='2', after=None),)
    """
    old, new = _flat("", before), _flat("", after)
    paths = [*new, *(path for path in old if path not in new)]
    lines = (Line(path, old.get(path), new.get(path)) for path in paths)
    return tuple(line for line in lines if line.before != line.after)


def _values(text: bytes | str | None) -> object:
    return None if text is None else orjson.loads(text)


def _flat(path: str, value: object) -> dict[str, str]:
    """Return the leaves of a value by path; a list of things with ids by id."""
    match value:
        case None:
            return {}
        case dict():
            return _leaves(path, value)
        case list() if _with_ids(value):
            return _leaves(path, {str(one["id"]): _without_id(one) for one in _with_ids(value)})
        case list():
            return {path: ", ".join(_written(one) for one in value)} if value else {}
        case _:
            return {path: _written(value)}


def _leaves(path: str, value: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, one in value.items():
        if name in _UNTOLD:
            continue
        at = f"{path}.{name}" if path else name
        found |= {at: _mark(str(one))} if name in _SECRET else _flat(at, one)
    return found


def _with_ids(things: list[Any]) -> list[dict[str, Any]]:
    return [one for one in things if isinstance(one, dict) and "id" in one]


def _without_id(one: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in one.items() if name != "id"}


def _written(value: object) -> str:
    match value:
        case str():
            return value
        case {"kind": kind, "sha256": sha256}:
            return f"{kind}_…{str(sha256)[:8]}"
        case _:
            return orjson.dumps(value).decode()


def _mark(secret: str) -> str:
    """Return what tells one secret from another, and nothing of it."""
    return "…" + blake2b(secret.encode(), digest_size=_MARK_BYTES).hexdigest()
