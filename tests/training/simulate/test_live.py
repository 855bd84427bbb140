from itertools import islice
from typing import Any

import numpy as np
import pytest

from training.simulate.client import RefusedError, ServiceAwayError
from training.simulate.live import PATIENCE_SECONDS, LiveStorefront, Pace, told_every
from training.simulate.session import Step
from training.simulate.traffic import Traffic, coming_arrivals
from training.simulate.world import draw_shop

START = 1_790_000_000.0
SHOP = draw_shop(17, items=300, shoppers=40, at=START)


class FakeClock:
    def __init__(self) -> None:
        self.at = 5_000.0
        self.slept = 0.0

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds
        self.slept += seconds


class FakeService:
    """Ranks backwards; `away` makes it fall silent."""

    def __init__(self) -> None:
        self.away = False
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        if self.away:
            raise ServiceAwayError("nothing answers")
        self.calls.append((path, body))
        if path == "/v1/events":
            return {"accepted": len(body["events"]), "rejected": []}
        items = [{"item_id": item["item_id"], "index": n} for n, item in enumerate(reversed(body["items"]))]
        reason = None if body["consent"] else "no_consent"
        return {"ranking_id": "r-1", "personalized": body["consent"], "reason": reason, "items": items}

    def events(self) -> list[dict[str, Any]]:
        return [event for path, body in self.calls if path == "/v1/events" for event in body["events"]]


def drive(service: FakeService, visits: int = 12, speed: float = 60.0) -> tuple[LiveStorefront, FakeClock]:
    clock = FakeClock()
    rng = np.random.default_rng(2)
    front = LiveStorefront(service, SHOP.catalogue, Pace(clock, START, speed), clock)
    arrivals = islice(coming_arrivals(rng, SHOP.population, START, 20.0), visits)
    front.tell(Traffic(rng, SHOP, front, "live").steps(arrivals))
    return front, clock


def test_each_page_is_ranked_before_it_is_seen_in_the_order_answered() -> None:
    service = FakeService()
    front, _ = drive(service)
    pages = [body for path, body in service.calls if path == "/v1/rank"]
    seen = [event for event in service.events() if event["name"] == "view_item_list"]
    answered = sorted([item["item_id"] for item in reversed(page["items"])] for page in pages)
    assert sorted([item["item_id"] for item in event["items"]] for event in seen) == answered
    assert {event["ranking_id"] for event in seen} == {"r-1"}
    assert front.tally.rankings == len(pages)
    assert front.tally.events == len(service.events())


def test_the_server_dates_what_comes_at_once() -> None:
    service = FakeService()
    drive(service, visits=3)
    assert not any("time" in event for event in service.events())


def test_live_shoppers_take_their_time() -> None:
    service = FakeService()
    _, clock = drive(service, visits=12, speed=10.0)
    assert clock.slept > 12 / 20 * 60 / 10 / 2


def test_reasons_and_personalised_rankings_are_counted() -> None:
    front, _ = drive(FakeService(), visits=30)
    silent = front.tally.reasons["no_consent"]
    assert front.tally.personalized == front.tally.rankings - silent
    assert f"{silent} x no_consent" in front.tally.sentence()


def test_while_the_service_is_away_the_shop_order_shows_and_events_wait_with_their_time() -> None:
    service = FakeService()
    clock = FakeClock()
    front = LiveStorefront(service, SHOP.catalogue, Pace(clock, START, 1e6), clock)
    rng = np.random.default_rng(2)
    arrivals = islice(coming_arrivals(rng, SHOP.population, START, 20.0), 2)
    steps = Traffic(rng, SHOP, front, "live").steps(arrivals)
    service.away = True
    shown = next(steps)
    front.tell([shown])
    service.away = False
    front.tell(steps)
    first = service.events()[0]
    assert first["event_id"] == shown.event["event_id"]
    assert first["time"] == pytest.approx(clock.at, abs=1.0)
    assert "ranking_id" not in first
    assert (
        len({event["event_id"] for event in service.events()}) == len(service.events()) == front.tally.events
    )


def test_gives_up_on_a_service_that_stays_away() -> None:
    service = FakeService()
    clock = FakeClock()
    front = LiveStorefront(service, SHOP.catalogue, Pace(clock, START, 1.0), clock)
    service.away = True
    clock.at += PATIENCE_SECONDS + 1.0
    with pytest.raises(RefusedError, match="is the service running"):
        front.tell([Step({"name": "view_item", "event_id": "e", "time": START})])


def test_says_how_it_goes_now_and_then() -> None:
    clock = FakeClock()
    said = []
    steps = [Step({"time": float(n)}) for n in range(10)]
    for step in told_every(3.0, clock, lambda: said.append(clock.at), steps):
        clock.sleep(1.0)
        assert step.at >= 0.0
    assert len(said) == 3
