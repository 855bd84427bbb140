"""From the log to rows that a ranker learns from: one group per listing that was seen, labelled by what followed.

A listing is a `view_item_list` event, with its items in the shop's order; or, where Balad ranked, the exposure that the
event names by `ranking_id`: then the rows are those of the ranking as served, of the items that the event shows.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from operator import itemgetter
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import orjson

from features.attributes import Attribute
from features.candidates import Context, Listing
from features.facts import Event
from features.identity import hash64, session_hash
from features.log.reader import Fact
from features.log.schema import Kind
from features.matrix import matrix
from features.objectives import GAINS, USUAL, Objective
from features.replay import Replay, Visitor
from features.table import FeatureTable, feature_table
from training.objectives import Objectives, objective_of

CLICK_SECONDS: Final = 30 * 60.0
ORDER_SECONDS: Final = 24 * 3600.0
NONE, CLICK, CART, PURCHASE = range(4)
_FACTS_AT_ONCE: Final = 2_000  # whose items are read together


@dataclass(frozen=True, slots=True)
class Dataset:
    """L listings with `rows` candidates in all; a listing's rows stand together, in the shop's order."""

    X: npt.NDArray[np.float32]  # (rows, k)
    label: npt.NDArray[np.int8]  # (rows,) 0 none, 1 click, 2 cart, 3 purchase
    shop_index: npt.NDArray[np.int32]  # (rows,) place in the shop's order
    tie: npt.NDArray[np.uint64]  # (rows,) hash of (listing, item): an order that knows nothing
    group: npt.NDArray[np.int32]  # (L,) candidates of each listing
    session: npt.NDArray[np.uint32]  # (L,)
    time: npt.NDArray[np.float64]  # (L,) Unix seconds
    page: tuple[str, ...]  # (L,)
    names: tuple[str, ...]  # (k,)
    table_hash: str
    objective: tuple[Objective, ...] = ()  # (L,) of each listing's page; empty: the usual one of all

    def __len__(self) -> int:
        return len(self.group)

    def listings(self, chosen: npt.NDArray[np.bool_]) -> "Dataset":
        """Return the listings where `chosen`, shape (L,), is true."""
        rows = np.repeat(chosen, self.group)
        return Dataset(
            self.X[rows],
            self.label[rows],
            self.shop_index[rows],
            self.tie[rows],
            self.group[chosen],
            self.session[chosen],
            self.time[chosen],
            tuple(p for p, c in zip(self.page, chosen.tolist(), strict=True) if c),
            self.names,
            self.table_hash,
            tuple(o for o, c in zip(self.objective, chosen.tolist(), strict=True) if c)
            if self.objective
            else (),
        )

    @property
    def gain(self) -> npt.NDArray[np.float64]:
        """What each row is worth, shape (rows,), by its label and the objective of its listing's page."""
        if not self.objective:
            return np.asarray(GAINS[USUAL])[self.label]
        gains = np.array([GAINS[objective] for objective in self.objective]).reshape(-1, len(GAINS[USUAL]))
        worth: npt.NDArray[np.float64] = np.repeat(gains, self.group, axis=0)[
            np.arange(len(self.label)), self.label
        ]
        return worth


