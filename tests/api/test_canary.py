"""A model tried on a share of simulated shoppers, over HTTP: a bad one is rolled back by itself, a good one goes on."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pytest

from features.assignment import in_canary
from features.bundle import Shelf
from features.log.place import Log
from features.store import redis_work
from features.store.exchange import Exchange
from features.store.findings import RedisFindings
from service.app import create_app
from service.rollout.moves import Rollouts
from service.rollout.state import Canary, Ended
from service.rollout.watch import Plan, Watch
from service.worker.worker import ShopWork
from tests.api.shoppers import Failing, Knowing, Knowledge, Storefront, model
from tests.api.test_models import FIRST, SECOND, bundle
from training.simulate.world import draw_shop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.api.conftest import Api

STATED = 160  # visitors of a step
AT_ONCE = 50


@dataclass
class Town:
    """A shop with shoppers, a live model that half knows what they want, and a worker."""

    api: "Api"
    front: Storefront
    work: ShopWork
    rollouts: Rollouts
    came: int = 0

    @property
    def canary(self) -> Canary:
        """How it stands."""
        found = self.rollouts.latest("acme")
        assert found is not None
        return found

    def try_out(self, scorer: Any, share: float) -> None:
        """Begin a canary over HTTP."""
        self.api.canaries.live["acme"] = model(SECOND, scorer)
        answer = self.api.call("POST", f"/v1/models/{SECOND}/promote", {"share": share})
        assert (answer.status_code, answer.json["canary"]["share"]) == (200, share)
        self.api.deps.directory.refresh()

    def go_on(self) -> None:
        """Let shoppers come, and let the worker look."""
        self.front.visited(self.came // AT_ONCE, AT_ONCE)
        self.came += AT_ONCE
        self.work.round(self.api.clock.now)
        self.api.deps.directory.refresh()

    def seen(self) -> str:
        """What the worker saw last, for whoever reads a failure."""
        canary = self.api.call("GET", "/v1/models").json["canary"]
        checks = [check["says"] for check in canary["checks"]]
        return "\n".join([f"{canary['canary_visitors']} of {canary['visitors']}", *checks])

    def until_it_moves(self, most: int) -> Canary:
        """Go on until the canary is another than it was."""
        before = self.canary
        while self.canary == before:
            assert self.came < most, self.seen()
            self.go_on()
        return self.canary


@pytest.fixture
def town(make_api: "Callable[..., Api]", redis_url: str, tmp_path: "Path") -> "Iterator[Town]":
    api = make_api(canary_visitors=STATED)
    shelf = Shelf(f"file://{tmp_path}/models")
    for version in (FIRST, SECOND):
        shelf.write(bundle(version, 1.0))
    shelf.promote("acme", FIRST, 1.0)
    knowledge = Knowledge()
    api.models.live["acme"] = model(FIRST, Knowing(knowledge, 1.0))
    deps = replace(api.deps, shelf=shelf)
    api = replace(api, client=create_app(deps).test_client(), deps=deps)
    api.switch(state="on", holdout=0.0)
    api.deps.directory.refresh()
    shop = draw_shop(17, items=600, shoppers=3_000, at=api.clock.now)
    store, exchange = redis_work.connect(redis_url, stream_bound=200_000), Exchange(redis_url, 5.0)
    watch = Watch(
        *("acme", shelf, api.deps.shop_settings, RedisFindings(exchange), Plan(STATED, 30.0)),
        timer=api.clock,
    )
    work = ShopWork(store, api.deps.shop_settings, Log(f"file://{tmp_path}/log"), "acme", watch)
    yield Town(api, Storefront(api, shop, knowledge), work, Rollouts(shelf, api.deps.shop_settings))
    store.close()
    exchange.close()


def test_a_canary_that_puts_what_is_wanted_last_is_rolled_back_within_the_stated_visitors(town: Town) -> None:
    town.try_out(Knowing(town.front.knowledge, -1.0), 0.5)
    after = town.until_it_moves(STATED + AT_ONCE)
    assert (after.ended, "clicks per ranking" in (after.why or "")) == (Ended.ROLLED_BACK, True)
    listed = town.api.call("GET", "/v1/models").json
    assert (listed["live"], listed["canary"]["ended"], listed["canary"]["why"]) == (
        FIRST,
        "rolled_back",
        after.why,
    )
    town.front.knowledge.worth = np.zeros(1)
    assert town.api.rank(["A"])["model"] == FIRST
    told = [orjson.loads(fact) for fact in town.api.deps.shop_settings.recent("acme")]
    assert [(fact["name"], fact["actor"]) for fact in told[:1]] == [("canary", "worker")]


def test_a_good_canary_goes_through_all_steps_by_itself_and_becomes_the_live_model(town: Town) -> None:
    town.try_out(Knowing(town.front.knowledge, 1.0), 0.2)
    assert (town.until_it_moves(2 * STATED).share, town.canary.ended) == (0.25, None)
    tried = town.front.served[SECOND]
    assert tried == {v for v in tried if in_canary("acme", SECOND, v, 0.2)}
    assert not town.front.served[FIRST] & tried  # a visitor keeps one model
    assert (town.until_it_moves(4 * STATED).ended, town.canary.share) == (Ended.PROMOTED, 1.0)
    listed = town.api.call("GET", "/v1/models").json
    assert (listed["live"], listed["previous"], listed["canary"]["ended"]) == (SECOND, FIRST, "promoted")


def test_a_canary_that_fails_is_rolled_back_for_its_errors(town: Town) -> None:
    town.try_out(Failing(), 0.5)
    after = town.until_it_moves(STATED + AT_ONCE)
    assert (after.ended, "rankings that failed" in (after.why or "")) == (Ended.ROLLED_BACK, True)
