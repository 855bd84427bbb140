"""What facts add to the statistics of items, and to the trail of sessions."""

from collections.abc import Sequence
from typing import Final

from features.bounded import Tally
from features.increments import increments_of
from features.log.kind import Kind
from features.sessions.trail import Tracks
from features.statistics import counted
from features.store.protocol import WorkStore
from service.worker.entries import Streamed

_AT_ONCE: Final = 2_000  # records per round trip: 10 MB at the most


def count(store: WorkStore, shop: str, batch: int, facts: Sequence[Streamed], tally: Tally) -> None:
    """Count facts under the number of their batch: in the statistics of items, and in the trail of who looked at what.

    The same batch may be counted again after a crash: a record that has it stays as it is. `tally` says what one
    visitor does too often to count.
    """
    events = [each for each in facts if each.fact.kind is Kind.EVENTS]
    increments = increments_of(((each.fact.row, each.before) for each in events), tally)
    for part in increments.parts(_AT_ONCE):
        items = part.items
        before = store.read_statistics(shop, items)
        after = counted([before[item] for item in items], part, batch)
        store.write_statistics(shop, batch, dict(zip(items, after, strict=True)))
    refused = {id(events[place]) for place in increments.refused}
    _track(store, shop, batch, [each for each in facts if id(each) not in refused])


def _track(store: WorkStore, shop: str, batch: int, facts: Sequence[Streamed]) -> None:
    """Append to the trail, once."""
    tracks = Tracks()
    for (kind, row), _ in facts:
        if kind is Kind.EVENTS:
            tracks.event(row)
        elif kind is Kind.ITEMS:
            tracks.item(row)
    if trail := tracks.trail().to_bytes():
        store.extend_trail(shop, batch, trail)
