"""POST /v1/rank: the answer of a well-formed call."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from features.assignment import held_out
from features.store.protocol import StoreUnavailable
from service.api.rank import RankAnswer
from service.app import create_app
from service.shops import create_shop

if TYPE_CHECKING:
    from tests.api.conftest import Api

NOON = 1_795_348_800.0
PRICED = [{"item_id": "A", "price": 10.0}, {"item_id": "B", "price": 30.0}, {"item_id": "C", "price": 20.0}]


def order(answer: dict[str, Any]) -> list[str]:
    assert [item["index"] for item in answer["items"]] == list(range(len(answer["items"])))
    return [item["item_id"] for item in answer["items"]]


def test_puts_the_listing_in_the_order_of_the_model(api: "Api") -> None:
    answer = api.rank(PRICED)
    assert order(answer) == ["B", "C", "A"]
    assert (answer["personalized"], answer["reason"], answer["arm"]) == (True, None, "treatment")
    assert answer["model"] == "by-price"
    assert answer["page"] == "category/shoes"
    scores = [item["score"] for item in answer["items"]]
    assert scores == sorted(scores, reverse=True)
    TypeAdapter(RankAnswer).validate_python(answer)


def test_a_personal_answer_is_not_kept_by_any_cache(api: "Api") -> None:
    response = api.call("POST", "/v1/rank", {"page": "home", "items": ["A"]})
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Content-Type"] == "application/json"


def test_what_the_call_says_wins_over_the_catalogue(api: "Api") -> None:
    api.call("PUT", "/v1/items", {"items": [{"item_id": "A", "price": 5.0}, {"item_id": "B", "price": 9.0}]})
    assert order(api.rank(["A", "B"])) == ["B", "A"]
    assert order(api.rank([{"item_id": "A", "price": 50.0}, "B"])) == ["A", "B"]


def test_items_that_the_catalogue_does_not_hold_are_named(api: "Api") -> None:
    api.call("PUT", "/v1/items", {"items": [{"item_id": "B"}]})
    assert api.rank(["A", "B", {"item_id": "C", "price": 2.0}])["unknown_items"] == ["A", "C"]


def test_the_answer_is_cut_to_the_limit(api: "Api") -> None:
    assert order(api.rank(PRICED, limit=2)) == ["B", "C"]
    assert order(api.rank(PRICED, limit=500)) == ["B", "C", "A"]


@pytest.mark.parametrize("items", [["A"], [{"item_id": "A"}]])
def test_a_listing_of_one_is_ranked(api: "Api", items: list[Any]) -> None:
    answer = api.rank(items)
    assert order(answer) == ["A"]
    assert answer["personalized"] is True


def test_a_listing_of_five_hundred_is_ranked(api: "Api") -> None:
    items = [{"item_id": f"i{n}", "price": float(n)} for n in range(500)]
    assert order(api.rank(items)) == [f"i{n}" for n in reversed(range(500))]


ids = st.text(
    st.characters(categories=["L", "N", "P", "S"], exclude_characters="@"), min_size=1, max_size=128
)
prices = st.none() | st.floats(0, 1e12) | st.integers(0, 10**12)
listed = st.lists(
    st.tuples(ids, st.booleans(), prices, st.none() | st.booleans()),
    min_size=1,
    max_size=40,
    unique_by=lambda i: i[0],
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(listed, st.none() | st.integers(1, 500))
def test_the_answer_is_a_permutation_of_the_listing(api: "Api", items: list[Any], limit: int | None) -> None:
    said = [
        {"item_id": i, "price": price, "in_stock": stock} if more else i for i, more, price, stock in items
    ]
    answer = api.rank(said, limit=limit)
    ranked = order(answer)
    asked = [i for i, *_ in items]
    assert len(ranked) == min(limit or 500, len(asked)) == len(set(ranked))
    assert set(ranked) <= set(asked)
    assert answer["reason"] is None


def test_a_page_that_nobody_switched_on_keeps_the_order_of_the_shop(make_api: Callable[..., "Api"]) -> None:
    api = make_api()
    api.publish()
    answer = api.rank(PRICED)
    assert order(answer) == ["A", "B", "C"]
    assert (answer["personalized"], answer["reason"], answer["arm"], answer["model"]) == (
        False,
        "off_by_merchant",
        None,
        None,
    )
    assert {item["score"] for item in answer["items"]} == {None}


def test_a_visitor_without_an_id_is_in_no_experiment(api: "Api") -> None:
    api.switch(state="on", holdout=0.2)
    answer = api.rank(PRICED, visitor_id=None)
    assert (answer["personalized"], answer["reason"], answer["arm"]) == (True, None, None)


def test_the_holdout_keeps_the_order_of_the_shop_for_the_same_visitors_everywhere(api: "Api") -> None:
    api.switch(state="on", holdout=0.2)
    visitors = [f"v-{n}" for n in range(60)]
    held = {v for v in visitors if held_out("acme", v, 0.2)}
    assert 2 <= len(held) <= 25
    for page in ("home", "category/shoes"):
        answers = {v: api.rank(PRICED, visitor_id=v, page=page) for v in visitors}
        assert {v for v, a in answers.items() if a["reason"] == "control" and a["arm"] == "control"} == held
        assert {v for v, a in answers.items() if a["personalized"] and a["arm"] == "treatment"} == {
            *visitors
        } - held
        assert all(order(answers[v]) == ["A", "B", "C"] for v in held)


def test_without_a_model_the_order_is_the_shop_s(api: "Api") -> None:
    api.models.live.clear()
    answer = api.rank(PRICED)
    assert (order(answer), answer["reason"], answer["arm"]) == (["A", "B", "C"], "no_model", "treatment")


def test_the_kill_switch_stops_every_page(make_api: Callable[..., "Api"]) -> None:
    api = make_api(kill_switch=True)
    api.publish()
    api.switch(state="on", holdout=0.0)
    assert api.rank(PRICED)["reason"] == "kill_switch"


def test_past_the_deadline_the_order_is_the_shop_s(api: "Api") -> None:
    answer = api.rank(PRICED, deadline_ms=0.001)
    assert (order(answer), answer["reason"], answer["personalized"]) == (["A", "B", "C"], "timeout", False)


def test_a_model_that_fails_costs_nobody_their_page(api: "Api", caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        def score(self, matrix: object) -> Any:
            raise ZeroDivisionError(matrix)

    api.models.live["acme"] = replace(api.models.live["acme"], forest=Broken())
    answer = api.rank(PRICED)
    assert (order(answer), answer["reason"]) == (["A", "B", "C"], "no_model")
    assert "a ranking of shop acme failed" in caplog.text


class Away:
    """A store that stopped answering."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def fail(*_: object, **__: object) -> None:
            raise StoreUnavailable("away")

        return fail


