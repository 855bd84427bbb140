"""What a cluster does while it changes, and what the stores make of it."""

from collections.abc import Iterator

import pytest

from features.identity import partition_of
from features.store import keys, redis_work
from features.store.exchange import Exchange
from features.store.protocol import Backlog, EventWrite, PartUnavailable, StoreUnavailable
from features.store.redis_work import RedisWorkStore
from service.console.attempts import Attempts
from service.limiting.rates import Rates
from tests.faults.fleet import HOST, Cluster

NOON = 1_795_348_800.0
DONE = bytes(40)


@pytest.fixture
def store(cluster_url: str) -> Iterator[RedisWorkStore]:
    opened = redis_work.connect(cluster_url, stream_bound=1_000, timeout_seconds=5.0)
    yield opened
    opened.close()


class Move:
    """A visitor's slot on its way from one master to another, the classic way."""

    def __init__(self, cluster: Cluster, visitor: str) -> None:
        self.names = keys.visitor_keys("s", partition_of(visitor), visitor)
        self.cluster, self.slot = cluster, cluster.slot(self.names[0])
        self.source = cluster.owner(self.names[0])
        self.target = next(port for port in cluster.masters if port != self.source)
        source, target = cluster.node_id(self.source), cluster.node_id(self.target)
        cluster.fleet.ask(self.target, "CLUSTER", "SETSLOT", self.slot, "IMPORTING", source)
        cluster.fleet.ask(self.source, "CLUSTER", "SETSLOT", self.slot, "MIGRATING", target)

    def carry(self, *names: str) -> None:
        """Move some keys."""
        self.cluster.fleet.ask(self.source, "MIGRATE", HOST, self.target, "", 0, 5000, "KEYS", *names)

    def finish(self) -> None:
        """Move what is left, and give the slot away."""
        while names := self.cluster.fleet.ask(self.source, "CLUSTER", "GETKEYSINSLOT", self.slot, 100):
            self.carry(*(name.decode() for name in names))
        owner = self.cluster.node_id(self.target)
        for port in (self.target, self.source):
            self.cluster.fleet.ask(port, "CLUSTER", "SETSLOT", self.slot, "NODE", owner)


def test_a_slot_that_moves_is_followed_and_one_half_moved_is_read(
    cluster: Cluster, store: RedisWorkStore
) -> None:
    store.append("s", [EventWrite("e1", "v", b"body", DONE, DONE)], NOON)
    move = Move(cluster, "v")
    move.carry(move.names[0])
    found = store.read("s", "v")
    assert (found.interactions, found.impressions) == (DONE, DONE)
    with pytest.raises(PartUnavailable, match="TRYAGAIN"):
        store.append("s", [EventWrite("e2", "v", b"body", DONE)], NOON)
    move.finish()
    assert store.append("s", [EventWrite("e1", "v", b""), EventWrite("e2", "v", b"", DONE)], NOON) == [
        False,
        True,
    ]
    assert store.read("s", "v").interactions == 2 * DONE


def test_a_master_that_is_silent_costs_only_what_it_holds(cluster: Cluster, store: RedisWorkStore) -> None:
    visitors = [f"v{n}" for n in range(40)]
    store.append("s", [EventWrite(f"e{v}", v, b"", DONE) for v in visitors], NOON)
    silent = cluster.owner(keys.stream_key("s", 1))
    held = {v: cluster.owner(keys.stream_key("s", partition_of(v))) == silent for v in visitors}
    assert set(held.values()) == {True, False}
    elsewhere = next(v for v in visitors if not held[v])
    cluster.fleet.pause(silent)
    try:
        for visitor in visitors:
            if held[visitor]:
                with pytest.raises(PartUnavailable):
                    store.read("s", visitor, timeout_seconds=0.05)
            else:
                assert store.read("s", visitor, timeout_seconds=0.5).interactions == DONE
        found = store.read("s", elsewhere, visitors, timeout_seconds=0.5)
        assert found.interactions == DONE
        assert 0 < len(found.catalogue) < len(visitors)
        with pytest.raises(StoreUnavailable):
            store.ping()
    finally:
        cluster.fleet.resume(silent)


def test_a_node_of_a_cluster_that_is_taken_for_a_server_says_what_to_write(cluster: Cluster) -> None:
    exchange = Exchange(f"redis://{HOST}:{cluster.masters[0]}", 5.0)
    with pytest.raises(StoreUnavailable, match=r"redis\+cluster://"):
        exchange.run([("GET", f"balad:{{s:{n}}}:work") for n in range(8)])
    exchange.close()


def test_nobody_who_knows_the_cluster_is_waited_for_as_long_as_the_call_may_take() -> None:
    exchange = Exchange("redis+cluster://127.0.0.1:1,127.0.0.1:2", 0.1)
    with pytest.raises(StoreUnavailable, match="no server says who holds what"):
        exchange.run([("GET", "balad:{s:0}:work")])


def test_a_user_with_less_rights_is_told_which_is_missing(cluster: Cluster, cluster_url: str) -> None:
    for port in cluster.masters:
        cluster.fleet.ask(
            port, "ACL", "SETUSER", "poor", "on", ">p", "~balad:*", "-@all", "+cluster|slots", "+get"
        )
    exchange = Exchange(cluster.url.replace("://", "://poor:p@"), 5.0)
    with pytest.raises(StoreUnavailable, match=r"NOPERM.*mget"):
        exchange.run([("MGET", "balad:{s:0}:work")])
    exchange.close()
    assert "PASSWORD" in cluster_url


def test_masters_without_replicas_that_must_have_one_refuse_writes_and_are_read(
    cluster: Cluster, store: RedisWorkStore
) -> None:
    store.append("s", [EventWrite("e1", "v", b"", DONE)], NOON)
    try:
        for port in cluster.masters:
            cluster.fleet.ask(port, "CONFIG", "SET", "min-replicas-to-write", 1)
        with pytest.raises(Backlog, match="NOREPLICAS"):
            store.append("s", [EventWrite("e2", "v", b"", DONE)], NOON)
        assert store.read("s", "v").interactions == DONE
    finally:
        for port in cluster.masters:
            cluster.fleet.ask(port, "CONFIG", "SET", "min-replicas-to-write", 0)


def test_rates_and_attempts_are_counted_for_all_processes(cluster_url: str) -> None:
    one, other = (Rates(cluster_url, per_key=100, per_visitor=4, clock=lambda: NOON) for _ in range(2))
    assert [rates.of_visitor("s", "v", 3) for rates in (one, other)] == [None, None]
    one.tell()
    other.tell()
    assert other.of_visitor("s", "v") is not None
    attempts = Attempts(cluster_url)
    assert [attempts.allow("s", "marie", "10.0.0.1") for _ in range(11)] == [True] * 10 + [False]
    attempts.forget("s", "marie", "10.0.0.1")
    assert attempts.allow("s", "marie", "10.0.0.1")
