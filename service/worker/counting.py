"""What facts add to the statistics of items, and to the trail of sessions."""

from collections.abc import Iterable
from typing import Final

from features.facts import Event
from features.increments import increments_of
from features.log.kind import Kind
from features.log.reader import Fact
from features.sessions.trail import Tracks
from features.statistics import counted
from features.store.protocol import WorkStore

_AT_ONCE: Final = 2_000  # records per round trip: 10 MB at the most


def count(store: WorkStore, shop: str, batch: int, events: Iterable[tuple[Event, bytes]]) -> None:
    """Count events, each with its visitor's interactions before it, under the number of their batch.

    The same batch may be counted again after a crash: a record that has it stays as it is.
    """
    for part in increments_of(events).parts(_AT_ONCE):
        items = part.items
        before = store.read_statistics(shop, items)
        after = counted([before[item] for item in items], part, batch)
        store.write_statistics(shop, batch, dict(zip(items, after, strict=True)))


def track(store: WorkStore, shop: str, batch: int, facts: Iterable[Fact]) -> None:
    """Append to the trail who looked at what, and what became of items, under the number of the batch, once."""
    tracks = Tracks()
    for kind, row in facts:
        if kind is Kind.EVENTS:
            tracks.event(row)
        elif kind is Kind.ITEMS:
            tracks.item(row)
    if trail := tracks.trail().to_bytes():
        store.extend_trail(shop, batch, trail)
