"""Many visits at once, as one stream of events in the order of their times."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Final, Protocol

import numpy as np

from training.simulate.session import Ask, Shop, Shopper, Shown, Step, Visit
from training.simulate.tastes import Population

_DAY: Final = 86_400.0
# Share of a day's visits in each UTC hour: quiet nights, a lunch break, a long evening.
_HOURS: Final = np.array(
    [2, 1, 1, 1, 1, 2, 3, 4, 5, 5, 5, 6, 7, 6, 5, 5, 5, 6, 7, 8, 9, 8, 6, 4], dtype=np.float64
)


class Storefront(Protocol):
    """What stands between shopper and shop: it decides the order in which a listing is shown."""

    def show(self, ask: Ask) -> Shown:
        """Answer with a permutation of the asked rows."""
        ...


class ShopOrder:
    """A storefront that shows the shop's own order."""

    def show(self, ask: Ask) -> Shown:
        """Answer with the rows as they came."""
        return Shown(ask.rows)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody comes to the shop."""

    at: float
    shopper: int


def past_arrivals(
    rng: np.random.Generator, population: Population, count: int, span: tuple[float, float]
) -> list[Arrival]:
    """Draw `count` arrivals within a span (from, until; Unix seconds), in order, with the daily ups and downs."""
    start, until = span
    hours = np.arange(int(start // 3_600), int(np.ceil(until / 3_600)))
    share = _HOURS[hours % 24]
    at = 3_600.0 * (rng.choice(hours, count, p=share / share.sum()) + rng.random(count))
    shoppers = rng.choice(len(population), count, p=population.activity)
    return [
        Arrival(float(t), int(s)) for t, s in zip(np.sort(np.clip(at, start, until)), shoppers, strict=True)
    ]


def coming_arrivals(
    rng: np.random.Generator, population: Population, start: float, per_minute: float
) -> Iterator[Arrival]:
    """Draw arrivals from `start` on, for ever, at an even rate with independent gaps."""
    at = start
    while True:
        yield Arrival(at, int(rng.choice(len(population), p=population.activity)))
        at += float(rng.exponential(60.0 / per_minute))


@dataclass(order=True, slots=True)
class _Pending:
    """What a visit does next; the earliest comes first, the earlier visit where times agree."""

    at: float
    serial: int
    what: Ask | Step = field(compare=False)
    visit: Visit = field(compare=False)


class Traffic:
    """Visits in progress. `tag` begins every session id, so that two runs never share one."""

    def __init__(self, rng: np.random.Generator, shop: Shop, storefront: Storefront, tag: str) -> None:
        """`rng` is split for each visit: what one shopper does changes nothing for the next."""
        self._rng = rng
        self._shop = shop
        self._storefront = storefront
        self._tag = tag
        self._pending: list[_Pending] = []

    def steps(self, arrivals: Iterable[Arrival]) -> Iterator[Step]:
        """Yield every step of every visit in time order; holds only the visits in progress."""
        for serial, arrival in enumerate(arrivals):
            yield from self._until(arrival.at)
            shopper = Shopper(
                self._rng.spawn(1)[0], self._shop, arrival.shopper, f"{self._tag}-{serial}", arrival.at
            )
            self._advance(shopper.visit(), serial, None)
        yield from self._until(np.inf)

    def _until(self, at: float) -> Iterator[Step]:
        while self._pending and self._pending[0].at <= at:
            pending = heappop(self._pending)
            answer = self._storefront.show(pending.what) if isinstance(pending.what, Ask) else None
            if isinstance(pending.what, Step):
                yield pending.what
            self._advance(pending.visit, pending.serial, answer)

    def _advance(self, visit: Visit, serial: int, answer: Shown | None) -> None:
        """Let a visit go on to its next step; forget it where it ended."""
        try:
            what = visit.send(answer)
        except StopIteration:
            return
        heappush(self._pending, _Pending(what.at, serial, what, visit))
