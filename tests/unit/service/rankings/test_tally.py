"""Counting what rules do."""

from collections import Counter
from collections.abc import Mapping

import pytest

from features.store.protocol import StoreUnavailable
from features.store.rule_counts import MemoryRuleCounts, Met
from service.ranking.rules import Effect, Verdict
from service.rankings.tally import Tally

HOUR = 3600.0
EFFECTS = {"a": Effect(Verdict.CHANGED), "b": Effect(Verdict.OVERRIDDEN, "a")}


class Away(MemoryRuleCounts):
    """A store that is away until it is told to answer."""

    away = True

    def add(self, shop: str, hour: int, counts: Mapping[Met, int]) -> None:
        if self.away:
            raise StoreUnavailable("away")
        super().add(shop, hour, counts)


def test_what_is_counted_is_told_once_it_is_flushed() -> None:
    tally = Tally(MemoryRuleCounts(), lambda: 100 * HOUR)
    tally.count("acme", "home", EFFECTS)
    tally.count("acme", "home", EFFECTS)
    assert tally.last_day("acme") == Counter()
    tally.flush()
    tally.flush()
    assert tally.last_day("acme") == {
        Met("home", "a", "changed", ""): 2,
        Met("home", "b", "overridden", "a"): 2,
    }
    assert tally.last_day("bolt") == Counter()


def test_nothing_is_lost_while_the_store_is_away() -> None:
    store = Away()
    tally = Tally(store, lambda: 100 * HOUR)
    tally.count("acme", "home", EFFECTS)
    with pytest.raises(StoreUnavailable):
        tally.flush()
    tally.count("acme", "home", EFFECTS)
    store.away = False
    tally.flush()
    assert tally.last_day("acme")[Met("home", "a", "changed", "")] == 2
