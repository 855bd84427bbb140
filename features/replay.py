"""The log walked in the order in which it was received, so that each moment sees what the service saw.

State is kept as the service keeps it and read through the same table, visit and columns: there is no offline twin.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

import numpy as np

from features.attributes import Attribute
from features.bounded import Tally
from features.candidates import Context, Listing
from features.facts import (
    IMPRESSION,
    INTERACTION,
    STATE_SECONDS,
    Event,
    KnownItem,
    Records,
    impressions_of,
    interactions_of,
)
from features.identity import hash64, session_hash
from features.increments import HOUR_SECONDS, PRIOR_RECORDS, SHOP, Increments, increments_of
from features.items import ItemRead, ItemTable, described
from features.scene import Scene
from features.statistics import counted, visible_hour
from features.visit import Visit, remembered_impressions, remembered_interactions

PRIOR_BYTES: Final = PRIOR_RECORDS * INTERACTION.itemsize  # of a visitor, that an event is counted with
_DAY_SECONDS: Final = 86_400.0
_FORGOTTEN_SECONDS: Final = STATE_SECONDS + 4 * _DAY_SECONDS  # facts may arrive three days late


class Visitor(NamedTuple):
    """Who looked, as the storefront names them; None where it did not."""

    visitor_id: str | None
    session_id: str | None


class Counting(Protocol):
    """Where the counts of items come from, hour by hour."""

    def take(self, event: Event, prior: bytes) -> None:
        """Take in an event, with its visitor's last interactions before it, packed."""
        ...

    def reach(self, hour: int) -> None:
        """Go on to an hour: what hours before it add counts from now on."""
        ...

    def records(self, items: Sequence[int]) -> Sequence[bytes | None]:
        """Return the statistics of items, by hash, as packed records; None where nothing was counted."""
        ...


class OwnCounts:
    """What the events that a replay takes in add themselves."""

    def __init__(self) -> None:
        self._events: list[tuple[Event, bytes]] = []  # of one hour
        self._tally = Tally()

    def take(self, event: Event, prior: bytes) -> None:
        """Keep an event until its hour is over."""
        self._events.append((event, prior))

    def upto(self, hour: int) -> Iterator[Increments]:  # noqa: ARG002 - all events are of an hour before
        """Yield what the hour adds that is over."""
        if self._events:
            yield increments_of(self._events, self._tally)
            self._events.clear()


class CountedHere:
    """The statistics of what is taken in, counted when an hour is over."""

    def __init__(self) -> None:
        self._own = OwnCounts()
        self._records: dict[int, bytes] = {}

    def take(self, event: Event, prior: bytes) -> None:
        """Take in an event."""
        self._own.take(event, prior)

    def reach(self, hour: int) -> None:
        """Count the hour that is over."""
        for increments in self._own.upto(hour):
            items = increments.items
            batch = int(increments.rows["hour"][0]) + 1 if len(items) else 0
            records = counted([self._records.get(item) for item in items], increments, batch)
            self._records.update(zip(items, records, strict=True))

    def records(self, items: Sequence[int]) -> list[bytes | None]:
        """Return what was counted."""
        return list(map(self._records.get, items))


class _Known(dict[str, KnownItem]):
    """Price and slots of items as the catalogue has them, once they were asked for."""

    def __init__(self, catalogue: Mapping[str, Mapping[str, Any]], attributes: tuple[Attribute, ...]) -> None:
        self._catalogue, self._attributes = catalogue, attributes

    def __missing__(self, item_id: str) -> KnownItem:
        found = self[item_id] = described(self._catalogue.get(item_id), self._attributes)
        return found


