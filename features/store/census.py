"""What a shop holds in Redis, by name: for checks, never for serving."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from features.identity import PARTITIONS
from features.store.exchange import Exchange
from features.store.keys import tag

_AT_ONCE: Final = 1_000


class Census(NamedTuple):
    """Visitors by id, catalogue rows by item id, statistics by the item's hash."""

    visitors: frozenset[str]
    items: frozenset[str]
    statistics: frozenset[int]


def census(exchange: Exchange, shop: str) -> Census:
    """Walk over the keys of a shop. It walks over those of the whole server, so on a shared one it takes its time."""
    found = {kind: set[str]() for kind in "vscn"}
    for partition in range(PARTITIONS):
        prefix = f"{tag(shop, partition)}:"
        for key in _keys(exchange, f"{prefix}[vscn]:*"):
            kind, _, name = key.removeprefix(prefix).partition(":")
            found[kind].add(name)
    statistics = frozenset(int(name, 16) for name in found["n"])
    return Census(frozenset(found["v"] | found["s"]), frozenset(found["c"]), statistics)


def _keys(exchange: Exchange, pattern: str) -> Iterator[str]:
    cursor = b"0"
    while True:
        ((cursor, keys),) = exchange.run([("SCAN", cursor, "MATCH", pattern, "COUNT", _AT_ONCE)])
        yield from (key.decode() for key in keys)
        if cursor == b"0":
            return
