"""What is counted while a shop's log goes by, once, in memory that its length does not decide.

Kept are counters by name, day and hour, the ids of the items (as many as the shop sells), and the visitors of a day.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from features.columnar import column, in_shops_order, item_ids
from features.readiness.following import Following

AHEAD_SECONDS: Final = 300.0  # a clock may be that much ahead
INTERACTIONS: Final = frozenset({"select_item", "view_item", "add_to_cart", "purchase"})
MOST_ITEMS: Final = 5_000_000  # ids remembered of each kind
_DAY, _HOUR = 86_400, 3_600


@dataclass(slots=True)
class Items:
    """Which items events and catalogue name."""

    catalogue: dict[str, bool] = field(default_factory=dict)  # id -> whether it has a price
    named: dict[str, int] = field(
        default_factory=dict
    )  # id -> the day since 1970 on which an event first named it
    first_named: Counter[int] = field(default_factory=Counter)  # items, by that day
    mentions: Counter[int] = field(default_factory=Counter)  # of items in events, by day
    known_mentions: Counter[int] = field(default_factory=Counter)  # … of items that an earlier day named
    uncatalogued: int = 0  # mentions of items that the catalogue did not hold then


@dataclass(slots=True)
class Observed:
    """What went by; `now` (Unix seconds) is when it is looked at."""

    now: float = float("inf")
    events: Counter[str] = field(default_factory=Counter)  # by name
    kinds: Counter[str] = field(default_factory=Counter)
    without_visitor: int = 0
    without_session: int = 0
    shown: int = 0  # items of listings
    unpriced: int = 0  # … that the event gave no price
    nowhere_priced: int = 0  # … nor the catalogue at the time
    single: int = 0  # listings of fewer than two items
    automated: int = 0  # rankings for browsers that say that no person drives them
    with_rows: int = 0  # rankings that logged the rows they were served with
    ahead: int = 0  # events later than their arrival, or than now
    first: float = float("inf")  # Unix seconds, of events
    last: float = float("-inf")
    hours: Counter[int] = field(default_factory=Counter)  # events by hour since 1970
    items: Items = field(default_factory=Items)
    following: Following = field(default_factory=Following)

    def take(self, kind: str, row: Mapping[str, Any]) -> None:
        """Take in one fact of the log; facts come in the order of `received_at`."""
        self.kinds[kind] += 1
        if kind == "events":
            self._take_event(row)
        elif kind == "items":
            self._take_item(row)
        elif kind == "exposures":
            self._take_exposure(row)

    def _take_exposure(self, row: Mapping[str, Any]) -> None:
        self.automated += row.get("automated") is True
        self.with_rows += row.get("served") is not None
        if not row.get("recommends"):
            self.following.show({**row, "items": in_shops_order(row["items"])}, row["ranking_id"])

    def _take_item(self, row: Mapping[str, Any]) -> None:
        if row["deleted"]:
            self.items.catalogue.pop(row["item_id"], None)
        elif len(self.items.catalogue) < MOST_ITEMS:
            self.items.catalogue[row["item_id"]] = row["price"] is not None

    def _take_event(self, event: Mapping[str, Any]) -> None:
        name, time = event["name"], event["time"]
        self.events[name] += 1
        self.without_visitor += event["visitor_id"] is None
        self.without_session += event["session_id"] is None
        if time > min(event["received_at"], self.now) + AHEAD_SECONDS:
            self.ahead += 1
            return  # it would stretch the time that the log spans
        self.first, self.last = min(self.first, time), max(self.last, time)
        self.hours[int(time // _HOUR)] += 1
        self._mention(event)
        if name == "view_item_list":
            self._take_listing(event)
        elif name in INTERACTIONS:
            self.following.click(event)

    def _take_listing(self, event: Mapping[str, Any]) -> None:
        items, catalogue = event["items"] or (), self.items.catalogue
        unpriced, prices = item_ids(items), column(items, "price")
        if prices is not None:
            unpriced = [item_id for item_id, price in zip(unpriced, prices, strict=True) if price is None]
        self.shown += len(items)
        self.unpriced += len(unpriced)
        self.nowhere_priced += len(unpriced) - sum(map(bool, map(catalogue.get, unpriced)))
        self.single += len(items) < 2  # noqa: PLR2004 - a list of one has one order
        self.following.show(event, event["ranking_id"] or event["event_id"])

    def _mention(self, event: Mapping[str, Any]) -> None:
        items, day = self.items, int(event["time"] // _DAY)
        ids = item_ids(event["items"])
        items.mentions[day] += len(ids)
        items.uncatalogued += len(ids) - sum(map(items.catalogue.__contains__, ids))
        firsts = list(map(items.named.get, ids))
        known = [first for first in firsts if first is not None]
        items.known_mentions[day] += sum([first < day for first in known])
        for item_id in ids if len(known) < len(ids) else ():
            if item_id not in items.named and len(items.named) < MOST_ITEMS:
                items.named[item_id] = day
                items.first_named[day] += 1