def away(api: "Api") -> "Api":
    """The same service once its store is gone."""
    return replace(api, client=create_app(replace(api.deps, store=Away())).test_client())


def test_while_the_store_is_away_what_was_read_before_still_ranks(api: "Api") -> None:
    api.rank(PRICED)
    answer = away(api).rank(PRICED)
    assert order(answer) == ["B", "C", "A"]
    assert (answer["personalized"], answer["reason"], answer["model"]) == (
        False,
        "store_unavailable",
        "by-price",
    )


def test_while_the_store_is_away_items_never_read_keep_the_order_of_the_shop(api: "Api") -> None:
    api.rank(PRICED)
    answer = away(api).rank([*PRICED, {"item_id": "D", "price": 99.0}])
    assert (order(answer), answer["reason"]) == (["A", "B", "C", "D"], "store_unavailable")


def test_what_a_visitor_did_is_read_by_the_next_ranking(make_api: Callable[..., "Api"]) -> None:
    api = make_api()
    api.switch(state="on", holdout=0.0)
    api.publish()
    column = api.models.live["acme"].table.names.index("looks")

    class ByLooks:
        def score(self, matrix: Any) -> Any:
            return matrix[:, column].astype(float)

    api.models.live["acme"] = replace(api.models.live["acme"], forest=ByLooks())
    assert order(api.rank(["A", "B", "C"])) == ["A", "B", "C"]
    seen = {
        "name": "view_item",
        "event_id": "e-1",
        "visitor_id": "v-81",
        "session_id": "s-3",
        "consent": True,
    }
    assert api.send(seen | {"items": [{"item_id": "C"}]})["accepted"] == 1
    assert order(api.rank(["A", "B", "C"])) == ["C", "A", "B"]
    assert order(api.rank(["A", "B", "C"], visitor_id="v-82")) == ["A", "B", "C"]
    assert (
        api.send(seen | {"event_id": "e-2", "consent": False, "items": [{"item_id": "B"}] * 1})["accepted"]
        == 1
    )
    assert order(api.rank(["A", "B", "C"])) == ["C", "A", "B"]


def test_shops_see_nothing_of_each_other(api: "Api") -> None:
    api.call("PUT", "/v1/items", {"items": [{"item_id": "A"}]})
    assert api.rank(["A"])["unknown_items"] == []
    bolt = replace(api, shop=create_shop(api.deps.shop_settings, "bolt", now=NOON))
    api.clock.now += 1
    assert bolt.rank(["A"])["reason"] == "off_by_merchant"
    bolt.switch(state="on", holdout=0.0)
    answer = bolt.rank(["A"])
    assert (answer["reason"], answer["unknown_items"]) == ("no_model", ["A"])
    assert bolt.call("GET", "/v1/items/A").status_code == 404
