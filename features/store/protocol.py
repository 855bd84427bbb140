"""What every store promises, in the words that its callers use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Literal, NamedTuple, Protocol, TypeAlias


class StoreUnavailable(Exception):  # noqa: N818 - read as a sentence: "the store is unavailable"
    """The store did not answer, not in time, or could not do what was asked; the driver's error is the cause."""


class PartUnavailable(StoreUnavailable):
    """A part of the store did not answer, and holds what was asked for; others answer about what they hold."""


class Backlog(StoreUnavailable):
    """Writes are refused, reads are not: the stream or memory is at its bound, replicas or the disk are missing."""


class LeaseLost(Exception):  # noqa: N818 - the same
    """Somebody else works on the shop by now: what was begun is theirs to finish."""


class Anything(Enum):
    """The type of ANY."""

    TOKEN = 0


ANY: Final = Anything.TOKEN  # an expectation that every current value meets
Expected: TypeAlias = bytes | Literal[Anything.TOKEN] | None


@dataclass(frozen=True, slots=True)
class EventWrite:
    """An event to append: its JSON, and the packed records that it adds to its visitor."""

    event_id: str
    visitor_id: str | None
    body: bytes
    interactions: bytes = b""
    impressions: bytes = b""


@dataclass(frozen=True, slots=True)
class ExposureWrite:
    """An exposure to append, and the answered order to keep for the next page (empty: there is none)."""

    ranking_id: str
    visitor_id: str | None
    body: bytes
    order: bytes = b""


@dataclass(frozen=True, slots=True)
class ItemWrite:
    """A catalogue row to set (None: delete), the fact for the log, and what the row must be now for it to count."""

    item_id: str
    body: bytes | None
    fact: bytes
    expected: Expected = ANY


@dataclass(frozen=True, slots=True)
class Found:
    """What one read brought; None where nothing is stored."""

    interactions: bytes | None = None
    impressions: bytes | None = None
    catalogue: Mapping[str, bytes | None] = field(default_factory=dict)
    statistics: Mapping[str, bytes | None] = field(default_factory=dict)
    totals: bytes | None = None


class StreamState(NamedTuple):
    """How far the worker is behind: facts waiting in all partitions, and when the oldest was written (None: none)."""

    length: int
    oldest_at: float | None


class TrailPart(NamedTuple):
    """Packed trails of sessions, each with its batch, in order; another `epoch` than before: all were begun anew."""

    epoch: int
    trails: Sequence[tuple[int, bytes]]


class Entry(NamedTuple):
    """One fact in a stream. `before` is None where the visitor's strings were not updated when it arrived."""

    id: bytes
    kind: str
    body: bytes
    before: bytes | None


class VisitorState(NamedTuple):
    """A visitor's two strings; also what a batch adds to them."""

    interactions: bytes = b""
    impressions: bytes = b""


Positions: TypeAlias = tuple[bytes, ...]  # one stream id per partition
START: Final = b"0-0"


class Store(Protocol):
    """What serving asks of the state. Each method is one round trip; each may raise StoreUnavailable."""

    def ping(self, timeout_seconds: float | None = None) -> None:
        """Return if the store answers, in so long."""

    def close(self) -> None:
        """Give back what is held; the store is not used afterwards."""

    def read(
        self,
        shop: str,
        visitor_id: str | None,
        item_ids: Sequence[str] = (),
        *,
        totals: bool = False,
        timeout_seconds: float | None = None,
    ) -> Found:
        """Return a visitor's records, those items' rows and, if asked, the shop's totals.

        Rows that a part of the store holds which does not answer are left out; where it holds the visitor's records,
        StoreUnavailable is raised.
        """

    def append(self, shop: str, writes: Sequence[EventWrite], now: float) -> list[bool]:
        """Append events; True where accepted, False where the id was seen today or yesterday (UTC) already.

        Nothing of an event is stored without the rest of it. An event of a visitor who is erased or objects
        (`features.store.privacy`) is stored as nobody's. Raises Backlog where the stream is full; events of
        other partitions may have been taken then, which a repetition reports as duplicates.
        """

    def append_exposure(
        self, shop: str, write: ExposureWrite, *, timeout_seconds: float | None = None
    ) -> None:
        """Append an exposure to its visitor's stream, where it stands behind what it saw, and keep its order.

        The order is kept for half an hour, also where Backlog is raised because the stream is full. Either may be
        empty: an exposure that is not recorded still has next pages.
        """

    def ranking(self, shop: str, ranking_id: str) -> bytes | None:
        """Return the order that was answered; None if unknown or too old."""

    def get_items(self, shop: str, item_ids: Sequence[str]) -> dict[str, bytes | None]:
        """Return catalogue rows."""

    def put_items(self, shop: str, writes: Sequence[ItemWrite]) -> list[bool]:
        """Write rows and their facts; False where `expected` no longer stands, and nothing was written."""

    def erase_visitor(self, shop: str, visitor_id: str) -> None:
        """Forget a visitor's strings; nothing to forget is fine."""

    def stream_state(self, shop: str) -> StreamState:
        """Return how far the worker is behind."""

    def trails(self, shop: str, after: int, count: int) -> TrailPart:
        """Return the trails of the next batches after one, at most `count`."""


