"""What events add to the statistics of items."""

from collections.abc import Iterable
from itertools import islice
from typing import Final

from features.facts import Event
from features.statistics import Statistics, increments_of
from features.store.protocol import WorkStore

_AT_ONCE: Final = 2_000  # records per round trip: 10 MB at the most


def count(store: WorkStore, shop: str, batch: int, events: Iterable[tuple[Event, bytes]]) -> None:
    """Count events, each with its visitor's interactions before it, under the number of their batch.

    The same batch may be counted again after a crash: a record that has it stays as it is.
    """
    increments = increments_of(events)
    items = iter(increments)
    while some := list(islice(items, _AT_ONCE)):
        before = store.read_statistics(shop, some)
        after = {
            item: Statistics.from_bytes(before[item]).with_increments(increments[item], batch)
            for item in some
        }
        store.write_statistics(shop, batch, {item: s.to_bytes() for item, s in after.items()})
