"""The log walked in the order in which it was received, so that each moment sees what the service saw.

State is kept as the service keeps it and read through the same table, visit and columns: there is no offline twin.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from features.attributes import Attribute
from features.bounded import Tally
from features.candidates import Context, Listing
from features.facts import INTERACTION, Event, KnownItem, impressions_of, interactions_of
from features.identity import hash64, session_hash
from features.increments import HOUR_SECONDS, PRIOR_RECORDS, SHOP, increments_of
from features.items import ItemRead, ItemTable, described
from features.scene import Scene
from features.statistics import counted
from features.visit import Visit, remembered_impressions, remembered_interactions

_PRIOR_BYTES: Final = PRIOR_RECORDS * INTERACTION.itemsize


class Visitor(NamedTuple):
    """Who looked, as the storefront names them; None where it did not."""

    visitor_id: str | None
    session_id: str | None


class Replay:
    """One shop's state as of the last fact taken in; facts come in the order of `received_at`."""

    def __init__(self, attributes: tuple[Attribute, ...]) -> None:
        self._table = ItemTable(attributes)
        self._catalogue: dict[str, Mapping[str, Any]] = {}
        self._known: dict[str, KnownItem] = {}
        self._interactions: dict[str, bytes] = defaultdict(bytes)
        self._impressions: dict[str, bytes] = defaultdict(bytes)
        self._statistics: dict[int, bytes] = {}
        self._tally = Tally()
        self._hour_end = 0.0
        self._counted: list[
            tuple[Event, bytes]
        ] = []  # events of the hour under way, which no ranking sees yet
        self._expected: Iterable[str] = ()

    def take_event(self, event: Event) -> None:
        """Take in what a visitor did."""
        if event["received_at"] >= self._hour_end:
            self._advance(event["received_at"])
        visitor = event["visitor_id"]
        if visitor is None:
            self._counted.append((event, b""))
            return
        done = self._interactions[visitor]
        self._counted.append((event, done[-_PRIOR_BYTES:]))
        if added := interactions_of(event, self._know):
            self._interactions[visitor] = remembered_interactions(done, added)
        if shown := impressions_of(event, self._know):
            self._impressions[visitor] = remembered_impressions(self._impressions[visitor], shown)

    def take_item(self, change: Mapping[str, Any]) -> None:
        """Take in what the shop said about an item."""
        item_id = change["item_id"]
        if change["deleted"]:
            self._catalogue.pop(item_id, None)
        else:
            self._catalogue[item_id] = change
        self._known.pop(item_id, None)
        self._table.forget([item_id])

    def expect(self, item_ids: Iterable[str]) -> None:
        """Have the rows of these items read together with the next that are missing, which is faster than in turn.

        What rankings see is the same: a row depends on the hour and on the item's changes, which have it read again.
        """
        self._expected = item_ids

    def scene(self, listing: Listing, context: Context, visitor: Visitor, at: float) -> Scene:
        """Return what a ranking of `listing` at `at` sees."""
        if at >= self._hour_end:
            self._advance(at)
        self._read(listing.item_ids, at)
        visitor_id = visitor.visitor_id or ""
        done, shown = self._interactions.get(visitor_id), self._impressions.get(visitor_id)
        visit = Visit.of(done, shown, session_hash(visitor.session_id), at)
        return Scene(visit, self._table.candidates(listing), context)

    def _know(self, item_id: str) -> KnownItem:
        if (known := self._known.get(item_id)) is None:
            known = self._known[item_id] = described(self._catalogue.get(item_id), self._table.attributes)
        return known

    def _read(self, item_ids: Sequence[str], at: float) -> None:
        if not (missing := self._table.missing(item_ids, at, now=0.0)):
            return
        missing = self._table.missing(list(dict.fromkeys((*missing, *self._expected))), at, now=0.0)
        self._expected = ()
        read = [ItemRead(i, self._catalogue.get(i), self._statistics.get(hash64(i))) for i in missing]
        self._table.put(read, self._statistics.get(SHOP), at, now=0.0)

    def _advance(self, now: float) -> None:
        """Count the events of an hour that is over; none of them is visible before its close."""
        hour = int(now // HOUR_SECONDS)
        increments = increments_of(self._counted, self._tally)
        items = increments.items
        records = counted([self._statistics.get(item) for item in items], increments, hour)
        self._statistics.update(zip(items, records, strict=True))
        self._counted.clear()
        self._hour_end = (hour + 1) * HOUR_SECONDS