class WorkStore(Store, Protocol):
    """What the worker, imports and rebuilds ask beside it."""

    def acquire(self, shop: str, token: str, life_seconds: float, *, waits: bool = False) -> bytes | None:
        """Take or prolong the lease on a shop and return its work state (empty: none yet).

        None where somebody else has it, or waits for it. Who `waits` has the next turn, if it asks again within two
        seconds.
        """

    def save(self, shop: str, token: str, state: bytes, life_seconds: float) -> None:
        """Replace the work state and prolong the lease; raises LeaseLost where it is no longer held."""

    def prolong(self, shop: str, token: str, life_seconds: float) -> bool:
        """Keep the lease for as long again; False where it was lost: it is never taken back."""

    def progress(self, shop: str) -> bytes:
        """Return the work state as it stands, for whoever only looks (empty: none yet)."""

    def release(self, shop: str, token: str) -> None:
        """Give the lease back; nothing if it was lost."""

    def entries(self, shop: str, after: Positions, count: int) -> list[list[Entry]]:
        """Return the next facts of each partition, at most `count` each."""

    def entries_between(self, shop: str, after: Positions, upto: Positions) -> list[list[Entry]]:
        """Return the facts of each partition in (after, upto]."""

    def trim(self, shop: str, upto: Positions) -> None:
        """Drop the facts up to and including a position, per partition."""

    def read_statistics(self, shop: str, items: Sequence[int]) -> dict[int, bytes | None]:
        """Return statistics records by item hash."""

    def write_statistics(self, shop: str, batch: int, records: Mapping[int, bytes]) -> None:
        """Write records that `batch` brought about; one that a later or the same batch wrote already stays."""

    def extend_trail(self, shop: str, batch: int, trail: bytes) -> None:
        """Append what `batch` adds to the trail; one that has this or a later batch stays. The oldest go at a bound."""

    def replace_trails(self, shop: str, token: str, trails: Mapping[int, bytes]) -> None:
        """Replace what batches added to the trail, or (with nothing) drop it; batches that are gone stay so.

        Raises LeaseLost where the lease is no longer the token's.
        """

    def visitors(self, shop: str, visitor_ids: Sequence[str]) -> dict[str, VisitorState]:
        """Return visitors' strings."""

    def marked(self, shop: str, visitor_ids: Sequence[str]) -> frozenset[str]:
        """Return those of the visitors who are erased or object: nothing is kept under their ids."""

    def extend_visitors(
        self, shop: str, batch: int, added: Mapping[str, VisitorState], *, by_time: bool, life_seconds: int
    ) -> None:
        """Add records to visitors' strings; a batch that a partition has had already changes nothing there.

        They go to the end, or with `by_time` to where their time puts them. Marked visitors get none.
        """

    def restore_items(self, shop: str, rows: Mapping[str, bytes | None]) -> None:
        """Set (or, with None, delete) catalogue rows without recording facts: they come from the log."""

    def clear(self, shop: str) -> None:
        """Delete what is derived from the log: visitors, items, statistics, trails. Streams, settings and ids stay."""

    def suspend(self, shop: str) -> None:
        """For a minute, have events go to the streams only; repeated by a rebuild for as long as it lasts."""

    def resume(self, shop: str, upto: Positions) -> bool:
        """End the suspension of the partitions whose stream ends at `upto`; True if that is all of them."""
