"""From the log to rows that a ranker learns from: one group per listing that was seen, labelled by what followed.

A listing is a `view_item_list` event, with its items in the shop's order; or, where Balad ranked, the exposure that the
event names by `ranking_id`: then the rows are those of the ranking as served, of the items that the event shows.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
from features.matrix import matrix
from features.replay import Replay, Visitor
from features.table import FeatureTable, feature_table

CLICK_SECONDS: Final = 30 * 60.0
ORDER_SECONDS: Final = 24 * 3600.0
NONE, CLICK, CART, PURCHASE = range(4)


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
        )


@dataclass(slots=True)
class _Seen:
    """A listing put before a visitor, waiting for what follows."""

    key: str
    time: float
    session: int
    page: str
    item_ids: Sequence[str]
    X: npt.NDArray[np.float32]
    seen: npt.NDArray[np.bool_]
    label: npt.NDArray[np.int8] = field(init=False)
    row: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.label = np.zeros(len(self.item_ids), np.int8)
        self.row = {item: i for i, item in enumerate(self.item_ids)}


class Labelling:
    """Walks a log and keeps each listing's rows and labels."""

    def __init__(self, attributes: tuple[Attribute, ...]) -> None:
        self.table: FeatureTable = feature_table(attributes)
        self.listings: list[_Seen] = []
        self._replay = Replay(attributes)
        self._ranked: dict[str, _Seen] = {}
        self._recent: dict[str, list[_Seen]] = defaultdict(list)

    def take(self, fact: Fact) -> None:
        """Take in one fact of the log; facts come in the order of `received_at`."""
        match fact.kind:
            case "items":
                self._replay.take_item(fact.row)
            case "exposures":
                self._ranked_listing(fact.row)
            case "events":
                if fact.row["name"] == "view_item_list":
                    self._seen_listing(fact.row)
                elif (label := label_of(fact.row)) != NONE:
                    self._follow(fact.row, label)
                self._replay.take_event(fact.row)

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
        if exposure["visitor_id"] is None:
            return
        seen = self._rows(exposure, listing_of(exposure), context_of(exposure), exposure["ranking_id"])
        self._ranked[seen.key] = seen
        self._keep(exposure["visitor_id"], seen)

    def _rows(self, fact: Mapping[str, Any], listing: Listing, context: Context, key: str) -> _Seen:
        visitor = Visitor(fact["visitor_id"], fact["session_id"])
        scene = self._replay.scene(listing, context, visitor, fact["time"])
        session = session_hash(f"{fact['visitor_id']} {fact['session_id']}")
        n = len(listing.item_ids)
        X = matrix(self.table, scene)
        return _Seen(key, fact["time"], session, context.page, listing.item_ids, X, np.zeros(n, np.bool_))

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


def dataset(facts: Iterable[Fact], attributes: tuple[Attribute, ...]) -> Dataset:
    """Return the listings of a log that were seen, each with at least two candidates."""
    labelling = Labelling(attributes)
    for fact in facts:
        labelling.take(fact)
    kept = [s for s in labelling.listings if np.count_nonzero(s.seen) > 1]
    columns = len(labelling.table)

    def joined(parts: list[npt.NDArray[Any]], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
        return np.concatenate([np.zeros(0, dtype), *parts])

    return Dataset(
        X=np.concatenate([np.zeros((0, columns), np.float32), *(s.X[s.seen] for s in kept)]),
        label=joined([s.label[s.seen] for s in kept], np.int8),
        shop_index=joined([np.nonzero(s.seen)[0].astype(np.int32) for s in kept], np.int32),
        tie=joined([_ties(s) for s in kept], np.uint64),
        group=np.array([np.count_nonzero(s.seen) for s in kept], np.int32),
        session=np.array([s.session for s in kept], np.uint32),
        time=np.array([s.time for s in kept], np.float64),
        page=tuple(s.page for s in kept),
        names=labelling.table.names,
        table_hash=labelling.table.hash,
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


def _distinct(items: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return items in shown order, each once."""
    by_index = sorted(
        enumerate(items), key=lambda pair: pair[0] if pair[1]["index"] is None else pair[1]["index"]
    )
    return list({item["item_id"]: item for _, item in reversed(by_index)}.values())[::-1]


def _ties(seen: _Seen) -> npt.NDArray[np.uint64]:
    ids = [item for item, shown in zip(seen.item_ids, seen.seen.tolist(), strict=True) if shown]
    return np.array([hash64(f"{seen.key} {item}") for item in ids], np.uint64)
