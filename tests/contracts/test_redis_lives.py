"""What Redis keeps how long, and at what size: every key has a life or a bound."""

import contextlib
from collections.abc import Iterator

import numpy as np
import pytest
import redis

from features.facts import IMPRESSION, INTERACTION
from features.identity import partition_of
from features.store import keys, redis_work
from features.store.exchange import Exchange
from features.store.protocol import Backlog, EventWrite, ExposureWrite, StoreUnavailable, VisitorState
from features.store.redis_work import RedisWorkStore

NOW = 1_795_348_800.0
DAY = 86_400


@pytest.fixture
def store(redis_url: str) -> Iterator[RedisWorkStore]:
    opened = redis_work.connect(redis_url, stream_bound=1000)
    yield opened
    opened.close()


@pytest.fixture
def client(redis_url: str) -> Iterator[redis.Redis]:
    with contextlib.closing(redis.Redis.from_url(redis_url)) as opened:
        yield opened


def fill(store: RedisWorkStore) -> None:
    event = EventWrite("e", "v", b"body", bytes(INTERACTION.itemsize), bytes(IMPRESSION.itemsize))
    store.append("s", [event], NOW)
    store.append_exposure("s", ExposureWrite("r", None, b"body", b"order"))
    store.write_statistics("s", 1, {7: bytes(8)})
    store.extend_visitors("s", 1, {"w": VisitorState(bytes(40))}, by_time=False, life_seconds=5 * DAY)
    store.suspend("s")


def test_lives_are_those_of_the_key_schema(store: RedisWorkStore, client: redis.Redis) -> None:
    fill(store)
    visitor = partition_of("v")
    lives = {
        keys.visitor_keys("s", visitor, "v")[0]: 30 * DAY,
        keys.visitor_keys("s", visitor, "v")[1]: 30 * DAY,
        keys.visitor_keys("s", partition_of("w"), "w")[0]: 5 * DAY,
        keys.seen_key("s", visitor, NOW): 2 * DAY,
        keys.ranking_key("s", partition_of("r"), "r"): 1800,
        keys.statistics_key("s", 7 % 8, 7): 400 * DAY,
        keys.suspended_key("s", 3): 60,
    }
    assert {key: round(client.ttl(key), -1) for key in lives} == lives


def test_a_write_prolongs_both_strings_of_a_visitor(store: RedisWorkStore, client: redis.Redis) -> None:
    fill(store)
    names = keys.visitor_keys("s", partition_of("v"), "v")
    for name in names:
        client.expire(name, 100)
    store.resume("s", (b"9999999999999-0",) * 8)
    store.append("s", [EventWrite("e2", "v", b"", bytes(INTERACTION.itemsize))], NOW)
    assert [round(client.ttl(name), -1) for name in names] == [30 * DAY, 30 * DAY]


def test_every_key_is_in_the_key_schema(store: RedisWorkStore, client: redis.Redis) -> None:
    fill(store)
    store.acquire("s", "a", 10)
    store.acquire("s", "b", 10, waits=True)
    store.save("s", "a", b"state", 10)
    store.restore_items("s", {"a": b"row"})
    kinds = {str(key).split("}")[1].split(":")[1].strip("'") for key in client.scan_iter()}
    assert kinds == {
        "stream",
        "seen",
        "v",
        "s",
        "r",
        "n",
        "c",
        "projected",
        "suspended",
        "lease",
        "wish",
        "work",
    }
    assert all(f"`:{kind}" in (keys.__doc__ or "") for kind in kinds)


@pytest.mark.parametrize(("interactions", "most_bytes"), [(15, 1200), (200, 9 * 1024)])
def test_a_visitor_is_small(
    store: RedisWorkStore, client: redis.Redis, interactions: int, most_bytes: int
) -> None:
    store.append("s", [EventWrite("e", "v-0123456789", b"", bytes(40 * interactions))], NOW)
    name = keys.visitor_keys("s", partition_of("v-0123456789"), "v-0123456789")[0]
    assert (client.memory_usage(name) or 0) <= most_bytes


def test_what_travels_with_an_event_is_real_history(store: RedisWorkStore) -> None:
    first = np.zeros(7, INTERACTION)
    first["time"] = range(7)
    store.append("s", [EventWrite("e1", "v", b"", first.tobytes())], NOW)
    store.append("s", [EventWrite("e2", "v", b"", bytes(40))], NOW)
    entries = store.entries("s", (b"0-0",) * 8, 9)[partition_of("v")]
    assert entries[1].before == first[2:].tobytes()


def test_an_exhausted_memory_is_a_backlog_and_nothing_is_half_written(
    store: RedisWorkStore, client: redis.Redis
) -> None:
    client.config_set("maxmemory", 1)
    try:
        with pytest.raises(Backlog):
            store.append("s", [EventWrite("e", "v", b"", bytes(40))], NOW)
    finally:
        client.config_set("maxmemory", 0)
    assert client.keys() == []


def test_scripts_that_the_server_forgot_are_sent_again(store: RedisWorkStore, client: redis.Redis) -> None:
    store.append("s", [EventWrite("e1", "v", b"", b"")], NOW)
    client.script_flush()
    assert store.append("s", [EventWrite("e1", "v", b""), EventWrite("e2", "w", b"")], NOW) == [False, True]


def test_a_connection_that_the_server_closed_is_replaced(store: RedisWorkStore, client: redis.Redis) -> None:
    store.ping()
    client.client_kill_filter(_type="normal", skipme=True)
    store.ping()


def test_nobody_listening_is_unavailable() -> None:
    store = redis_work.connect("redis://127.0.0.1:1", stream_bound=1, timeout_seconds=0.1)
    with pytest.raises(StoreUnavailable):
        store.ping()


def test_a_late_answer_is_unavailable_and_the_next_call_gets_its_own(
    store: RedisWorkStore, client: redis.Redis
) -> None:
    store.append("s", [EventWrite("e", "v", b"", bytes(40))], NOW)
    client.client_pause(300)
    with pytest.raises(StoreUnavailable):
        store.read("s", "v", timeout_seconds=0.02)
    assert store.read("s", "v").interactions == bytes(40)


def test_an_error_of_the_server_leaves_the_connection_usable(redis_url: str) -> None:
    exchange = Exchange(redis_url, 1.0)
    with pytest.raises(StoreUnavailable):
        exchange.run([("SET", "k", "v"), ("INCR", "k"), ("GET", "k")])
    assert exchange.run([("GET", "k")]) == [b"v"]
    exchange.close()
