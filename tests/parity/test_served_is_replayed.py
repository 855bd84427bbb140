"""What a replay of the log computes is what rankings were served with: every row, to the bit.

Simulated shoppers act on the real application over a real Redis with the real worker, for a day and a half of a clock
that runs as fast as they do; the worker works between their steps, so that nothing depends on how busy the machine is.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from flask.testing import FlaskClient

from features.attributes import declared
from features.log.place import Log
from features.log.reader import Fact, facts
from features.log.schema import Kind
from features.store import redis_work
from features.store.exchange import Exchange
from features.store.redis_settings import RedisSettings
from features.table import feature_table
from service.app import create_app
from service.ranking import Model
from service.settings import Settings
from service.shops import create_shop
from service.wiring import handles
from service.worker.worker import ShopWork
from training.parity import Parity, parity
from training.simulate.session import Ask, Shop, Shown
from training.simulate.traffic import Traffic, past_arrivals
from training.simulate.world import draw_shop

NOON: Final = 1_795_348_800.0  # 2026-11-22T12:00:00Z
HOURS: Final = 36
VISITS: Final = 120
ATTRIBUTES: Final = declared(("category:categorical", "brand:categorical", "size:multi", "rating:numeric"))
SECONDS_PER_ROUND: Final = 600.0  # of the shop's clock between two rounds of the worker: less than the grace
CHANGED_EVERY: Final = 40  # steps between two changes of the catalogue


class Clock:
    now = NOON

    def __call__(self) -> float:
        return self.now


class AnyOrder:
    """A scorer with an order of its own that every column has a part in."""

    def score(self, matrix: np.ndarray[Any, np.dtype[np.float32]]) -> np.ndarray[Any, np.dtype[np.float64]]:
        scores: np.ndarray[Any, np.dtype[np.float64]] = np.sin(np.nan_to_num(matrix.astype(np.float64))).sum(
            axis=1
        )
        return scores


@dataclass
class OneModel:
    model: Model

    def current(self, _: str) -> Model:
        return self.model

    def refusal(self, _: str) -> None:
        return None


@dataclass
class Storefront:
    """Asks the application for every order, tells it every event, and changes its catalogue now and then."""

    client: FlaskClient
    clock: Clock
    key: str
    shop: Shop
    work: ShopWork
    rankings: int = 0
    steps: int = 0
    next_round: float = NOON
    rows: dict[str, int] = field(default_factory=dict)

    def call(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.client.open(
            path, method=method, json=body, headers={"Authorization": f"Bearer {self.key}"}
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json or {})

    def put_items(self, items: Iterable[dict[str, Any]]) -> None:
        assert not self.call("PUT", "/v1/items", {"items": list(items)})["rejected"]

    def wait_until(self, at: float) -> None:
        """Let time pass, in which the worker works."""
        if at >= self.next_round:
            while self.work.round(self.clock.now):
                pass
            self.next_round = at + SECONDS_PER_ROUND
        self.clock.now = max(at, self.clock.now)  # times of events are rounded, and clocks do not go back

    def show(self, ask: Ask) -> Shown:
        self.wait_until(ask.at)
        catalogue = self.shop.catalogue
        said = [{"item_id": catalogue.ids[r], "price": float(catalogue.price[r])} for r in ask.rows]
        bare = [catalogue.ids[r] for r in ask.rows]
        question = {
            "page": ask.page,
            "visitor_id": ask.visitor_id,
            "session_id": ask.session_id,
            "consent": ask.visitor_id is not None,
            "items": said if self.rankings % 3 == 0 else bare,
            "context": {
                "device": "mobile" if ask.mobile else "desktop",
                "filters": list(ask.filters),
                "search_term": ask.search_term,
            },
        }
        answer = self.call("POST", "/v1/rank", question)
        self.rankings += 1
        order = [self.rows[item["item_id"]] for item in answer["items"]]
        return Shown(np.array(order, dtype=np.int64), answer["ranking_id"])

    def tell(self, event: dict[str, Any]) -> None:
        self.wait_until(event["time"])
        without_time = {name: value for name, value in event.items() if name != "time"}
        assert self.call("POST", "/v1/events", {"events": [without_time]})["accepted"] == 1
        self.steps += 1
        if self.steps % CHANGED_EVERY == 0:
            self.change_catalogue()

    def change_catalogue(self) -> None:
        catalogue, rng = self.shop.catalogue, np.random.default_rng(self.steps)
        some, gone = rng.choice(len(catalogue), 12, replace=False), int(rng.integers(len(catalogue)))
        dearer = [{**catalogue.item(int(r)), "price": float(catalogue.price[r]) * 1.1} for r in some]
        self.put_items(dearer)
        self.call("DELETE", f"/v1/items/{catalogue.ids[gone]}", {})


@dataclass
class Town:
    """The application and what it leaves in the log."""

    front: Storefront
    log: Log

    def live(self, visits: int) -> None:
        """Let shoppers come and go for a day and a half."""
        shop, rng = self.front.shop, np.random.default_rng(5)
        arrivals = past_arrivals(rng, shop.population, visits, (NOON, NOON + HOURS * 3_600.0))
        for step in Traffic(rng, shop, self.front, "t").steps(arrivals):
            self.front.tell(step.event)
        self.front.work.finish(self.front.clock.now + 60.0)

    def facts(self) -> Iterable[Fact]:
        return facts(self.log, "acme", (Kind.ITEMS, Kind.EVENTS, Kind.EXPOSURES))


@pytest.fixture
def town(redis_url: str, tmp_path: Path) -> Town:
    clock, exchange = Clock(), Exchange(redis_url, 5.0)
    settings = Settings(data=tmp_path, redis_url=redis_url, deadline_ms=10_000.0, served_rows_share=1.0)
    model = Model("any", feature_table(ATTRIBUTES), AnyOrder())
    deps = replace(handles(settings, clock)[0], models=OneModel(model))
    keys = create_shop(deps.shop_settings, "acme", ATTRIBUTES, now=NOON)
    deps.directory.refresh()
    shop = draw_shop(3, items=240, shoppers=60, at=NOON)
    rows = {item_id: row for row, item_id in enumerate(shop.catalogue.ids)}
    log, store = Log(settings.log_url), redis_work.connect(redis_url, stream_bound=200_000)
    work = ShopWork(store, RedisSettings(exchange), log, "acme")
    front = Storefront(create_app(deps).test_client(), clock, keys.secret_key, shop, work, rows=rows)
    front.call("PUT", "/v1/pages/default", {"state": "on", "holdout": 0.0})
    deps.directory.refresh()
    front.put_items(shop.catalogue.items())
    return Town(front, log)


def test_every_row_is_replayed_to_the_bit(town: Town) -> None:
    town.live(VISITS)
    found = parity(town.facts(), ATTRIBUTES)
    assert found.rankings > 200
    assert found.rankings == recorded(town.facts())
    assert found.differing == {}
    assert (found.equal_rows, found.bit_equal_rankings) == (found.rows, found.rankings)


def test_a_number_that_was_served_otherwise_is_found(town: Town) -> None:
    town.live(visits=10)
    name, spoilt = "shop_index", spoiler("shop_index")
    found: Parity = parity(map(spoilt, town.facts()), ATTRIBUTES)
    assert set(found.differing) == {name}
    assert found.equal_share < 1.0
    assert found.bit_equal_rankings == found.rankings - 1


def recorded(log: Iterable[Fact]) -> int:
    return sum(fact.kind is Kind.EXPOSURES and fact.row["served"] is not None for fact in log)


def spoiler(column: str) -> Callable[[Fact], Fact]:
    """Return what changes one number of the first ranking that goes by."""
    place, done = feature_table(ATTRIBUTES).names.index(column), False

    def spoil(fact: Fact) -> Fact:
        nonlocal done
        if done or fact.kind is not Kind.EXPOSURES or fact.row["served"] is None:
            return fact
        done = True
        served = np.frombuffer(fact.row["served"], np.float32).copy()
        served[place] += 1.0
        return Fact(fact.kind, {**fact.row, "served": served.tobytes()})

    return spoil