@dataclass(slots=True)
class _Seen:
    """A listing put before a visitor, waiting for what follows."""

    key: str
    time: float
    session: int
    page: str
    item_ids: Sequence[str]
    item: npt.NDArray[np.uint64]  # hashes
    X: npt.NDArray[np.float32]
    seen: npt.NDArray[np.bool_]
    label: npt.NDArray[np.int8] = field(init=False)
    row: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.label = np.zeros(len(self.item_ids), np.int8)
        self.row = {item: i for i, item in enumerate(self.item_ids)}

    def of_seen(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return what belongs to the items that were seen."""
        return values if self.seen.all() else values[self.seen]


class Labelling:
    """Walks a log and keeps each listing's rows and labels."""

    def __init__(self, attributes: tuple[Attribute, ...]) -> None:
        self.table: FeatureTable = feature_table(attributes)
        self.listings: list[_Seen] = []
        self._replay = Replay(attributes)
        self._ranked: dict[str, _Seen] = {}
        self._recent: dict[str, list[_Seen]] = defaultdict(list)

    def expect(self, facts: Iterable[Fact]) -> None:
        """Prepare for facts that will be taken in next."""
        listed = (fact.row["items"] or () for fact in facts if _is_listing(fact))
        self._replay.expect(item["item_id"] for items in listed for item in items)

    def take(self, fact: Fact) -> None:
        """Take in one fact of the log; facts come in the order of `received_at`."""
        match fact.kind:
            case Kind.EVENTS:
                if fact.row["name"] == "view_item_list":
                    self._seen_listing(fact.row)
                elif (label := label_of(fact.row)) != NONE:
                    self._follow(fact.row, label)
                self._replay.take_event(fact.row)
            case Kind.EXPOSURES:
                self._ranked_listing(fact.row)
            case Kind.ITEMS:
                self._replay.take_item(fact.row)

    def _seen_listing(self, event: Event) -> None:
        if event["visitor_id"] is None or not event["items"]:
            return
        if ranked := self._ranked.get(event["ranking_id"] or ""):
            rows = [ranked.row[i["item_id"]] for i in event["items"] if i["item_id"] in ranked.row]
            ranked.seen[rows] = True
            return
        if event["ranking_id"] is not None:
            return  # ranked, but its exposure is not in the log: the shop's own order is not known
        items = _distinct(event["items"])
        seen = self._rows(event, Listing.of(items), Context(event["page"] or ""), event["event_id"])
        seen.seen[:] = True
        self._keep(event["visitor_id"], seen)

    def _ranked_listing(self, exposure: Mapping[str, Any]) -> None:
        if exposure["visitor_id"] is None or exposure.get("recommends"):
            return  # a recommendation has no order of the shop's to learn from
        seen = self._rows(exposure, listing_of(exposure), context_of(exposure), exposure["ranking_id"])
        self._ranked[seen.key] = seen
        self._keep(exposure["visitor_id"], seen)

    def _rows(self, fact: Mapping[str, Any], listing: Listing, context: Context, key: str) -> _Seen:
        visitor = Visitor(fact["visitor_id"], fact["session_id"])
        scene = self._replay.scene(listing, context, visitor, fact["time"])
        session = session_hash(f"{fact['visitor_id']} {fact['session_id']}")
        item, X = scene.candidates.item, matrix(self.table, scene)
        seen = np.zeros(len(item), np.bool_)
        return _Seen(key, fact["time"], session, context.page, listing.item_ids, item, X, seen)

    def _keep(self, visitor_id: str, seen: _Seen) -> None:
        recent = self._recent[visitor_id]
        recent[:] = [s for s in recent if s.time >= seen.time - ORDER_SECONDS]
        recent.append(seen)
        self.listings.append(seen)

    def _follow(self, event: Event, label: int) -> None:
        """Label the listing that the event names, or the visitor's latest one that holds the item."""
        within = ORDER_SECONDS if label == PURCHASE else CLICK_SECONDS
        for item in event["items"] or ():
            for seen in reversed(self._recent.get(event["visitor_id"] or "", ())):
                named = event["ranking_id"] in (None, seen.key)
                row = seen.row.get(item["item_id"])
                if named and row is not None and 0.0 <= event["time"] - seen.time <= within:
                    seen.label[row] = max(seen.label[row], label)
                    break


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


def dataset(
    facts: Iterable[Fact], attributes: tuple[Attribute, ...], objectives: Objectives | None = None
) -> Dataset:
    """Return the listings of a log that were seen, each with at least two candidates."""
    labelling, rest = Labelling(attributes), iter(facts)
    while some := list(islice(rest, _FACTS_AT_ONCE)):
        labelling.expect(some)
        for fact in some:
            labelling.take(fact)
    kept = [s for s in labelling.listings if np.count_nonzero(s.seen) > 1]
    group = np.array([np.count_nonzero(s.seen) for s in kept], np.int32)
    item: npt.NDArray[np.uint64] = _joined([s.of_seen(s.item) for s in kept], np.uint64)
    keys = np.array([hash64(s.key) for s in kept], np.uint64)
    return Dataset(
        X=np.concatenate([np.zeros((0, len(labelling.table)), np.float32), *(s.of_seen(s.X) for s in kept)]),
        label=_joined([s.of_seen(s.label) for s in kept], np.int8),
        shop_index=_joined([np.nonzero(s.seen)[0] for s in kept], np.int32),
        tie=_mixed(item ^ np.repeat(keys, group)),
        group=group,
        session=np.array([s.session for s in kept], np.uint32),
        time=np.array([s.time for s in kept], np.float64),
        page=tuple(s.page for s in kept),
        names=labelling.table.names,
        table_hash=labelling.table.hash,
        objective=tuple(objective_of(objectives, s.page) for s in kept) if objectives else (),
    )


def listing_of(exposure: Mapping[str, Any]) -> Listing:
    """Return the listing that a ranking was asked for, in the shop's order, with what the call said."""
    item_ids = [item["item_id"] for item in sorted(exposure["items"], key=itemgetter("shop_index"))]
    said = exposure["said"]
    return Listing(item_ids, [None] * len(item_ids) if said is None else orjson.loads(said))


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


def _distinct(items: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return items in shown order, each once, at its first place."""
    indexes = [place if (i := item["index"]) is None else i for place, item in enumerate(items)]
    in_order = [item for _, item in sorted(zip(indexes, items, strict=True), key=itemgetter(0))]
    first: dict[str, Mapping[str, Any]] = {}
    for item in in_order:
        first.setdefault(item["item_id"], item)
    return list(first.values())


def _joined(parts: list[npt.NDArray[Any]], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    return np.concatenate([np.zeros(0, dtype), *parts], dtype=dtype, casting="same_kind")


def _mixed(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Return hashes in which each bit depends on all bits: SplitMix64's finalizer (Steele, Lea, Flood 2014)."""
    hashes = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    hashes = (hashes ^ (hashes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return hashes ^ (hashes >> np.uint64(31))
