"""A model tried on a share of simulated shoppers, over HTTP: a bad one is rolled back by itself, a good one goes on."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pytest

from features.assignment import in_canary
from features.bundle import CANARY, Shelf
from features.log.place import Log
from features.store import redis_work
from features.store.exchange import Exchange
from features.store.findings import RedisFindings
from service.app import create_app
from service.people import Role
from service.rollout.moves import Rollouts
from service.rollout.state import Canary, Ended
from service.rollout.watch import Plan, Watch
from service.worker.worker import ShopWork
from tests.api.console import person
from tests.api.shoppers import Failing, Knowing, Knowledge, Storefront, model
from tests.api.test_exposures import exposures
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


def test_an_admin_sees_how_it_does_gives_it_more_and_stops_it(town: Town) -> None:
    town.try_out(Knowing(town.front.knowledge, 1.0), 0.2)
    town.go_on()
    api = town.api
    marie, paul = person(api), person(api, Role.MERCHANDISER)
    screen = marie.get("/models").text
    assert "Tried on a share of the visitors" in screen
    assert "Clicks per ranking" in screen
    assert "Stop it now" in screen
    assert "Stop it now" not in paul.get("/models").text
    assert paul.send("/models/canary/stop").status_code == 403
    marie.send("/models/canary/step")
    assert (town.canary.share, town.canary.ended) == (0.25, None)
    api.deps.directory.refresh()
    assert 'balad_canary_share{shop="acme"} 0.25' in api.call("GET", "/metrics", key=None).text
    marie.send("/models/canary/stop")
    assert town.canary.ended is Ended.STOPPED
    assert "It was stopped." in marie.get("/models").text
    marie.send(f"/models/{SECOND}/shadow")
    assert api.call("GET", "/v1/models").json["shadow"] == SECOND
    assert api.call("DELETE", "/v1/models/shadow").json["shadow"] is None


def test_a_model_in_shadow_scores_alongside_and_is_never_shown(town: Town, redis_url: str) -> None:
    town.front.knowledge.worth = np.array([1.0, 2.0, 3.0])
    town.api.shadows.live["acme"] = model(SECOND, Knowing(town.front.knowledge, -1.0))
    answers = [town.api.rank(["A", "B", "C"], visitor_id=f"v-{i}") for i in range(60)]
    assert {answer["model"] for answer in answers} == {FIRST}
    facts = exposures(redis_url)
    beside = [fact for fact in facts if fact["shadow_model"] is not None]
    assert 0 < len(beside) < 60
    assert {(fact["shadow_model"], fact["model"]) for fact in beside} == {(SECOND, FIRST)}
    assert {tuple(fact["shadow"]) for fact in beside} == {(0, 1, 2)}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"share": 0.9}, 400),
        ({"to": "nowhere"}, 400),
        ({"shares": 0.1}, 400),
        ({"share": 0.1, "to": "canary"}, 200),
    ],
)
def test_a_wrong_wish_is_refused(town: Town, body: Any, status: int) -> None:
    assert town.api.call("POST", f"/v1/models/{SECOND}/promote", body).status_code == status


def test_the_live_model_cannot_be_tried_on_itself(town: Town) -> None:
    answer = town.api.call("POST", f"/v1/models/{FIRST}/promote", {"share": 0.1})
    assert (answer.status_code, answer.json["type"]) == (409, "/docs#nothing_to_compare")
    assert town.api.call("DELETE", "/v1/models/canary").json["type"] == "/docs#no_canary"


def test_what_training_points_to_is_begun_by_the_worker_and_a_promotion_ends_it(town: Town) -> None:
    town.api.deps.shelf.point("acme", CANARY, SECOND, town.api.clock.now)
    town.work.round(town.api.clock.now)
    assert (town.canary.version, town.canary.share, town.canary.ended) == (SECOND, 0.01, None)
    town.api.call("POST", f"/v1/models/{SECOND}/promote")
    assert town.canary.ended is Ended.PROMOTED
    assert town.api.deps.shelf.pointer("acme", CANARY) is None
