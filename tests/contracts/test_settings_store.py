"""What every settings store promises, asked of the one in memory, in Redis and in a cluster."""

from collections.abc import Callable

import pytest

from features.store.exchange import Exchange
from features.store.keys import stream_key
from features.store.protocol import StoreUnavailable
from features.store.redis_settings import RedisSettings
from features.store.settings import RECENT, MemorySettings, SettingsStore, Snapshot

Facts = Callable[[str], list[bytes]]


@pytest.fixture(params=["memory", "redis", "cluster"])
def kept(request: pytest.FixtureRequest) -> tuple[SettingsStore, Facts]:
    if request.param == "memory":
        memory = MemorySettings()
        return memory, lambda shop: memory.facts.get(shop, [])
    exchange = Exchange(
        request.getfixturevalue("cluster_url" if request.param == "cluster" else "redis_url"), 5.0
    )

    def facts(shop: str) -> list[bytes]:
        (entries,) = exchange.run([("XRANGE", stream_key(shop, 0), "-", "+")])
        return [fields[3] for _, fields in entries if fields[:2] == [b"k", b"s"]]

    return RedisSettings(exchange), facts


def test_an_unknown_shop_has_no_settings(kept: tuple[SettingsStore, Facts]) -> None:
    store, _ = kept
    assert store.read("acme") == Snapshot(0, {})
    assert store.shops() == frozenset()
    assert store.changed({}) == {}


def test_a_change_is_read_back_and_recorded(kept: tuple[SettingsStore, Facts]) -> None:
    store, facts = kept
    assert store.replace("acme", "page/home", None, b'{"state":"on"}', b"fact")
    assert store.read("acme") == Snapshot(1, {"page/home": b'{"state":"on"}'})
    assert store.shops() == {"acme"}
    assert facts("acme") == [b"fact"]


def test_a_change_from_something_else_than_what_stands_does_nothing(
    kept: tuple[SettingsStore, Facts],
) -> None:
    store, facts = kept
    store.replace("acme", "page/home", None, b"1", b"first")
    assert not store.replace("acme", "page/home", None, b"2", b"second")
    assert not store.replace("acme", "page/home", b"0", b"2", b"second")
    assert not store.replace("acme", "page/cart", b"0", b"2", b"second")
    assert store.read("acme") == Snapshot(1, {"page/home": b"1"})
    assert facts("acme") == [b"first"]


def test_a_setting_can_be_taken_away_again(kept: tuple[SettingsStore, Facts]) -> None:
    store, facts = kept
    store.replace("acme", "page/home", None, b"1", b"first")
    assert store.replace("acme", "page/home", b"1", None, b"second")
    assert store.read("acme") == Snapshot(2, {})
    assert facts("acme") == [b"first", b"second"]


def test_only_shops_that_changed_are_read_again(kept: tuple[SettingsStore, Facts]) -> None:
    store, _ = kept
    store.replace("acme", "a", None, b"1", b"fact")
    store.replace("bolt", "b", None, b"1", b"fact")
    seen = {shop: snapshot.revision for shop, snapshot in store.changed({}).items()}
    assert seen == {"acme": 1, "bolt": 1}
    assert store.changed(seen) == {}
    store.replace("bolt", "b", b"1", b"2", b"fact")
    assert store.changed(seen) == {"bolt": Snapshot(2, {"b": b"2"})}


def test_a_restored_setting_is_no_new_fact(kept: tuple[SettingsStore, Facts]) -> None:
    store, facts = kept
    store.restore("acme", "page/home", b"1")
    store.restore("acme", "page/home", b"2")
    store.restore("acme", "page/cart", b"3")
    store.restore("acme", "page/cart", None)
    assert store.read("acme").values == {"page/home": b"2"}
    assert facts("acme") == []


def test_a_server_that_is_away_is_the_one_error_of_the_store() -> None:
    with pytest.raises(StoreUnavailable):
        RedisSettings(Exchange("unix:///nowhere/server.sock", 0.1)).read("acme")


def test_the_newest_changes_are_at_hand_the_newest_first(kept: tuple[SettingsStore, Facts]) -> None:
    store, _ = kept
    assert store.recent("acme") == []
    for n in range(RECENT + 2):
        store.replace("acme", "n", None if n == 0 else b"%d" % (n - 1), b"%d" % n, b"fact %d" % n)
    store.replace("acme", "n", b"something else", b"x", b"refused")
    store.restore("acme", "n", b"y")
    recent = store.recent("acme")
    assert (len(recent), recent[0], recent[-1]) == (RECENT, b"fact %d" % (RECENT + 1), b"fact 2")
