"""What a shop holds in Redis, by name: for checks, never for serving."""

from typing import NamedTuple

from features.identity import PARTITIONS
from features.store.exchange import Exchange
from features.store.keys import tag


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
        for page in exchange.scan(f"{prefix}[vscn]:*"):
            for key in page:
                kind, _, name = key.decode().removeprefix(prefix).partition(":")
                found[kind].add(name)
    statistics = frozenset(int(name, 16) for name in found["n"])
    return Census(frozenset(found["v"] | found["s"]), frozenset(found["c"]), statistics)