class Replay:
    """One shop's state as of the last fact taken in; facts come in the order of `received_at`.

    Visitors who did nothing for as long as anything is remembered are forgotten: memory is bounded by a month's
    visitors. `counting` may know the counts of events that are not taken in here; visitors are known from those alone.
    """

    def __init__(self, attributes: tuple[Attribute, ...], counting: Counting | None = None) -> None:
        self._table = ItemTable(attributes)
        self._catalogue: dict[str, Mapping[str, Any]] = {}
        self._known = _Known(self._catalogue, attributes)
        self._interactions: dict[str, bytes] = defaultdict(bytes)
        self._impressions: dict[str, bytes] = defaultdict(bytes)
        self._counting: Counting = counting or CountedHere()
        self._hour_end = 0.0
        self._reached = 0.0
        self._expected: dict[int, dict[str, None]] = {}  # items by the hour of the rankings that list them
        self._standing: set[str] = set()  # items whose catalogue entry is in their row

    def reach(self, received_at: float) -> None:
        """Go on to a moment of the log: what hours add that were over by then is counted."""
        if received_at >= self._hour_end:
            self._advance(int(received_at // HOUR_SECONDS))
            if received_at // _DAY_SECONDS > self._reached // _DAY_SECONDS:
                self._forget_visitors(received_at - _FORGOTTEN_SECONDS)
        self._reached = received_at

    def take_event(self, event: Event) -> None:
        """Take in what a visitor did."""
        self.reach(event["received_at"])
        visitor = event["visitor_id"]
        if visitor is None:
            self._counting.take(event, b"")
            return
        done = self._interactions.get(visitor, b"")
        self._counting.take(event, done[-PRIOR_BYTES:])
        if added := interactions_of(event, self._known.__getitem__):
            self._interactions[visitor] = remembered_interactions(done, added)
        if shown := impressions_of(event, self._known.__getitem__):
            self._impressions[visitor] = remembered_impressions(self._impressions[visitor], shown)

    def take_item(self, change: Mapping[str, Any]) -> None:
        """Take in what the shop said about an item."""
        item_id = change["item_id"]
        if change["deleted"]:
            self._catalogue.pop(item_id, None)
        else:
            self._catalogue[item_id] = change
        self._known.pop(item_id, None)
        self._standing.discard(item_id)
        self._table.forget([item_id])

    def expect(self, listings: Iterable[tuple[float, Iterable[str]]]) -> None:
        """Have the items of rankings to come, each with its moment, read an hour at a time: faster than in turn.

        What rankings see is the same: a row depends on the hour and on the item's changes, which have it read again.
        """
        expected: dict[int, dict[str, None]] = defaultdict(dict)
        for at, item_ids in listings:
            expected[visible_hour(at)].update(dict.fromkeys(item_ids))
        self._expected = expected

    def scene(self, listing: Listing, context: Context, visitor: Visitor, at: float) -> Scene:
        """Return what a ranking of `listing` at `at` sees.

        A moment of another hour than the log has reached has its rows read for itself: what it sees must not depend on
        which other rankings were there.
        """
        of_another_hour = visible_hour(at) != visible_hour(self._reached)
        if of_another_hour:
            self._table.forget(listing.item_ids)
            self._read(listing.item_ids, listing.item_ids, at)
        elif missing := self._table.missing(listing.item_ids, at, now=0.0):
            expected = self._expected.pop(visible_hour(at), {})
            absent = self._table.missing(list(dict.fromkeys(missing) | expected), at, now=0.0)
            self._read(absent, listing.item_ids, at)
        scene = self._scene(listing, context, visitor, at)
        if of_another_hour:
            self._table.forget(listing.item_ids)
        return scene

    def _scene(self, listing: Listing, context: Context, visitor: Visitor, at: float) -> Scene:
        visitor_id = visitor.visitor_id or ""
        done, shown = self._interactions.get(visitor_id), self._impressions.get(visitor_id)
        visit = Visit.of(done, shown, session_hash(visitor.session_id), at)
        return Scene(visit, self._table.candidates(listing), context)

    def _read(self, item_ids: Sequence[str], beside: Sequence[str], at: float) -> None:
        """Fill the rows of items beside others of a listing; where the catalogue entry stands, its statistics alone."""
        (shop,) = self._counting.records((SHOP,))
        known = [item_id for item_id in item_ids if item_id in self._standing]
        if known and self._table.holds(known):
            self._table.recount(known, self._counting.records, shop, at)
            item_ids = [item_id for item_id in item_ids if item_id not in self._standing]
        if item_ids:
            statistics = self._counting.records([hash64(item_id) for item_id in item_ids])
            catalogue = map(self._catalogue.get, item_ids)
            self._table.put(list(map(ItemRead, item_ids, catalogue, statistics)), shop, at, 0.0, beside)
            self._standing.update(item_ids)

    def _advance(self, hour: int) -> None:
        """Count what hours before `hour` add; nothing of an hour is visible before its close."""
        self._counting.reach(hour)
        self._hour_end = (hour + 1) * HOUR_SECONDS

    def _forget_visitors(self, before: float) -> None:
        """Forget who did nothing, and was shown nothing, since a moment: no ranking to come sees it."""
        for records, dtype in ((self._interactions, INTERACTION), (self._impressions, IMPRESSION)):
            gone = [who for who, packed in records.items() if _last_time(packed, dtype) < before]
            for who in gone:
                del records[who]


def _last_time(packed: bytes, dtype: "np.dtype[np.void]") -> float:
    last: Records = np.frombuffer(packed, dtype, 1, len(packed) - dtype.itemsize)
    return float(last["time"][0])
