"""The walk over a log that makes listings of it: what each ranking would have seen, and what followed.

A listing is a `view_item_list` event, with its items in the shop's order; or, where Balad ranked, the exposure that the
event names by `ranking_id`: then the rows are those of the ranking as served, of the items that the event shows.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import orjson

from features.attributes import Attribute
from features.candidates import Context, Listing
from features.columnar import Rows, column, in_shops_order, indexes, item_ids
from features.facts import Event
from features.identity import hash64, session_hash
from features.log.reader import Fact
from features.log.schema import Kind
from features.matrix import Matrix, matrix
from features.replay import Counting, Replay, Visitor
from features.table import FeatureTable, feature_table
from training.shown import UNSAID

CLICK_SECONDS: Final = 30 * 60.0
ORDER_SECONDS: Final = 24 * 3600.0
NONE, CLICK, CART, PURCHASE = range(4)
_LATE_SECONDS: Final = 72 * 3600.0  # how late a fact may arrive
_SETTLED_SECONDS: Final = ORDER_SECONDS + _LATE_SECONDS  # after it nothing follows a listing any more
_FACTS_AT_ONCE: Final = 1_000  # whose items are read together

Keep = Callable[[Matrix], None]
AsShown = tuple[npt.NDArray[np.int32], npt.NDArray[np.float64] | None]  # index and propensity, (n,)


@dataclass(slots=True, eq=False)
class Seen:
    """A listing of n candidates put before a visitor; its rows are kept elsewhere, in the order of the listings."""

    received_at: float
    sequence: int
    key: str
    time: float
    session: int
    page: str
    visitor_id: str
    item: npt.NDArray[np.uint64]  # (n,) hashes, in the shop's order
    seen: npt.NDArray[np.bool_]  # (n,)
    index: npt.NDArray[
        np.int32
    ]  # (n,) 0-based place on the page; of the shop's order where Balad ranked nothing
    propensity: (
        npt.NDArray[np.float64] | None
    )  # (n,) chance among those left when it was drawn; None: not drawn
    device: str
    label: npt.NDArray[np.int8] = field(init=False)  # (n,)

    def __post_init__(self) -> None:
        self.label = np.zeros(len(self.item), np.int8)

    def row_of(self, item: int) -> int | None:
        """Return where an item stands, the last place of one that stands twice; None where it does not."""
        rows = (self.item == np.uint64(item)).nonzero()[0]
        return int(rows[-1]) if len(rows) else None


class Labelling:
    """Walks a log; `keep` is given the rows of each listing, and `settled` yields the listings, in one order.

    A listing is settled when nothing can follow it any more: memory is bounded by the listings of a few days.
    """

    def __init__(
        self, attributes: tuple[Attribute, ...], keep: Keep, counting: Counting | None = None
    ) -> None:
        self.table: FeatureTable = feature_table(attributes)
        self._keep_rows = keep
        self._open: deque[Seen] = deque()
        self._replay = Replay(attributes, counting)
        self._ranked: dict[str, Seen] = {}
        self._recent: dict[str, list[Seen]] = defaultdict(list)
        self._reached = 0.0

    def expect(self, facts: Iterable[Fact]) -> None:
        """Prepare for facts that will be taken in next."""
        listed = (fact.row for fact in facts if _is_listing(fact))
        self._replay.expect((row["time"], item_ids(row["items"])) for row in listed)

    def take(self, fact: Fact) -> None:
        """Take in one fact of the log; facts come in the order of `received_at`."""
        self._reached = fact.row["received_at"]
        match fact.kind:
            case Kind.EVENTS:
                self._replay.reach(self._reached)
                if fact.row["name"] == "view_item_list":
                    self._seen_listing(fact.row)
                elif (label := label_of(fact.row)) != NONE:
                    self._follow(fact.row, label)
                self._replay.take_event(fact.row)
            case Kind.EXPOSURES:
                self._replay.reach(self._reached)
                self._ranked_listing(fact.row)
            case Kind.ITEMS:
                self._replay.take_item(fact.row)

    def settled(self, *, all_of_them: bool = False) -> Iterator[Seen]:
        """Yield, and let go of, the oldest listings that nothing can follow any more; at the end of a log, all."""
        before = float("inf") if all_of_them else self._reached - _SETTLED_SECONDS
        while self._open and self._open[0].received_at < before:
            seen = self._open.popleft()
            self._ranked.pop(seen.key, None)
            recent = self._recent.get(seen.visitor_id, [])
            if seen in recent:
                recent.remove(seen)
            if not recent:
                self._recent.pop(seen.visitor_id, None)
            yield seen

    def _seen_listing(self, event: Event) -> None:
        if event["visitor_id"] is None or not event["items"]:
            return
        if ranked := self._ranked.get(event["ranking_id"] or ""):
            rows = [ranked.row_of(hash64(item_id)) for item_id in item_ids(event["items"])]
            ranked.seen[[row for row in rows if row is not None]] = True
            return
        if event["ranking_id"] is not None:
            return  # ranked, but its exposure is not in the log: the shop's own order is not known
        listing = _listed(event["items"])
        as_shown = np.arange(len(listing.item_ids), dtype=np.int32), None
        seen = self._show(event, listing, Context(event["page"] or ""), event["event_id"], as_shown)
        seen.seen[:] = True

    def _ranked_listing(self, exposure: Mapping[str, Any]) -> None:
        if exposure["visitor_id"] is None or exposure.get("recommends"):
            return  # a recommendation has no order of the shop's to learn from
        listing, context = listing_of(exposure), context_of(exposure)
        seen = self._show(exposure, listing, context, exposure["ranking_id"], shown_as(exposure))
        self._ranked[seen.key] = seen

    def _show(
        self, fact: Mapping[str, Any], listing: Listing, context: Context, key: str, as_shown: AsShown
    ) -> Seen:
        """Keep a listing, with what a ranking of it saw."""
        visitor = Visitor(fact["visitor_id"], fact["session_id"])
        scene = self._replay.scene(listing, context, visitor, fact["time"])
        self._keep_rows(matrix(self.table, scene))
        seen = Seen(
            fact["received_at"],
            fact.get("sequence") or 0,
            key,
            fact["time"],
            session_hash(f"{fact['visitor_id']} {fact['session_id']}"),
            context.page,
            fact["visitor_id"],
            scene.candidates.item,
            np.zeros(len(listing.item_ids), np.bool_),
            *as_shown,
            context.device or UNSAID,
        )
        recent = self._recent[seen.visitor_id]
        recent[:] = [s for s in recent if s.time >= seen.time - ORDER_SECONDS]
        recent.append(seen)
        self._open.append(seen)
        return seen

    def _follow(self, event: Event, label: int) -> None:
        """Label the listing that the event names, or the visitor's latest one that holds the item."""
        recent = self._recent.get(event["visitor_id"] or "")
        if recent is None:
            return
        within = ORDER_SECONDS if label == PURCHASE else CLICK_SECONDS
        for hashed in map(hash64, item_ids(event["items"])):
            for seen in reversed(recent):
                row = seen.row_of(hashed) if event["ranking_id"] in (None, seen.key) else None
                if row is not None and 0.0 <= event["time"] - seen.time <= within:
                    seen.label[row] = max(seen.label[row], label)
                    break


