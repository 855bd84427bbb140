"""What every place where effects of rules are counted promises, asked of the one in memory and the one in Redis."""

from collections import Counter

import pytest
import redis

from features.store.exchange import Exchange
from features.store.rule_counts import LIFE_SECONDS, MemoryRuleCounts, Met, RedisRuleCounts, RuleCounts

CHANGED = Met("category/shoes & bags", "r-1", "changed", "")
LOST = Met("home", "r-2", "overridden", "r-1")


@pytest.fixture(params=["memory", "redis"])
def counts(request: pytest.FixtureRequest) -> RuleCounts:
    if request.param == "memory":
        return MemoryRuleCounts()
    return RedisRuleCounts(Exchange(request.getfixturevalue("redis_url"), 1.0))


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


def test_what_was_counted_in_redis_is_forgotten(redis_url: str) -> None:
    RedisRuleCounts(Exchange(redis_url, 1.0)).add("acme", 7, {CHANGED: 1})
    with redis.Redis.from_url(redis_url) as client:
        assert 0 < client.ttl("balad:{acme:0}:rules:7") <= LIFE_SECONDS
