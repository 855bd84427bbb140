"""The state in this process, as the worker, imports and rebuilds ask for it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from features.facts import IMPRESSION, INTERACTION
from features.identity import PARTITIONS, partition_of
from features.store import keys
from features.store.memory import MemoryStore
from features.store.protocol import Entry, LeaseLost, Positions, VisitorState
from features.visit import remembered_impressions, remembered_interactions

_LEASE: Final = "lease"
_WISH: Final = "wish"


class MemoryWorkStore(MemoryStore):
    """A WorkStore in this process."""

    def acquire(self, shop: str, token: str, life_seconds: float, *, waits: bool = False) -> bytes | None:
        """Take or prolong the lease on a shop and return its work state; None where it is not ours."""
        with self.lock:
            marks, ours = self.shop(shop).marks, token.encode()
            holder, waiting = marks.get(_LEASE), marks.get(_WISH)
            if (holder or waiting or ours) != ours:
                if waits and waiting in (None, ours):
                    marks.put(_WISH, ours, keys.WISH_SECONDS)
                return None
            if waiting == ours:
                marks.drop(_WISH)
            marks.put(_LEASE, ours, life_seconds)
            return self.shop(shop).work

    def save(self, shop: str, token: str, state: bytes, life_seconds: float) -> None:
        """Replace the work state and prolong the lease; raises LeaseLost where it is no longer held."""
        with self.lock:
            if self.shop(shop).marks.get(_LEASE) != token.encode():
                raise LeaseLost(f"somebody else works on shop {shop} by now")
            self.shop(shop).marks.put(_LEASE, token.encode(), life_seconds)
            self.shop(shop).work = state

    def prolong(self, shop: str, token: str, life_seconds: float) -> bool:
        """Keep the lease for as long again; False where it was lost."""
        with self.lock:
            held = self.shop(shop).marks.get(_LEASE) == token.encode()
            if held:
                self.shop(shop).marks.put(_LEASE, token.encode(), life_seconds)
            return held

    def progress(self, shop: str) -> bytes:
        """Return the work state as it stands, for whoever only looks (empty: none yet)."""
        with self.lock:
            return self.shop(shop).work

    def release(self, shop: str, token: str) -> None:
        """Give the lease back; nothing if it was lost."""
        with self.lock:
            if self.shop(shop).marks.get(_LEASE) == token.encode():
                self.shop(shop).marks.drop(_LEASE)

    def entries(self, shop: str, after: Positions, count: int) -> list[list[Entry]]:
        """Return the next facts of each partition, at most `count` each."""
        with self.lock:
            streams = self.shop(shop).streams
            return [
                [e for e in stream if _order(e.id) > _order(since)][:count]
                for stream, since in zip(streams, after, strict=True)
            ]

    def entries_between(self, shop: str, after: Positions, upto: Positions) -> list[list[Entry]]:
        """Return the facts of each partition in (after, upto]."""
        with self.lock:
            streams = self.shop(shop).streams
            return [
                [e for e in stream if _order(since) < _order(e.id) <= _order(until)]
                for stream, since, until in zip(streams, after, upto, strict=True)
            ]

    def trim(self, shop: str, upto: Positions) -> None:
        """Drop the facts up to and including a position, per partition."""
        with self.lock:
            for stream, until in zip(self.shop(shop).streams, upto, strict=True):
                stream[:] = [e for e in stream if _order(e.id) > _order(until)]

    def read_statistics(self, shop: str, items: Sequence[int]) -> dict[int, bytes | None]:
        """Return statistics records by item hash."""
        return {item: self.shop(shop).statistics.get(item) for item in items}

    def write_statistics(self, shop: str, batch: int, records: Mapping[int, bytes]) -> None:
        """Write records that `batch` brought about; one that a later or the same batch wrote already stays."""
        with self.lock:
            statistics = self.shop(shop).statistics
            for item, record in records.items():
                if int.from_bytes(statistics.get(item, b"")[:8], "little") < batch:
                    statistics[item] = record

    def visitors(self, shop: str, visitor_ids: Sequence[str]) -> dict[str, VisitorState]:
        """Return visitors' strings."""
        with self.lock:
            state = self.shop(shop)
            return {v: VisitorState(state.done.get(v) or b"", state.shown.get(v) or b"") for v in visitor_ids}

    def marked(self, shop: str, visitor_ids: Sequence[str]) -> frozenset[str]:
        """Return those of the visitors who are erased or object."""
        marks = self.shop(shop).visitor_marks
        return frozenset(v for v in visitor_ids if keys.subject_of(v) in marks)

    def extend_visitors(
        self, shop: str, batch: int, added: Mapping[str, VisitorState], *, by_time: bool, life_seconds: int
    ) -> None:
        """Add records to visitors' strings; a batch that a partition has had already changes nothing there."""
        join = _merged if by_time else _appended
        with self.lock:
            state = self.shop(shop)
            had = [p for p in range(PARTITIONS) if state.projected[p] >= batch]
            for visitor_id, (done, shown) in added.items():
                if (partition := partition_of(visitor_id)) in had:
                    continue
                state.projected[partition] = batch
                if keys.subject_of(visitor_id) in state.visitor_marks:
                    continue
                known_done, known_shown = self.visitors(shop, [visitor_id])[visitor_id]
                if done:
                    records = remembered_interactions(b"", join(known_done, done, INTERACTION))
                    state.done.put(visitor_id, records, life_seconds)
                if shown:
                    records = remembered_impressions(b"", join(known_shown, shown, IMPRESSION))
                    state.shown.put(visitor_id, records, life_seconds)

    def extend_trail(self, shop: str, batch: int, trail: bytes) -> None:
        """Append what `batch` adds to the trail; one that has this or a later batch stays."""
        with self.lock:
            trails = self.shop(shop).trails
            if not trails or trails[-1][0] < batch:
                trails.append((batch, trail))
            while sum(len(each) + keys.TRAIL_ENTRY_BYTES for _, each in trails) > keys.TRAIL_BYTES:
                trails.pop(0)

    def replace_trails(self, shop: str, token: str, trails: Mapping[int, bytes]) -> None:
        """Replace what batches added to the trail, or (with nothing) drop it; raises LeaseLost."""
        with self.lock:
            state = self.shop(shop)
            if state.marks.get(_LEASE) != token.encode():
                raise LeaseLost(f"somebody else works on shop {shop} by now")
            state.trails = [(batch, trails.get(batch, trail)) for batch, trail in state.trails]

    def restore_items(self, shop: str, rows: Mapping[str, bytes | None]) -> None:
        """Set (or, with None, delete) catalogue rows without recording facts."""
        with self.lock:
            catalogue = self.shop(shop).catalogue
            for item_id, row in rows.items():
                if row is None:
                    catalogue.pop(item_id, None)
                else:
                    catalogue[item_id] = row

    def clear(self, shop: str) -> None:
        """Delete visitors, items, statistics, trails and which batches reached the visitors."""
        with self.lock:
            state = self.shop(shop)
            for held in (state.done, state.shown, state.catalogue, state.statistics):
                held.clear()
            state.trails.clear()
            state.epoch += 1
            state.projected = [0] * PARTITIONS

    def suspend(self, shop: str) -> None:
        """For a minute, have events go to the streams only."""
        with self.lock:
            for partition in range(PARTITIONS):
                mark = keys.suspended_key("", partition)
                self.shop(shop).marks.put(mark, b"1", keys.SUSPENSION_SECONDS)

    def resume(self, shop: str, upto: Positions) -> bool:
        """End the suspension of the partitions whose stream ends at `upto`; True if that is all of them."""
        with self.lock:
            state = self.shop(shop)
            read = [
                not stream or _order(stream[-1].id) <= _order(until)
                for stream, until in zip(state.streams, upto, strict=True)
            ]
            for partition in (p for p in range(PARTITIONS) if read[p]):
                state.marks.drop(keys.suspended_key("", partition))
            return all(read)


def _order(position: bytes) -> tuple[int, int]:
    milliseconds, _, sequence = position.partition(b"-")
    return int(milliseconds), int(sequence)


def _appended(known: bytes, added: bytes, _: np.dtype[Any]) -> bytes:
    return known + added


def _merged(known: bytes, added: bytes, dtype: np.dtype[Any]) -> bytes:
    """Return all records by time, those of one moment in the order given; untouched where they are in order."""
    records = np.frombuffer(known + added, dtype)
    last = len(known) // dtype.itemsize
    if last and records["time"][last - 1] > records["time"][last]:
        records = records[np.argsort(records["time"], kind="stable")]
    return records.tobytes()
