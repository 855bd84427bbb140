"""A storefront that lets Balad order its listings: each shopper's page is ranked, seen and clicked over HTTP.

A shopper never notices that the service is away: the page shows the shop's order, and events wait to be sent again.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import numpy as np

from training.simulate.catalogue import Catalogue
from training.simulate.client import RefusedError, ServiceAwayError
from training.simulate.session import Ask, Shown, Step

EVENTS_WAITING: Final = 1_000  # what one call takes; older ones are dropped and counted
PATIENCE_SECONDS: Final = 120.0  # without any answer, before the simulation gives up
_LATENCIES_KEPT: Final = 1_000


class Service(Protocol):
    """What answers calls; `client.Client`, or a fake."""

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Return the answer's body."""
        ...


class Clock(Protocol):
    """Wall clock, and how to wait for it."""

    def now(self) -> float:
        """Unix seconds."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


@dataclass
class Tally:
    """What happened so far."""

    rankings: int = 0
    personalized: int = 0
    events: int = 0  # that the service took
    rejected: int = 0
    failures: int = 0
    dropped: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    latencies_ms: deque[float] = field(default_factory=lambda: deque(maxlen=_LATENCIES_KEPT))

    def sentence(self) -> str:
        """Return it in one line; without a ranking there is no latency to tell."""
        text = f"{self.rankings} rankings ({self.personalized} personalised), {self.events} events"
        if self.latencies_ms:
            text += f", {np.median(self.latencies_ms):.1f} ms at the median"
        if self.reasons:
            text += ", " + ", ".join(f"{n} x {reason}" for reason, n in sorted(self.reasons.items()))
        for count, what in ((self.rejected, "events rejected"), (self.failures, "calls without answer")):
            text += f", {count} {what}" if count else ""
        return text


class Pace:
    """Lets simulated time pass at `speed` seconds per second of the wall clock."""

    def __init__(self, clock: Clock, start: float, speed: float) -> None:
        """`start` is the simulated time of this very moment."""
        self._clock = clock
        self._start = start
        self._began = clock.now()
        self._speed = speed

    def wait_until(self, at: float) -> None:
        """Wait for a simulated time; not at all for one that is over."""
        due = self._began + (at - self._start) / self._speed
        if (left := due - self._clock.now()) > 0.0:
            self._clock.sleep(left)


class LiveStorefront:
    """Asks Balad for the order of each page and tells it what shoppers do."""

    def __init__(self, service: Service, catalogue: Catalogue, pace: Pace, clock: Clock) -> None:
        self.tally = Tally()
        self._service = service
        self._catalogue = catalogue
        self._row_of = {item_id: row for row, item_id in enumerate(catalogue.ids)}
        self._pace = pace
        self._clock = clock
        self._waiting: deque[dict[str, Any]] = deque()
        self._answered_at = clock.now()

    def show(self, ask: Ask) -> Shown:
        """Answer with Balad's order; with the shop's where the service is away."""
        self._pace.wait_until(ask.at)
        before = self._clock.now()
        answer = self._call("/v1/rank", self._question(ask))
        if answer is None:
            return Shown(ask.rows)
        self.tally.latencies_ms.append(1_000.0 * (self._clock.now() - before))
        self.tally.rankings += 1
        self.tally.personalized += bool(answer["personalized"])
        if answer["reason"] is not None:
            self.tally.reasons[answer["reason"]] = self.tally.reasons.get(answer["reason"], 0) + 1
        rows = np.array([self._row_of[item["item_id"]] for item in answer["items"]], dtype=np.int64)
        return Shown(rows, answer["ranking_id"])

    def tell(self, steps: Iterable[Step]) -> None:
        """Send each step's event when its time comes; the server dates it, unless it had to wait."""
        for step in steps:
            self._pace.wait_until(step.at)
            fresh = {name: value for name, value in step.event.items() if name != "time"}
            answer = self._call("/v1/events", {"events": [*self._waiting, fresh]})
            if answer is not None:
                self.tally.events += answer["accepted"]
                self.tally.rejected += len(answer["rejected"])
                self._waiting.clear()
                continue
            self._waiting.append(fresh | {"time": self._clock.now()})
            if len(self._waiting) >= EVENTS_WAITING:
                self._waiting.popleft()
                self.tally.dropped += 1

    def _question(self, ask: Ask) -> dict[str, Any]:
        catalogue = self._catalogue
        items = [
            {
                "item_id": catalogue.ids[row],
                "price": float(catalogue.price[row]),
                "in_stock": bool(catalogue.in_stock[row]),
            }
            for row in ask.rows
        ]
        who = {} if ask.visitor_id is None else {"visitor_id": ask.visitor_id, "session_id": ask.session_id}
        context: dict[str, Any] = {
            "device": "mobile" if ask.mobile else "desktop",
            "filters": list(ask.filters),
        }
        if ask.search_term is not None:
            context["search_term"] = ask.search_term
        return {"page": ask.page, **who, "consent": bool(who), "items": items, "context": context}

    def _call(self, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """Return the answer; None where the service is away, up to PATIENCE_SECONDS."""
        try:
            answer = self._service.post(path, body)
        except ServiceAwayError as error:
            self.tally.failures += 1
            if (away := self._clock.now() - self._answered_at) > PATIENCE_SECONDS:
                raise RefusedError(f"{error}, for {away:.0f} s now; is the service running?") from None
            return None
        self._answered_at = self._clock.now()
        return answer


def told_every(
    seconds: float, clock: Clock, say: Callable[[], None], steps: Iterable[Step]
) -> Iterable[Step]:
    """Pass steps on, and call `say` each time that many seconds have gone by."""
    last = clock.now()
    for step in steps:
        yield step
        if (now := clock.now()) - last >= seconds:
            last = now
            say()
