"""What every place where effects of rules are counted promises: in memory, in Redis and in a cluster."""

from collections import Counter

import pytest
import redis

from features.store.exchange import Exchange
from features.store.rule_counts import LIFE_SECONDS, MemoryRuleCounts, Met, RedisRuleCounts, RuleCounts

CHANGED = Met("category/shoes & bags", "r-1", "changed", "")
LOST = Met("home", "r-2", "overridden", "r-1")


@pytest.fixture(params=["memory", "redis", "cluster"])
def counts(request: pytest.FixtureRequest) -> RuleCounts:
    if request.param == "memory":
        return MemoryRuleCounts()
    url = request.getfixturevalue("cluster_url" if request.param == "cluster" else "redis_url")
    return RedisRuleCounts(Exchange(url, 5.0))


def test_counts_of_an_hour_add_up(counts: RuleCounts) -> None:
    counts.add("acme", 7, {CHANGED: 2, LOST: 1})
    counts.add("acme", 7, {CHANGED: 3})
    assert counts.read("acme", [7]) == Counter({CHANGED: 5, LOST: 1})


def test_hours_and_shops_are_apart(counts: RuleCounts) -> None:
    counts.add("acme", 7, {CHANGED: 2})
    counts.add("acme", 8, {CHANGED: 3})
    counts.add("bolt", 7, {LOST: 1})
    assert counts.read("acme", range(7, 9)) == Counter({CHANGED: 5})
    assert counts.read("acme", [9]) == Counter()
    assert counts.read("acme", []) == Counter()


def test_what_was_counted_in_redis_is_forgotten(server_url: str, client: redis.Redis) -> None:
    RedisRuleCounts(Exchange(server_url, 5.0)).add("acme", 7, {CHANGED: 1})
    assert 0 < client.ttl("balad:{acme:0}:rules:7") <= LIFE_SECONDS
