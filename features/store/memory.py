"""The state in this process, as serving asks for it: the same promises as Redis, for tests and experiments."""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from threading import RLock
from typing import Final

from features.facts import INTERACTION
from features.identity import PARTITIONS, hash64, partition_of
from features.increments import PRIOR_RECORDS, SHOP
from features.store import keys
from features.store.privacy import Mark, nobodys
from features.store.protocol import (
    ANY,
    Backlog,
    Entry,
    EventWrite,
    ExposureWrite,
    Found,
    ItemWrite,
    StreamState,
    TrailPart,
)
from features.visit import remembered_impressions, remembered_interactions

_BEFORE_BYTES: Final = PRIOR_RECORDS * INTERACTION.itemsize


class Lasting:
    """Values with the moment they are gone, by key."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._values: dict[str, tuple[bytes, float]] = {}

    def get(self, key: str) -> bytes | None:
        """Return what is there still."""
        value, until = self._values.get(key, (None, 0.0))
        return value if until > self._clock() else None

    def put(self, key: str, value: bytes, life_seconds: float) -> None:
        """Keep a value for so long from now."""
        self._values[key] = (value, self._clock() + life_seconds)

    def drop(self, key: str) -> None:
        """Forget a value; nothing to forget is fine."""
        self._values.pop(key, None)

    def clear(self) -> None:
        """Forget all."""
        self._values.clear()


class ShopState:
    """What one shop holds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.streams: list[list[Entry]] = [[] for _ in range(PARTITIONS)]
        self.newest: list[tuple[int, int]] = [(0, 0)] * PARTITIONS
        self.seen: dict[str, set[bytes]] = defaultdict(set)
        self.done, self.shown = Lasting(clock), Lasting(clock)
        self.catalogue: dict[str, bytes] = {}
        self.statistics: dict[int, bytes] = {}
        self.rankings, self.marks = Lasting(clock), Lasting(clock)
        self.trails: list[tuple[int, bytes]] = []
        self.epoch = 0
        self.projected = [0] * PARTITIONS
        self.work = b""
        self.visitor_marks: dict[bytes, Mark] = {}
        self.marked = 0
        self.erasing: dict[str, bytes] = {}
        self.proofs = Lasting(clock)


