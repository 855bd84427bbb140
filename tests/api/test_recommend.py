"""POST /v1/recommend over the real application, a real Redis and a real worker."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from features.log.place import Log
from features.sessions.columns import NAMES
from features.store import redis_work
from service.models.next_items import NextItemModel
from service.worker.worker import Worker

NOON = 1_795_348_800.0
_NUMBERS = count()


class ByLooks:
    """A scorer that puts what is looked at least first: an order that any test can tell from the blend."""

    def score(self, matrix: np.ndarray[Any, np.dtype[np.float32]]) -> np.ndarray[Any, np.dtype[np.float64]]:
        return -matrix[:, NAMES.index("looks")].astype(np.float64)

    def contributions(
        self, matrix: np.ndarray[Any, np.dtype[np.float32]]
    ) -> np.ndarray[Any, np.dtype[np.float64]]:
        added = np.zeros(matrix.shape)
        added[:, NAMES.index("sessions_with_it")] = matrix[:, NAMES.index("sessions_with_it")]
        return added


class Shop:
    """A shop whose worker works when a test says so."""

    def __init__(self, api: Any, redis_url: str, log: Path) -> None:
        self.api = api
        self._store = redis_work.connect(redis_url, stream_bound=100_000)
        self._worker = Worker(self._store, api.deps.shop_settings, Log(str(log)), api.clock)

    def look(self, visitor: str, *items: str, page: str = "product", **more: Any) -> None:
        for item in items:
            event = {
                "name": "view_item",
                "event_id": f"e-{next(_NUMBERS)}",
                "visitor_id": visitor,
                "session_id": f"of {visitor}",
                "page": page,
                "consent": True,
                "items": [{"item_id": item}],
                **more,
            }
            self.api.send(event)

    def catch_up(self) -> None:
        while self._worker.step() == 0.0:
            pass
        self.api.deps.recent.refresh()

    def recommend(self, **more: Any) -> dict[str, Any]:
        body = {"page": "home", "visitor_id": "v", "consent": True, "n": 5}
        response = self.api.call("POST", "/v1/recommend", body | more)
        assert response.status_code == 200, response.text
        return dict(response.json)

    def ids(self, **more: Any) -> list[str]:
        return [item["item_id"] for item in self.recommend(**more)["items"]]

    def publish(self) -> None:
        self.api.deps.next_items._live[self.api.shop.shop] = NextItemModel("by-looks", ByLooks())  # noqa: SLF001


@pytest.fixture
def shop(make_api: Callable[..., Any], redis_url: str, tmp_path: Path) -> Shop:
    """A shop, on everywhere, in which tents go with stoves and skis with boots."""
    api = make_api()
    api.switch(state="on", holdout=0.0)
    made = Shop(api, redis_url, tmp_path)
    for visitor in range(4):
        made.look(f"camper-{visitor}", "tent", "stove", "lamp", page="product/camping")
        made.look(f"skier-{visitor}", "skis", "boots", page="product/winter")
    made.look("skier-9", "skis", "goggles", "skis", page="product/winter")
    made.catch_up()
    return made


def test_what_others_looked_at_beside_the_visitors_items_comes_first(shop: Shop) -> None:
    shop.look("v", "tent")
    answer = shop.recommend(exclude=["tent"])
    assert {item["item_id"] for item in answer["items"][:2]} == {"stove", "lamp"}
    assert (answer["personalized"], answer["reason"]) == (False, "no_model")


def test_a_visitor_who_did_nothing_gets_what_is_popular(shop: Shop) -> None:
    assert shop.ids(visitor_id="new", n=1) == ["skis"]


def test_what_is_popular_on_the_page_comes_before_what_is_popular_elsewhere(shop: Shop) -> None:
    assert set(shop.ids(visitor_id="new", page="product/camping", n=3)) == {"tent", "stove", "lamp"}
    assert set(shop.ids(visitor_id="new", page="product/camping/none-seen", n=3)) == {"tent", "stove", "lamp"}


def test_a_page_that_nobody_knows_gets_what_is_popular_in_the_shop(shop: Shop) -> None:
    assert shop.ids(visitor_id="new", page="nowhere/at/all", n=3)[0] == "skis"
    assert len(shop.ids(visitor_id="new", page="nowhere/at/all", n=3)) == 3


def test_a_catalogue_that_nobody_looked_at_is_suggested_all_the_same(
    make_api: Callable[..., Any], redis_url: str, tmp_path: Path
) -> None:
    api = make_api()
    api.switch(state="on", holdout=0.0)
    shop = Shop(api, redis_url, tmp_path)
    put = {"items": [{"item_id": "kite"}, {"item_id": "rope"}, {"item_id": "sold", "in_stock": False}]}
    assert api.call("PUT", "/v1/items", put).status_code == 200
    shop.catch_up()
    assert set(shop.ids()) == {"kite", "rope"}


def test_an_item_and_a_cart_are_gone_with_and_never_suggested_themselves(shop: Shop) -> None:
    with_item = shop.ids(visitor_id=None, item_id="boots")
    assert with_item[0] == "skis"
    assert "boots" not in with_item
    with_cart = shop.ids(visitor_id=None, items=["stove", "lamp"])
    assert with_cart[0] == "tent"
    assert not {"stove", "lamp"} & set(with_cart)


def test_an_item_that_nobody_ever_looked_at_still_gets_company(shop: Shop) -> None:
    assert len(shop.ids(visitor_id="new", item_id="unheard-of")) == 5


def test_a_shop_where_nothing_happened_answers_nothing(make_api: Callable[..., Any]) -> None:
    api = make_api()
    api.switch(state="on", holdout=0.0)
    answer = api.call("POST", "/v1/recommend", {"page": "home", "visitor_id": "v"})
    assert answer.status_code == 200
    assert answer.json["items"] == []


def test_what_is_sold_out_gone_excluded_or_hidden_is_left_out(shop: Shop) -> None:
    put = {"items": [{"item_id": "stove", "in_stock": False}, {"item_id": "lamp"}]}
    assert shop.api.call("PUT", "/v1/items", put).status_code == 200
    assert shop.api.call("DELETE", "/v1/items/lamp").status_code == 200
    shop.catch_up()
    shop.look("v", "tent")
    assert not {"stove", "lamp"} & set(shop.ids())
    rule = {"kind": "hide", "id": "no-skis", "match": {"item_ids": ["skis"]}}
    shop.api.switch(state="on", holdout=0.0, rules=[rule])
    assert not {"skis", "boots"} & set(shop.ids(exclude=["boots"]))


def test_an_item_is_back_when_the_catalogue_says_so(shop: Shop) -> None:
    for in_stock in (False, True):
        shop.api.call("PUT", "/v1/items", {"items": [{"item_id": "stove", "in_stock": in_stock}]})
    shop.catch_up()
    shop.look("v", "tent")
    assert "stove" in shop.ids()


def test_a_new_item_that_nobody_looked_at_is_suggested_to_somebody_new(shop: Shop) -> None:
    shop.api.call("PUT", "/v1/items", {"items": [{"item_id": "kayak", "created_at": NOON - 60}]})
    shop.catch_up()
    assert "kayak" in shop.ids(visitor_id="new", n=20)


def test_the_model_orders_the_candidates_and_the_answer_names_it(shop: Shop) -> None:
    shop.publish()
    answer = shop.recommend(visitor_id="new", n=2)
    assert (answer["personalized"], answer["model"], answer["arm"]) == (True, "by-looks", "treatment")
    assert answer["items"][0]["item_id"] == "goggles"
    assert answer["items"][0]["score"] > answer["items"][1]["score"]
    assert [item["index"] for item in answer["items"]] == [0, 1]


def test_a_recommended_item_says_why(shop: Shop) -> None:
    shop.publish()
    shop.look("v", "tent")
    answer = shop.recommend(exclude=["tent"], explain=True)
    told = {item["item_id"]: item for item in answer["items"]}
    assert [one["reason"] for one in told["stove"]["reasons"]] == ["viewed_together"]
    assert told["stove"]["because"]["en"] == "Others looked at it beside what you viewed"
    assert told["skis"]["because"] is None
    assert "reasons" not in shop.recommend()["items"][0]
    shop.api.switch(state="shadow")
    assert {item["because"] for item in shop.recommend(explain=True)["items"]} == {None}


def test_the_control_gets_the_candidates_own_order(shop: Shop) -> None:
    shop.publish()
    shop.api.switch(state="test", traffic=0.0, holdout=0.0)
    answer = shop.recommend(visitor_id="new", n=1)
    assert (answer["personalized"], answer["reason"], answer["arm"]) == (False, "control", "control")
    assert [item["item_id"] for item in answer["items"]] == ["skis"]


@pytest.mark.parametrize(
    ("settings", "call", "reason"),
    [
        ({"state": "off"}, {}, "off_by_merchant"),
        ({"state": "on", "holdout": 0.0}, {"consent": False}, "no_consent"),
    ],
)
def test_nothing_is_known_of_who_is_not_to_be_looked_at(
    shop: Shop, settings: dict[str, Any], call: dict[str, Any], reason: str
) -> None:
    shop.publish()
    shop.look("v", "tent")
    shop.api.switch(**settings)
    answer = shop.recommend(**call)
    assert answer["reason"] == reason
    assert answer["items"][0]["item_id"] == "skis"


def test_a_call_past_its_deadline_gets_what_is_popular(shop: Shop) -> None:
    shop.publish()
    answer = shop.recommend(deadline_ms=1e-6)
    assert (answer["reason"], len(answer["items"])) == ("timeout", 5)


def test_a_recommendation_is_recorded_as_what_it_is(shop: Shop) -> None:
    shop.recommend(n=2)
    ((_, fields), *_) = [
        entry
        for key in shop._store._exchange.run([("KEYS", "balad:{acme:*:stream")])[0]  # noqa: SLF001
        for entry in shop._store._exchange.run([("XRANGE", key, "-", "+")])[0]  # noqa: SLF001
        if b"x" in entry[1]
    ]
    assert b'"recommends":true' in fields[fields.index(b"b") + 1]


@pytest.mark.parametrize(
    ("wrong", "path"),
    [({"n": 101}, "n"), ({"n": 0}, "n"), ({"items": [1]}, "items[0]"), ({"page": None}, "page")],
)
def test_what_is_wrong_is_named(shop: Shop, wrong: dict[str, Any], path: str) -> None:
    response = shop.api.call("POST", "/v1/recommend", {"page": "home"} | wrong)
    assert response.status_code == 400
    assert response.json["errors"][0]["path"] == path
