"""Rates of publishable keys and their visitors, counted in this process and, where they grow, in all together.

A ranking pays for a look into two dicts, never for a round trip: each process counts by itself, and each second tells
the others, through Redis, what has grown beyond a share of its limit. So a limit is kept to within a second and that
share of each process; and where Redis is away, each process keeps it by itself.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Final, NamedTuple

from limits import RateLimitItemPerMinute
from limits.errors import StorageError
from limits.strategies import FixedWindowRateLimiter

from features.store.keys import subject_of
from features.store.protocol import StoreUnavailable
from service.limiting.storage import storage

WINDOW_SECONDS: Final = 60
TOLD_FROM: Final = 20  # a process tells of whom it counted a 20th of the limit
_NAMESPACE: Final = "balad:rate"
_MOST_NAMES: Final = (
    200_000  # per process and minute, 30 MB; more is no shop's traffic of a minute on one process
)


class Line(NamedTuple):
    """What is counted together: a shop's key, or (by the hash of their id) one visitor of it."""

    shop: str
    visitor: bytes = b""


@dataclass
class _Window:
    """One minute: what was counted here, what of it was told, and who is over the limit everywhere."""

    number: int = -1
    counts: dict[Line, int] = field(default_factory=dict)
    told: dict[Line, int] = field(default_factory=dict)
    over: set[Line] = field(default_factory=set)


class Rates:
    """The rates of one process. `per_key` and `per_visitor` are calls, and events, a minute; 0 is no limit."""

    def __init__(self, redis_url: str, per_key: int, per_visitor: int, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._per_key = per_key
        self._per_visitor = per_visitor
        self._limiter = cache(lambda: FixedWindowRateLimiter(storage(redis_url)))
        self._window = _Window()

    def of_key(self, shop: str) -> int | None:
        """Count a call; None, or how many seconds to wait where there were too many."""
        return self._count(Line(shop), 1, self._per_key)

    def of_visitor(self, shop: str, visitor_id: str, number: int = 1) -> int | None:
        """Count rankings or events of a visitor; None, or how many seconds to wait where there were too many."""
        return self._count(Line(shop, subject_of(visitor_id)), number, self._per_visitor)

    def _count(self, line: Line, number: int, limit: int) -> int | None:
        if not limit:
            return None
        now = self._clock()
        window = self._current(now)
        count = window.counts[line] = (
            window.counts.get(line, 0) + number
        )  # two threads may lose a call: no harm
        if count <= limit and line not in window.over:
            return None
        return WINDOW_SECONDS - int(now) % WINDOW_SECONDS

    def _current(self, now: float) -> _Window:
        number = int(now) // WINDOW_SECONDS
        if self._window.number != number or len(self._window.counts) > _MOST_NAMES:
            self._window = _Window(number, over=self._window.over if self._window.number == number else set())
        return self._window

    def tell(self) -> None:
        """Add what has grown to what all processes counted. Raises StoreUnavailable; nothing is lost by it."""
        window = self._current(self._clock())
        for line, count in list(window.counts.items()):
            limit = self._per_visitor if line.visitor else self._per_key
            new = count - window.told.get(line, 0)
            if new and count * TOLD_FROM >= limit:
                window.told[line] = count
                if not self._told(line, limit, new):
                    window.over.add(line)

    def _told(self, line: Line, limit: int, number: int) -> bool:
        """Count for all; False where all together are over the limit."""
        item = RateLimitItemPerMinute(limit, namespace=_NAMESPACE)
        try:
            return self._limiter().hit(item, line.shop, line.visitor.hex(), cost=number)
        except StorageError as error:
            raise StoreUnavailable(f"rates cannot be counted: {error}") from error
