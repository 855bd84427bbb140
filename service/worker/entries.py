"""Facts as they stand in a stream, as rows of the log."""

import logging
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

import orjson

from features.log.reader import Fact
from features.log.schema import Kind, sequence_of
from features.store.protocol import Entry, Positions
from service.robots import is_declared

_LOG: Final = logging.getLogger(__name__)
COUNTED: Final = frozenset({"e", "i"})  # entries that state is projected from: events and items
_KINDS: Final = {
    "e": Kind.EVENTS,
    "x": Kind.EXPOSURES,
    "i": Kind.ITEMS,
    "s": Kind.SETTINGS,
    "p": Kind.PRIVACY,
}


Parts: TypeAlias = Sequence[Sequence[Entry]]


class Streamed(NamedTuple):
    """A fact of a stream, with the interactions of its visitor before it (events only)."""

    fact: Fact
    before: bytes


def streamed(parts: Iterable[Sequence[Entry]], only: Container[str] | None = None) -> list[Streamed]:
    """Return the facts of all partitions in the order in which they were stored; `only` those of some kinds of entry.

    One that is no JSON object of a known kind, which no version of ours writes, is left out with a warning.
    """
    wanted = (entry for part in parts for entry in part if only is None or entry.kind in only)
    found = [each for entry in wanted for each in _streamed(entry)]
    return sorted(found, key=lambda each: each.fact.row["sequence"])


def by_kind(facts: Iterable[Fact]) -> dict[Kind, list[dict[str, Any]]]:
    """Return the rows of each kind, in order."""
    grouped: dict[Kind, list[dict[str, Any]]] = defaultdict(list)
    for kind, row in facts:
        grouped[kind].append(row)
    return grouped


def ends(parts: Sequence[Sequence[Entry]], after: Positions) -> Positions:
    """Return the last position of each partition; where there is no entry, the position they were read from."""
    return tuple(part[-1].id if part else since for part, since in zip(parts, after, strict=True))


def _streamed(entry: Entry) -> Iterator[Streamed]:
    milliseconds, _, number = entry.id.partition(b"-")
    try:
        row = orjson.loads(entry.body)
        row["sequence"] = sequence_of(int(milliseconds), int(number))
        float(row["received_at"])
        if (user_agent := row.pop("user_agent", None)) is not None:
            row["automated"] = is_declared(user_agent)
        yield Streamed(Fact(_KINDS[entry.kind], row), entry.before or b"")
    except (orjson.JSONDecodeError, LookupError, TypeError) as error:
        _LOG.warning("left out entry %s of a stream, which is no fact: %r", entry.id.decode(), error)