def walk(labelling: Labelling, facts: Iterable[Fact]) -> Iterator[Seen]:
    """Take in a whole log and yield its listings, in the order in which their rows were kept."""
    rest = iter(facts)
    while some := list(islice(rest, _FACTS_AT_ONCE)):
        labelling.expect(some)
        for fact in some:
            labelling.take(fact)
        yield from labelling.settled()
    yield from labelling.settled(all_of_them=True)


def label_of(event: Event) -> int:
    """Return what an event says about its items' worth; a closer look (`detail`) is no click."""
    match event["name"]:
        case "purchase":
            return PURCHASE
        case "add_to_cart":
            return CART
        case "select_item":
            return CLICK
        case "view_item" if event["detail"] is None:
            return CLICK
        case _:
            return NONE


def listing_of(exposure: Mapping[str, Any]) -> Listing:
    """Return the listing that a ranking was asked for, in the shop's order, with what the call said."""
    ids, said = item_ids(in_shops_order(exposure["items"])), exposure["said"]
    return Listing(ids, [None] * len(ids) if said is None else orjson.loads(said))


def shown_as(exposure: Mapping[str, Any]) -> AsShown:
    """Return where each item of a ranking stood, and with what chance it was drawn (None: it was sorted).

    What the limit cut off stands behind all. Where the merchant's rules changed a drawn list, the chance of what was
    shown is not known: it counts as sorted.
    """
    items = in_shops_order(exposure["items"])
    last = len(items)
    said = column(items, "index") or [None] * last
    index = np.array([last if place is None else place for place in said], np.int32)
    chances = None if exposure.get("rules") else exposure.get("propensity")
    return index, None if chances is None else np.array(chances, np.float64)


def context_of(exposure: Mapping[str, Any]) -> Context:
    """Return where and how a ranked listing was looked at."""
    said = exposure["context"] or {}
    return Context(
        exposure["page"],
        said.get("device"),
        said.get("country"),
        said.get("search_term"),
        said.get("filters") or (),
    )


def _is_listing(fact: Fact) -> bool:
    return fact.kind == Kind.EXPOSURES or (fact.kind == Kind.EVENTS and fact.row["name"] == "view_item_list")


def _listed(items: Rows) -> Listing:
    """Return what a listing showed, in shown order, each item once, at its first place; it says prices and no more."""
    ids, places = item_ids(items), indexes(items)
    prices = column(items, "price")
    said = [None] * len(ids) if prices is None else [None if p is None else {"price": p} for p in prices]
    if places == sorted(places) and len(set(ids)) == len(ids):
        return Listing(ids, said)
    first: dict[str, Mapping[str, Any] | None] = {}
    for place in sorted(range(len(ids)), key=places.__getitem__):
        first.setdefault(ids[place], said[place])
    return Listing(list(first), list(first.values()))
