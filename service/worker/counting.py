"""What events add to the statistics of items."""

from collections.abc import Iterable
from typing import Final

from features.facts import Event
from features.increments import increments_of
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