class MemoryStore:
    """A Store in this process, safe between threads. Time comes from `clock`."""

    def __init__(self, *, stream_bound: int = 200_000, clock: Callable[[], float] = time.time) -> None:
        self._bound = stream_bound
        self._clock = clock
        self.lock = RLock()
        self._shops: dict[str, ShopState] = {}

    def shop(self, shop: str) -> ShopState:
        """Return what a shop holds; of an unknown one, nothing yet."""
        return self._shops.setdefault(shop, ShopState(self._clock))

    def ping(self, timeout_seconds: float | None = None) -> None:
        """Return: it always answers."""

    def close(self) -> None:
        """Hold nothing."""

    def read(
        self,
        shop: str,
        visitor_id: str | None,
        item_ids: Sequence[str] = (),
        *,
        totals: bool = False,
        timeout_seconds: float | None = None,  # noqa: ARG002 - nothing is waited for
    ) -> Found:
        """Return a visitor's records, those items' rows and, if asked, the shop's totals."""
        with self.lock:
            state = self.shop(shop)
            return Found(
                None if visitor_id is None else state.done.get(visitor_id),
                None if visitor_id is None else state.shown.get(visitor_id),
                {i: state.catalogue.get(i) for i in item_ids},
                {i: state.statistics.get(hash64(i)) for i in item_ids},
                state.statistics.get(SHOP) if totals else None,
            )

    def append(self, shop: str, writes: Sequence[EventWrite], now: float) -> list[bool]:
        """Append events; True where accepted, False where the id was seen."""
        with self.lock:
            state = self.shop(shop)
            writes = [nobodys(w) if self._is_refused(state, w, now) else w for w in writes]
            owners = [w.event_id if w.visitor_id is None else w.visitor_id for w in writes]
            partitions = [partition_of(owner) for owner in owners]
            for partition in set(partitions):
                self._refuse_beyond_bound(state, partition, partitions.count(partition))
            return [self._append(state, p, w, now) for p, w in zip(partitions, writes, strict=True)]

    def _append(self, state: ShopState, partition: int, write: EventWrite, now: float) -> bool:
        today = keys.seen_key("", partition, now)
        event = keys.id_hash(write.event_id)
        if event in state.seen[today] or event in state.seen[keys.seen_key("", partition, now, days_ago=1)]:
            return False
        state.seen[today].add(event)
        before: bytes | None = b""
        if write.visitor_id is not None:
            suspended = state.marks.get(keys.suspended_key("", partition)) is not None
            before = None if suspended else self._remember(state, write.visitor_id, write)
        self.record(state, partition, "e", write.body, before)
        return True

    def _is_refused(self, state: ShopState, write: EventWrite, now: float) -> bool:
        """Tell whether nothing may be kept under the visitor of an event that is new."""
        owner = write.visitor_id
        if owner is None or keys.subject_of(owner) not in state.visitor_marks:
            return False
        days = (keys.seen_key("", partition_of(owner), now, days_ago=ago) for ago in (0, 1))
        return not any(keys.id_hash(write.event_id) in state.seen[day] for day in days)

    def _remember(self, state: ShopState, visitor_id: str, write: EventWrite) -> bytes:
        """Add to a visitor's strings and return the interactions before."""
        done, shown = state.done.get(visitor_id) or b"", state.shown.get(visitor_id) or b""
        for lasting, records in (
            (state.done, remembered_interactions(done, write.interactions)),
            (state.shown, remembered_impressions(shown, write.impressions)),
        ):
            if records:
                lasting.put(visitor_id, records, keys.VISITOR_LIFE_SECONDS)
        return done[-_BEFORE_BYTES:] if write.interactions else b""

    def append_exposure(
        self,
        shop: str,
        write: ExposureWrite,
        *,
        timeout_seconds: float | None = None,  # noqa: ARG002 - nothing is waited for
    ) -> None:
        """Append an exposure to its visitor's stream and keep its order for half an hour; either may be empty."""
        with self.lock:
            state = self.shop(shop)
            if write.order:
                state.rankings.put(write.ranking_id, write.order, keys.RANKING_LIFE_SECONDS)
            if not write.body or (
                write.visitor_id is not None and keys.subject_of(write.visitor_id) in state.visitor_marks
            ):
                return
            partition = partition_of(write.ranking_id if write.visitor_id is None else write.visitor_id)
            self._refuse_beyond_bound(state, partition, 1)
            self.record(state, partition, "x", write.body, None)

    def ranking(self, shop: str, ranking_id: str) -> bytes | None:
        """Return the order that was answered; None if unknown or too old."""
        return self.shop(shop).rankings.get(ranking_id)

    def get_items(self, shop: str, item_ids: Sequence[str]) -> dict[str, bytes | None]:
        """Return catalogue rows."""
        return {item_id: self.shop(shop).catalogue.get(item_id) for item_id in item_ids}

    def put_items(self, shop: str, writes: Sequence[ItemWrite]) -> list[bool]:
        """Write rows and their facts; False where `expected` no longer stands."""
        with self.lock:
            state = self.shop(shop)
            partitions = [partition_of(w.item_id) for w in writes]
            for partition in set(partitions):
                self._refuse_beyond_bound(state, partition, partitions.count(partition))
            return [self._put(state, p, w) for p, w in zip(partitions, writes, strict=True)]

    def _put(self, state: ShopState, partition: int, write: ItemWrite) -> bool:
        if write.expected is not ANY and state.catalogue.get(write.item_id) != write.expected:
            return False
        if write.body is None:
            state.catalogue.pop(write.item_id, None)
        else:
            state.catalogue[write.item_id] = write.body
        self.record(state, partition, "i", write.fact, None)
        return True

    def erase_visitor(self, shop: str, visitor_id: str) -> None:
        """Forget a visitor's strings."""
        with self.lock:
            self.shop(shop).done.drop(visitor_id)
            self.shop(shop).shown.drop(visitor_id)

    def stream_state(self, shop: str) -> StreamState:
        """Return how far the worker is behind."""
        with self.lock:
            streams = self.shop(shop).streams
            oldest = [int(stream[0].id.partition(b"-")[0]) / 1000 for stream in streams if stream]
            return StreamState(sum(map(len, streams)), min(oldest, default=None))

    def trails(self, shop: str, after: int, count: int) -> TrailPart:
        """Return the trails of the next batches after one, at most `count`."""
        with self.lock:
            state = self.shop(shop)
            left = [each for each in state.trails if each[0] > after and each[1]]
            return TrailPart(state.epoch, left[:count])

    def _refuse_beyond_bound(self, state: ShopState, partition: int, more: int) -> None:
        if len(state.streams[partition]) + more > self._bound:
            raise Backlog("the stream is full")

    def record(self, state: ShopState, partition: int, kind: str, body: bytes, before: bytes | None) -> None:
        """Append a fact under the next stream id, which never goes back, whatever the clock does."""
        milliseconds, sequence = state.newest[partition]
        now = int(self._clock() * 1000)
        state.newest[partition] = (now, 0) if now > milliseconds else (milliseconds, sequence + 1)
        state.streams[partition].append(Entry(b"%d-%d" % state.newest[partition], kind, body, before))
