"""Where Redis and the log differ. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

import orjson

from features.facts import STATE_SECONDS
from features.store.census import Census
from features.store.keys import STATISTICS_LIFE_SECONDS, subject_of
from service.verifying.log import Logged
from service.worker.history import row_of

SHOWN: Final = 3  # names that a difference gives as examples
_LEEWAY_SECONDS: Final = 86_400.0  # a key may be gone that much before its life ends, or there after


class Difference(NamedTuple):
    """One kind of difference: what it is, how many, and some of them by name."""

    what: str
    number: int
    examples: list[str]


class Held(NamedTuple):
    """What Redis holds of a shop."""

    census: Census
    catalogue: Mapping[str, bytes | None]
    settings: Mapping[str, bytes]
    marks: frozenset[bytes]  # who is erased or objects
    erased: frozenset[bytes]  # who the log should not hold any more


def differences(log: Logged, held: Held, began: float) -> list[Difference]:
    """Compare; `log` holds what waits in the streams too. Facts from `began` (Unix seconds) on may be missing."""
    found = [
        *(_of(f"{kind}: in the log more than once", [""] * doubled) for kind, doubled in log.doubled.items()),
        _of("files of the log that cannot be read", log.unreadable),
        *_visitors(log, held, began),
        *_items(log, held, began),
        _of("settings that are not what the log's last change says", _settings(log, held)),
    ]
    return [difference for difference in found if difference.number]


def _visitors(log: Logged, held: Held, began: float) -> Iterable[Difference]:
    lives = began - STATE_SECONDS + _LEEWAY_SECONDS
    expected = {v for v, at in log.visitors.items() if lives < at < began and subject_of(v) not in held.marks}
    marked = {v for v in held.census.visitors if subject_of(v) in held.marks}
    yield _of("visitors of the log without state", expected - held.census.visitors)
    yield _of("visitors with state that the log does not know", held.census.visitors - log.visitors.keys())
    yield _of("visitors with state although they are erased or object", marked)
    erased = {v for v in log.visitors.keys() | log.shown_to if subject_of(v) in held.erased}
    yield _of("visitors in the log although they are erased", erased)


def _items(log: Logged, held: Held, began: float) -> Iterable[Difference]:
    last = {
        i: None if row["deleted"] else row_of(row) for i, row in log.catalogue.items() if _was(row, began)
    }
    stands = {i: None if (row := held.catalogue.get(i)) is None else orjson.loads(row) for i in last}
    yield _of("items that are not what the log's last change says", [i for i in last if last[i] != stands[i]])
    yield _of("items in the catalogue that the log does not know", held.census.items - log.catalogue.keys())
    lives = began - STATISTICS_LIFE_SECONDS + _LEEWAY_SECONDS
    counted = {item for item, at in log.counted.items() if lives < at < began}
    missing = counted - held.census.statistics
    yield _of("items with events but no statistics", [f"{item:016x}" for item in missing])


def _was(row: Mapping[str, Any], began: float) -> bool:
    return bool(row["received_at"] < began)


def _settings(log: Logged, held: Held) -> list[str]:
    stands = {name: value.decode() for name, value in held.settings.items()}
    return [name for name, after in log.settings.items() if stands.get(name) != after]


def _of(what: str, names: Iterable[str]) -> Difference:
    ordered = sorted(names)
    return Difference(what, len(ordered), [name for name in ordered[:SHOWN] if name])
