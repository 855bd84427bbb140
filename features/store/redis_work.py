"""The state in Redis or Valkey, as the worker, imports and rebuilds ask for it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from features.facts import IMPRESSION, INTERACTION
from features.identity import PARTITIONS, partition_of
from features.store import keys
from features.store.exchange import Exchange
from features.store.lua import Command, script
from features.store.protocol import Entry, LeaseLost, Positions, VisitorState
from features.store.redis import IMPRESSIONS_BYTES, INTERACTIONS_BYTES, RedisStore

_PARTS: Final = range(PARTITIONS)


class RedisWorkStore(RedisStore):
    """A WorkStore on one server."""

    def acquire(self, shop: str, token: str, life_seconds: float, *, waits: bool = False) -> bytes | None:
        """Take or prolong the lease on a shop and return its work state; None where it is not ours."""
        prefix = keys.tag(shop, 0)
        names = (f"{prefix}:lease", f"{prefix}:wish", f"{prefix}:work")
        args = (token, int(life_seconds * 1000), keys.WISH_SECONDS * 1000 if waits else 0)
        state: bytes | None = self._exchange.run([script("acquire").call(names, args)])[0]
        return state

    def save(self, shop: str, token: str, state: bytes, life_seconds: float) -> None:
        """Replace the work state and prolong the lease; raises LeaseLost where it is no longer held."""
        prefix = keys.tag(shop, 0)
        args = (token, state, int(life_seconds * 1000))
        call = script("save").call((f"{prefix}:lease", f"{prefix}:work"), args)
        if not self._exchange.run([call])[0]:
            raise LeaseLost(f"somebody else works on shop {shop} by now")

    def prolong(self, shop: str, token: str, life_seconds: float) -> bool:
        """Keep the lease for as long again; False where it was lost."""
        args = (token, int(life_seconds * 1000))
        call = script("prolong").call((f"{keys.tag(shop, 0)}:lease",), args)
        return bool(self._exchange.run([call])[0])

    def progress(self, shop: str) -> bytes:
        """Return the work state as it stands, for whoever only looks (empty: none yet)."""
        state: bytes | None = self._exchange.run([("GET", f"{keys.tag(shop, 0)}:work")])[0]
        return state or b""

    def release(self, shop: str, token: str) -> None:
        """Give the lease back; nothing if it was lost."""
        self._exchange.run([script("release").call((f"{keys.tag(shop, 0)}:lease",), (token,))])

    def entries(self, shop: str, after: Positions, count: int) -> list[list[Entry]]:
        """Return the next facts of each partition, at most `count` each."""
        return self._entries(shop, after, (b"+",) * PARTITIONS, ("COUNT", count))

    def entries_between(self, shop: str, after: Positions, upto: Positions) -> list[list[Entry]]:
        """Return the facts of each partition in (after, upto]."""
        return self._entries(shop, after, upto, ())

    def _entries(
        self, shop: str, after: Positions, upto: Positions, limit: tuple[str | int, ...]
    ) -> list[list[Entry]]:
        commands = [("XRANGE", keys.stream_key(shop, p), b"(" + after[p], upto[p], *limit) for p in _PARTS]
        return [[_entry(*row) for row in rows] for rows in self._exchange.run(commands)]

    def trim(self, shop: str, upto: Positions) -> None:
        """Drop the facts up to and including a position, per partition."""
        self._exchange.run(
            [("XTRIM", keys.stream_key(shop, p), "MINID", _following(upto[p])) for p in _PARTS]
        )

    def read_statistics(self, shop: str, items: Sequence[int]) -> dict[int, bytes | None]:
        """Return statistics records by item hash."""
        groups = _by_partition(items)
        commands = [
            ("MGET", *(keys.statistics_key(shop, partition, item) for item in group))
            for partition, group in groups.items()
        ]
        records: dict[int, bytes | None] = {}
        for group, values in zip(groups.values(), self._exchange.run(commands), strict=True):
            records.update(zip(group, values, strict=True))
        return records

    def write_statistics(self, shop: str, batch: int, records: Mapping[int, bytes]) -> None:
        """Write records that `batch` brought about; one that a later or the same batch wrote already stays."""
        commands = []
        for partition, group in _by_partition(list(records)).items():
            names = [keys.statistics_key(shop, partition, item) for item in group]
            args = (batch, keys.STATISTICS_LIFE_SECONDS, *(records[item] for item in group))
            commands.append(script("statistics").call(names, args))
        self._exchange.run(commands)

    def extend_trail(self, shop: str, batch: int, trail: bytes) -> None:
        """Append what `batch` adds to the trail; one that has this or a later batch stays."""
        names = keys.trail_keys(shop)[:3]
        self._exchange.run(
            [script("trail").call(names, (batch, trail, keys.TRAIL_BYTES, keys.TRAIL_ENTRY_BYTES))]
        )

    def replace_trails(self, shop: str, token: str, trails: Mapping[int, bytes]) -> None:
        """Replace what batches added to the trail, or (with nothing) drop it; raises LeaseLost."""
        names = (*keys.trail_keys(shop)[:3], f"{keys.tag(shop, 0)}:lease")
        said = (part for batch, trail in trails.items() for part in (batch, trail))
        call = script("trail_rest").call(names, (token, keys.TRAIL_ENTRY_BYTES, *said))
        if not self._exchange.run([call])[0]:
            raise LeaseLost(f"somebody else works on shop {shop} by now")

    def visitors(self, shop: str, visitor_ids: Sequence[str]) -> dict[str, VisitorState]:
        """Return visitors' strings."""
        commands = [("MGET", *keys.visitor_keys(shop, partition_of(v), v)) for v in visitor_ids]
        replies = self._exchange.run(commands)
        return {
            v: VisitorState(done or b"", shown or b"")
            for v, (done, shown) in zip(visitor_ids, replies, strict=True)
        }

    def marked(self, shop: str, visitor_ids: Sequence[str]) -> frozenset[str]:
        """Return those of the visitors who are erased or object."""
        groups: dict[int, list[str]] = defaultdict(list)
        for visitor_id in visitor_ids:
            groups[partition_of(visitor_id)].append(visitor_id)
        commands = [
            ("HMGET", keys.marks_key(shop, partition), *map(keys.subject_of, group))
            for partition, group in groups.items()
        ]
        replies = zip(groups.values(), self._exchange.run(commands), strict=True)
        return frozenset(
            v for group, found in replies for v, mark in zip(group, found, strict=True) if mark is not None
        )

    def extend_visitors(
        self, shop: str, batch: int, added: Mapping[str, VisitorState], *, by_time: bool, life_seconds: int
    ) -> None:
        """Add records to visitors' strings, one script per partition; a batch counts once there."""
        header = (batch, life_seconds, INTERACTIONS_BYTES, IMPRESSIONS_BYTES)
        sizes = (INTERACTION.itemsize, IMPRESSION.itemsize, int(by_time))
        groups: dict[int, list[str]] = defaultdict(list)
        for visitor_id in added:
            groups[partition_of(visitor_id)].append(visitor_id)
        commands = []
        for partition, group in groups.items():
            names = [keys.projected_key(shop, partition), keys.marks_key(shop, partition)]
            for visitor_id in group:
                names.extend(keys.visitor_keys(shop, partition, visitor_id))
            records = (part for v in group for part in (*added[v], keys.subject_of(v)))
            commands.append(script("visitors").call(names, (*header, *sizes, *records)))
        self._exchange.run(commands)

    def restore_items(self, shop: str, rows: Mapping[str, bytes | None]) -> None:
        """Set (or, with None, delete) catalogue rows without recording facts."""
        commands: list[Command] = []
        for item_id, row in rows.items():
            key = keys.catalogue_key(shop, partition_of(item_id), item_id)
            commands.append(("UNLINK", key) if row is None else ("SET", key, row))
        self._exchange.run(commands)

    def clear(self, shop: str) -> None:
        """Delete visitors, items, statistics, trails and which batches reached the visitors."""
        trail, rest, size, epoch = keys.trail_keys(shop)
        self._exchange.run([("INCR", epoch), ("UNLINK", trail, rest, size)])
        for partition in _PARTS:
            self._exchange.run([("UNLINK", keys.projected_key(shop, partition))])
            for kind in "vscn":
                for found in self._exchange.scan(f"{keys.tag(shop, partition)}:{kind}:*"):
                    self._exchange.run([("UNLINK", *found)])

    def suspend(self, shop: str) -> None:
        """For a minute, have events go to the streams only."""
        self._exchange.run(
            [("SET", keys.suspended_key(shop, p), b"1", "EX", keys.SUSPENSION_SECONDS) for p in _PARTS]
        )

    def resume(self, shop: str, upto: Positions) -> bool:
        """End the suspension of the partitions whose stream ends at `upto`; True if that is all of them."""
        commands = [
            script("resume").call((keys.stream_key(shop, p), keys.suspended_key(shop, p)), (upto[p],))
            for p in _PARTS
        ]
        return all(self._exchange.run(commands))


def connect(url: str, *, stream_bound: int, timeout_seconds: float = 30.0) -> RedisWorkStore:
    """Return a store on the server at `url`; the first round trip connects."""
    return RedisWorkStore(Exchange(url, timeout_seconds), stream_bound)


def _entry(entry_id: bytes, fields: Sequence[bytes]) -> Entry:
    named = dict(zip(fields[::2], fields[1::2], strict=True))
    return Entry(entry_id, named[b"k"].decode(), named[b"b"], named.get(b"p"))


def _following(position: bytes) -> bytes:
    """Return the least stream id after a position.

    >>> _following(b"17-4")
    b'17-5'
    """
    milliseconds, _, sequence = position.partition(b"-")
    return b"%s-%d" % (milliseconds, int(sequence) + 1)


def _by_partition(items: Sequence[int]) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = defaultdict(list)
    for item in items:
        groups[item % PARTITIONS].append(item)
    return groups
