"""How many lists each rule met in each hour, and what came of it.

    key                         value                                              life
    balad:{shop:0}:rules:HOUR   hash: page, rule, verdict and overriding rule, a    50 h
                                tab between them -> lists

A hash holds at most some fields per rule of a page that is looked at; web processes add what they counted each second.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol

from features.store.exchange import Exchange
from features.store.keys import tag

LIFE_SECONDS: Final = 50 * 3600
_TAB: Final = "\t"  # in no page, no id of a rule


class Met(NamedTuple):
    """A rule of a page that met a list, with this verdict; `by` is the rule that overrode it, else empty."""

    page: str
    rule: str
    verdict: str
    by: str


class RuleCounts(Protocol):
    """Where effects are counted. Every method raises StoreUnavailable where the store does not answer."""

    def add(self, shop: str, hour: int, counts: Mapping[Met, int]) -> None:
        """Add to the counts of an hour (hours since 1970)."""
        ...

    def read(self, shop: str, hours: Iterable[int]) -> Counter[Met]:
        """Return the counts of some hours together."""
        ...


@dataclass
class MemoryRuleCounts:
    """The same promises in this process."""

    kept: dict[tuple[str, int], Counter[Met]] = field(default_factory=dict)

    def add(self, shop: str, hour: int, counts: Mapping[Met, int]) -> None:
        """Add to the counts of an hour."""
        self.kept.setdefault((shop, hour), Counter()).update(counts)

    def read(self, shop: str, hours: Iterable[int]) -> Counter[Met]:
        """Return the counts of some hours together."""
        return sum((self.kept.get((shop, hour), Counter()) for hour in hours), Counter())


class RedisRuleCounts:
    """RuleCounts over an exchange."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def add(self, shop: str, hour: int, counts: Mapping[Met, int]) -> None:
        """Add to the counts of an hour."""
        key = _key(shop, hour)
        adding = [("HINCRBY", key, _TAB.join(met), lists) for met, lists in counts.items()]
        self._exchange.run([*adding, ("EXPIRE", key, LIFE_SECONDS)])

    def read(self, shop: str, hours: Iterable[int]) -> Counter[Met]:
        """Return the counts of some hours together."""
        total: Counter[Met] = Counter()
        for reply in self._exchange.run([("HGETALL", _key(shop, hour)) for hour in hours]):
            fields = dict(zip(reply[::2], reply[1::2], strict=True))
            total.update({Met(*name.decode().split(_TAB)): int(lists) for name, lists in fields.items()})
        return total


def _key(shop: str, hour: int) -> str:
    return f"{tag(shop, 0)}:rules:{hour}"
