"""Facts of the past put into the state as if they had just arrived: what imports and rebuilds do with the log."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import nan
from typing import Any, Final, NamedTuple

import numpy as np
import orjson

from features.attributes import Attribute
from features.bounded import Tally
from features.columnar import item_ids
from features.facts import INTERACTION, Event, Know, KnownItem, impressions_of, interactions_of
from features.increments import PRIOR_RECORDS
from features.items import described
from features.log.reader import Fact
from features.log.schema import Kind
from features.store import keys
from features.store.protocol import VisitorState, WorkStore
from service.worker.counting import count
from service.worker.entries import Streamed

_CATALOGUE_KEPT: Final = 100_000  # items whose attributes this process remembers between batches
_BEFORE_BYTES: Final = PRIOR_RECORDS * INTERACTION.itemsize
_NOBODY: Final = VisitorState()


class _Catalogued(NamedTuple):
    """An item as the catalogue had it since a moment."""

    since: float
    known: KnownItem


class History:
    """One shop's past, projected batch by batch.

    `by_time` puts records where their time is among a visitor's others, for an import beside live traffic; without it
    they go last, for a rebuild, which walks the log in its order.
    """

    def __init__(
        self, store: WorkStore, shop: str, attributes: tuple[Attribute, ...], *, by_time: bool
    ) -> None:
        self._store = store
        self._shop = shop
        self._attributes = attributes
        self._by_time = by_time
        self._unknown = _Catalogued(nan, described(None, attributes))
        self._catalogue: dict[str, _Catalogued] = {}
        self._tally = Tally()

    def project(
        self, batch: int, facts: Sequence[Fact], life_seconds: int = keys.VISITOR_LIFE_SECONDS
    ) -> None:
        """Put facts, in their order, into catalogue, statistics and visitors' strings.

        The same batch may be projected again after a crash. Statistics come first: they are counted with what visitors
        did before, which is what the strings hold until the batch reaches them.
        """
        marked = self._store.marked(self._shop, list(_visitors_of(facts)))
        facts = [Fact(kind, _nobodys(row, marked)) for kind, row in facts] if marked else facts
        self._learn(facts)
        visitors = _Visitors(
            self._store.visitors(self._shop, list(_visitors_of(facts))), by_time=self._by_time
        )
        rows: dict[str, bytes | None] = {}
        met: list[Streamed] = []
        for fact in facts:
            kind, row = fact
            before = visitors.take(row, self._know_at(row["received_at"])) if kind is Kind.EVENTS else b""
            met.append(Streamed(fact, before))
            if kind is Kind.ITEMS and self._is_news(row):
                said = None if row["deleted"] else row_of(row)
                self._remember(row["item_id"], said)
                rows[row["item_id"]] = None if said is None else orjson.dumps(said)
        self._store.restore_items(self._shop, rows)
        count(self._store, self._shop, batch, met, self._tally)
        self._store.extend_visitors(
            self._shop, batch, visitors.added(), by_time=self._by_time, life_seconds=life_seconds
        )

    def _learn(self, facts: Iterable[Fact]) -> None:
        """Read the catalogue rows that the facts' events need and this process has not met."""
        if len(self._catalogue) > _CATALOGUE_KEPT:
            self._catalogue.clear()
        named = dict.fromkeys(item_id for kind, row in facts for item_id in _items_of(kind, row))
        unknown = [item_id for item_id in named if item_id not in self._catalogue]
        for item_id, stored in self._store.get_items(self._shop, unknown).items():
            self._remember(item_id, None if stored is None else orjson.loads(stored))

    def _remember(self, item_id: str, row: Mapping[str, Any] | None) -> None:
        self._catalogue[item_id] = (
            _Catalogued(row["received_at"], described(row, self._attributes)) if row else self._unknown
        )

    def _is_news(self, change: Mapping[str, Any]) -> bool:
        """Tell whether a change is not older than the row that stands, which an import's may well be."""
        return not self._catalogue[change["item_id"]].since > change["received_at"]

    def _know_at(self, received_at: float) -> Know:
        """Return what was known of items at a moment: nothing of one that was put into the catalogue later."""

        def know(item_id: str) -> KnownItem:
            entry = self._catalogue[item_id]
            return entry.known if entry.since <= received_at else self._unknown.known

        return know


def row_of(change: Mapping[str, Any]) -> dict[str, Any]:
    """Return the catalogue row that an item change wrote: the change itself, without its place in the log."""
    return {name: value for name, value in change.items() if name != "sequence"}


def unattributed(store: WorkStore, shop: str, rows: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """Return rows with those of visitors who are erased or object as nobody's."""
    marked = store.marked(shop, list({row["visitor_id"]: None for row in rows if row.get("visitor_id")}))
    return [_nobodys(row, marked) for row in rows] if marked else rows


def _nobodys(row: dict[str, Any], marked: frozenset[str]) -> dict[str, Any]:
    return row | {"visitor_id": None, "session_id": None} if row.get("visitor_id") in marked else row


class _Visitors:
    """What a batch adds to visitors."""

    def __init__(self, stored: Mapping[str, VisitorState], *, by_time: bool) -> None:
        self._stored = stored
        self._by_time = by_time
        self._done: dict[str, list[bytes]] = defaultdict(list)
        self._shown: dict[str, list[bytes]] = defaultdict(list)

    def take(self, event: Event, know: Know) -> bytes:
        """Take in an event and return its visitor's last interactions before it."""
        if (visitor_id := event["visitor_id"]) is None:
            return b""
        if shown := impressions_of(event, know):
            self._shown[visitor_id].append(shown)
        if not (done := interactions_of(event, know)):
            return b""
        before = self._before(visitor_id, event["time"])
        self._done[visitor_id].append(done)
        return before

    def _before(self, visitor_id: str, time: float) -> bytes:
        stored = self._stored.get(visitor_id, _NOBODY).interactions
        if self._by_time:
            records = np.frombuffer(stored, INTERACTION)
            if len(records) and records["time"].max() > time:
                stored = records[records["time"] <= time].tobytes()
        added = self._done.get(visitor_id, ())
        return b"".join((stored, *added[-PRIOR_RECORDS:]))[-_BEFORE_BYTES:]

    def added(self) -> dict[str, VisitorState]:
        """Return what was taken in, by visitor."""
        return {
            visitor_id: VisitorState(
                b"".join(self._done.get(visitor_id, ())), b"".join(self._shown.get(visitor_id, ()))
            )
            for visitor_id in dict.fromkeys((*self._done, *self._shown))
        }


def _items_of(kind: Kind, row: Mapping[str, Any]) -> Iterator[str]:
    """Yield the items that a fact is about, as far as their catalogue rows matter to it."""
    if kind is Kind.ITEMS:
        yield row["item_id"]
    elif kind is Kind.EVENTS:
        yield from item_ids(row["items"])


def _visitors_of(facts: Iterable[Fact]) -> Iterator[str]:
    """Yield each visitor who acts in the facts, once."""
    met: set[str] = set()
    for kind, row in facts:
        if kind is Kind.EVENTS and (visitor_id := row["visitor_id"]) is not None and visitor_id not in met:
            met.add(visitor_id)
            yield visitor_id
