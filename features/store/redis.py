"""The state in Redis or Valkey, as serving asks for it; `features.store.keys` says what is kept where."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from features.facts import IMPRESSION, IMPRESSIONS_KEPT, INTERACTION, INTERACTIONS_KEPT
from features.identity import PARTITIONS, hash64, partition_of
from features.increments import PRIOR_RECORDS, SHOP
from features.store import keys
from features.store.exchange import Exchange, sound
from features.store.lua import Command, script
from features.store.privacy import nobodys
from features.store.protocol import ANY, EventWrite, ExposureWrite, Found, ItemWrite, StreamState, TrailPart

INTERACTIONS_BYTES: Final = INTERACTIONS_KEPT * INTERACTION.itemsize
IMPRESSIONS_BYTES: Final = IMPRESSIONS_KEPT * IMPRESSION.itemsize
BEFORE_BYTES: Final = PRIOR_RECORDS * INTERACTION.itemsize
_PARTS: Final = range(PARTITIONS)
_ACCEPTED: Final = ord("1")
_MARKED: Final = ord("2")


class RedisStore:
    """A Store on one server.

    `stream_bound` is the most facts one partition's stream may hold before writes are refused.
    """

    def __init__(self, exchange: Exchange, stream_bound: int) -> None:
        self._exchange = exchange
        self._bound = stream_bound

    def ping(self, timeout_seconds: float | None = None) -> None:
        """Return if every server answers."""
        self._exchange.ping(timeout_seconds)

    def close(self) -> None:
        """Close the connections."""
        self._exchange.close()

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

        One round trip to each server concerned. Of a cluster, those that do not answer cost only what they hold.
        """
        commands: list[Command] = []
        if visitor_id is not None:
            commands.append(("MGET", *keys.visitor_keys(shop, partition_of(visitor_id), visitor_id)))
        if totals:
            commands.append(("GET", keys.statistics_key(shop, 0, SHOP)))
        groups = list(_by_partition(item_ids).items())
        commands.extend(("MGET", *_item_keys(shop, partition, ids)) for partition, ids in groups)
        replies = iter(self._exchange.each(commands, timeout_seconds))
        interactions, impressions = sound(next(replies)) if visitor_id is not None else (None, None)
        shop_totals = next(replies) if totals else None
        catalogue: dict[str, bytes | None] = {}
        statistics: dict[str, bytes | None] = {}
        if isinstance(shop_totals, Exception):  # rows are put beside the totals of their time, or not at all
            return Found(interactions, impressions)
        for (_, ids), values in zip(groups, replies, strict=True):
            if not isinstance(values, Exception):
                catalogue.update(zip(ids, values[: len(ids)], strict=True))
                statistics.update(zip(ids, values[len(ids) :], strict=True))
        return Found(interactions, impressions, catalogue, statistics, shop_totals)

    def append(self, shop: str, writes: Sequence[EventWrite], now: float) -> list[bool]:
        """Append events, one script per partition; True where accepted, False where the id was seen.

        Those of visitors who are erased or object are appended in a second round trip, as nobody's.
        """
        verdicts = self._appended(shop, writes, now)
        if refused := [place for place, verdict in enumerate(verdicts) if verdict == _MARKED]:
            again = self._appended(shop, [nobodys(writes[place]) for place in refused], now)
            for place, verdict in zip(refused, again, strict=True):
                verdicts[place] = verdict
        return [verdict == _ACCEPTED for verdict in verdicts]

    def _appended(self, shop: str, writes: Sequence[EventWrite], now: float) -> list[int]:
        """Return the script's verdict on each event."""
        groups = _partitions_of(writes)
        commands = [
            self._append(shop, partition, [writes[i] for i in places], now)
            for partition, places in groups.items()
        ]
        verdicts = [0] * len(writes)
        for places, said in zip(groups.values(), self._exchange.run(commands), strict=True):
            for place, verdict in zip(places, said, strict=True):
                verdicts[place] = verdict
        return verdicts

    def _append(self, shop: str, partition: int, writes: Sequence[EventWrite], now: float) -> Command:
        names = [
            keys.stream_key(shop, partition),
            keys.seen_key(shop, partition, now),
            keys.seen_key(shop, partition, now, days_ago=1),
            keys.suspended_key(shop, partition),
            keys.marks_key(shop, partition),
        ]
        places: dict[str, int] = {}
        args: list[bytes | int] = [
            self._bound,
            keys.SEEN_LIFE_SECONDS,
            keys.VISITOR_LIFE_SECONDS,
            INTERACTIONS_BYTES,
            IMPRESSIONS_BYTES,
            BEFORE_BYTES,
        ]
        for write in writes:
            place, subject = 0, b""
            if write.visitor_id is not None:
                subject = keys.subject_of(write.visitor_id)
                if not (place := places.get(write.visitor_id, 0)):
                    place = places[write.visitor_id] = len(names) + 1
                    names.extend(keys.visitor_keys(shop, partition, write.visitor_id))
            said = (write.body, write.interactions, write.impressions, subject)
            args += (keys.id_hash(write.event_id), place, *said)
        return script("append").call(names, args)

    def append_exposure(
        self, shop: str, write: ExposureWrite, *, timeout_seconds: float | None = None
    ) -> None:
        """Append an exposure to its visitor's stream and keep its order for half an hour; either may be empty."""
        owner = write.ranking_id if write.visitor_id is None else write.visitor_id
        commands: list[Command] = []
        if write.body:
            partition = partition_of(owner)
            names = (keys.stream_key(shop, partition), keys.marks_key(shop, partition))
            subject = b"" if write.visitor_id is None else keys.subject_of(write.visitor_id)
            commands.append(script("exposure").call(names, (self._bound, write.body, subject)))
        if write.order:  # found by the ranking alone, so in a slot of its own
            key = keys.ranking_key(shop, partition_of(write.ranking_id), write.ranking_id)
            commands.append(("SET", key, write.order, "EX", keys.RANKING_LIFE_SECONDS))
        self._exchange.run(commands, timeout_seconds)

    def ranking(self, shop: str, ranking_id: str) -> bytes | None:
        """Return the order that was answered; None if unknown or too old."""
        key = keys.ranking_key(shop, partition_of(ranking_id), ranking_id)
        order: bytes | None = self._exchange.run([("GET", key)])[0]
        return order

    def get_items(self, shop: str, item_ids: Sequence[str]) -> dict[str, bytes | None]:
        """Return catalogue rows."""
        groups = _by_partition(item_ids)
        commands = [
            ("MGET", *(keys.catalogue_key(shop, partition, i) for i in ids))
            for partition, ids in groups.items()
        ]
        rows: dict[str, bytes | None] = {}
        for ids, values in zip(groups.values(), self._exchange.run(commands), strict=True):
            rows.update(zip(ids, values, strict=True))
        return rows

    def put_items(self, shop: str, writes: Sequence[ItemWrite]) -> list[bool]:
        """Write rows and their facts, one script per partition; False where `expected` no longer stands."""
        groups: dict[int, list[int]] = defaultdict(list)
        for place, write in enumerate(writes):
            groups[partition_of(write.item_id)].append(place)
        commands = [
            self._put(shop, partition, [writes[i] for i in places]) for partition, places in groups.items()
        ]
        written = [False] * len(writes)
        for places, verdicts in zip(groups.values(), self._exchange.run(commands), strict=True):
            for place, verdict in zip(places, verdicts, strict=True):
                written[place] = verdict == ord("1")
        return written

    def _put(self, shop: str, partition: int, writes: Sequence[ItemWrite]) -> Command:
        names = [keys.stream_key(shop, partition)]
        args: list[bytes | str | int] = [self._bound]
        for write in writes:
            names.append(keys.catalogue_key(shop, partition, write.item_id))
            expected = ("*", b"") if write.expected is ANY else ("=", write.expected or b"")
            args += (*expected, write.body or b"", write.fact)
        return script("items").call(names, args)

    def erase_visitor(self, shop: str, visitor_id: str) -> None:
        """Forget a visitor's strings."""
        self._exchange.run([("UNLINK", *keys.visitor_keys(shop, partition_of(visitor_id), visitor_id))])

    def stream_state(self, shop: str) -> StreamState:
        """Return how far the worker is behind."""
        streams = [keys.stream_key(shop, partition) for partition in _PARTS]
        replies = self._exchange.run(
            [("XLEN", s) for s in streams] + [("XRANGE", s, "-", "+", "COUNT", 1) for s in streams]
        )
        oldest = [int(rows[0][0].partition(b"-")[0]) / 1000 for rows in replies[PARTITIONS:] if rows]
        return StreamState(sum(replies[:PARTITIONS]), min(oldest, default=None))

    def trails(self, shop: str, after: int, count: int) -> TrailPart:
        """Return the trails of the next batches after one, at most `count`."""
        names, scored = keys.trail_keys(shop), ("LIMIT", 0, count, "WITHSCORES")
        begun, entries, rests = self._exchange.run(
            [
                ("GET", names.epoch),
                ("XRANGE", names.trail, f"({after}-0", "+", "COUNT", count),
                ("ZRANGEBYSCORE", names.rest, f"({after}", "+inf", *scored),
            ]
        )
        whole = [(int(entry.partition(b"-")[0]), fields[1]) for entry, fields in entries]
        rest = [
            (int(batch), named.partition(b":")[2])
            for named, batch in zip(rests[::2], rests[1::2], strict=True)
        ]
        return TrailPart(int(begun or 0), sorted(whole + rest)[:count])


def connect(url: str, *, stream_bound: int, timeout_seconds: float = 2.0) -> RedisStore:
    """Return a store on the server at `url`; the first round trip connects."""
    return RedisStore(Exchange(url, timeout_seconds), stream_bound)


def _partitions_of(writes: Sequence[EventWrite]) -> dict[int, list[int]]:
    """Group events by partition, each with its place in the call; an event without visitor goes by its own id."""
    groups: dict[int, list[int]] = defaultdict(list)
    for place, write in enumerate(writes):
        groups[partition_of(write.event_id if write.visitor_id is None else write.visitor_id)].append(place)
    return groups


def _by_partition(ids: Iterable[str]) -> dict[int, list[str]]:
    groups: dict[int, list[str]] = defaultdict(list)
    for each in dict.fromkeys(ids):
        groups[partition_of(each)].append(each)
    return groups


def _item_keys(shop: str, partition: int, item_ids: Sequence[str]) -> list[str]:
    """Return the keys of catalogue rows, then of statistics."""
    rows = [keys.catalogue_key(shop, partition, i) for i in item_ids]
    return rows + [keys.statistics_key(shop, partition, hash64(i)) for i in item_ids]
