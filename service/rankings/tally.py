"""Counting what rules do, on the rank path without a call to the store: each process adds its counts every second."""

from collections import Counter
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Final

from features.store.protocol import StoreUnavailable
from features.store.rule_counts import Met, RuleCounts
from service.ranking.rules import Effect

HOUR_SECONDS: Final = 3600
_MOST: Final = 100_000  # kept while the store is away; what comes beyond is not counted


class Tally:
    """Counts of this process that are not in the store yet."""

    def __init__(self, counts: RuleCounts, clock: Callable[[], float]) -> None:
        self._counts = counts
        self._clock = clock
        self._lock = Lock()
        self._waiting: dict[str, Counter[Met]] = {}

    def count(self, shop: str, page: str, effects: Mapping[str, Effect]) -> None:
        """Count what the rules of a page did to one list."""
        met = [Met(page, rule, effect.verdict, effect.by or "") for rule, effect in effects.items()]
        with self._lock:
            waiting = self._waiting.setdefault(shop, Counter())
            if len(waiting) < _MOST:
                waiting.update(met)

    def flush(self) -> None:
        """Add what was counted to the store, under the hour that it is now.

        Raises:
            StoreUnavailable: The store is away; what was counted waits for the next time.
        """
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        try:
            while waiting:
                shop, counts = next(iter(waiting.items()))
                self._counts.add(shop, int(self._clock() // HOUR_SECONDS), counts)
                del waiting[shop]
        except StoreUnavailable:
            with self._lock:
                for shop, counts in waiting.items():
                    self._waiting.setdefault(shop, Counter()).update(counts)
            raise

    def last_day(self, shop: str) -> Counter[Met]:
        """Return what was counted in this hour and the 24 before it, by all processes."""
        hour = int(self._clock() // HOUR_SECONDS)
        return self._counts.read(shop, range(hour - 24, hour + 1))
