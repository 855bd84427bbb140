"""Counting what rules do, on the rank path without a call to the store: each process adds its counts every second."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping
from typing import Final

from features.store.rule_counts import Met, RuleCounts
from service.ranking.rules import Effect

HOUR_SECONDS: Final = 3600
_MOST: Final = 20_000  # lists between two flushes; of more, the latest are counted


class Tally:
    """Counts of this process that are not in the store yet."""

    def __init__(self, counts: RuleCounts, clock: Callable[[], float]) -> None:
        self._counts = counts
        self._clock = clock
        self._lists: deque[tuple[str, str, Mapping[str, Effect]]] = deque(maxlen=_MOST)
        self._waiting: dict[str, Counter[Met]] = defaultdict(Counter)

    def count(self, shop: str, page: str, effects: Mapping[str, Effect]) -> None:
        """Note what the rules of a page did to one list, to be counted once nobody waits for it."""
        self._lists.append((shop, page, effects))

    def flush(self) -> None:
        """Add what was counted to the store, under the hour that it is now; one thread at a time.

        Raises:
            StoreUnavailable: The store is away; what was counted waits for the next time.
        """
        for _ in range(len(self._lists)):
            shop, page, effects = self._lists.popleft()
            self._waiting[shop].update(
                Met(page, rule, effect.verdict, effect.by or "") for rule, effect in effects.items()
            )
        while self._waiting:
            shop, counts = next(iter(self._waiting.items()))
            self._counts.add(shop, int(self._clock() // HOUR_SECONDS), counts)
            del self._waiting[shop]

    def last_day(self, shop: str) -> Counter[Met]:
        """Return what was counted in this hour and the 24 before it, by all processes."""
        hour = int(self._clock() // HOUR_SECONDS)
        return self._counts.read(shop, range(hour - 24, hour + 1))
