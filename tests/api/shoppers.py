"""Simulated shoppers whose pages are ordered over HTTP, by models that know more or less of what they want."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from features.attributes import DEFAULT
from features.table import feature_table
from service.ranking import Model
from training.simulate.session import Ask, Shop, Shown, Step
from training.simulate.traffic import Arrival, Traffic

if TYPE_CHECKING:
    from tests.api.conftest import Api

Floats = np.ndarray[Any, np.dtype[np.float64]]
EVENTS_AT_ONCE = 200


@dataclass
class Knowledge:
    """What the shopper of this very moment wants; models look at it."""

    worth: Floats = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True)
class Knowing:
    """A scorer that knows a part of it: 1.0 all, 0.0 nothing, -1.0 puts what is wanted last."""

    knowledge: Knowledge
    part: float

    def score(self, matrix: np.ndarray[Any, np.dtype[np.float32]]) -> Floats:
        assert len(matrix) == len(self.knowledge.worth)
        return self.part * self.knowledge.worth


@dataclass(frozen=True)
class Failing:
    """A scorer that cannot."""

    def score(self, matrix: np.ndarray[Any, np.dtype[np.float32]]) -> Floats:
        raise ZeroDivisionError(f"{len(matrix)} rows")


def model(version: str, scorer: Any) -> Model:
    """A model of that version."""
    return Model(version, feature_table(DEFAULT), scorer)


@dataclass
class Storefront:
    """Asks for the order of each page, and tells what shoppers do, in the shop's own time."""

    api: "Api"
    shop: Shop
    knowledge: Knowledge
    waiting: list[dict[str, Any]] = field(default_factory=list)
    served: dict[str, set[str]] = field(default_factory=dict)  # visitors by the model that they got

    def show(self, ask: Ask) -> Shown:
        """Answer with Balad's order."""
        ids = self.shop.catalogue.ids
        self.api.clock.now = max(self.api.clock.now, ask.at)
        self.knowledge.worth = ask.worth(ask.rows)
        who: dict[str, Any] = {"visitor_id": ask.visitor_id, "session_id": ask.session_id}
        consent = ask.visitor_id is not None
        answer = self.api.rank([ids[row] for row in ask.rows], page=ask.page, consent=consent, **who)
        if ask.visitor_id is not None:
            self.served.setdefault(answer["model"], set()).add(ask.visitor_id)
        row_of = dict(zip((ids[row] for row in ask.rows), ask.rows.tolist(), strict=True))
        return Shown(np.array([row_of[item["item_id"]] for item in answer["items"]]), answer["ranking_id"])

    def tell(self, steps: Iterable[Step]) -> None:
        """Send what they do."""
        for step in steps:
            self.waiting.append(step.event)
            if len(self.waiting) >= EVENTS_AT_ONCE:
                self.send()
        self.send()

    def send(self) -> None:
        """Send what waits."""
        self.api.clock.now = max([self.api.clock.now, *(event["time"] for event in self.waiting)])
        if self.waiting:
            assert not self.api.send(*self.waiting)["rejected"]
        self.waiting = []

    def visited(self, number: int, visits: int) -> None:
        """Let so many shoppers come, each `number` other ones: who let the shop know them, on a small screen."""
        people = np.flatnonzero(self.shop.population.consent & self.shop.population.mobile)
        come = people[number * visits : (number + 1) * visits].tolist()
        arrivals = [Arrival(self.api.clock.now + 10.0 + i, row) for i, row in enumerate(come)]
        self.tell(Traffic(np.random.default_rng(number), self.shop, self, f"t{number}").steps(arrivals))
