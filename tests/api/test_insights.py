"""What a page earns, from rankings and events that the API took, in the log and still on their way to it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import TypeAdapter

from features.assignment import held_out
from features.log.place import Log
from features.store.redis_work import connect
from service.insights.answer import InsightsAnswer
from service.worker.held import holding

if TYPE_CHECKING:
    from tests.api.conftest import Api

PAGE = "category/shoes"
HOLDOUT = 0.2
DAY = 86_400.0
Make = Callable[..., "Api"]


@pytest.fixture
def shop(make_api: Make) -> "Api":
    api = make_api()
    api.switch(state="on", holdout=HOLDOUT)
    api.publish()
    return api


def figures(api: "Api", page: str = PAGE, **query: Any) -> dict[str, Any]:
    api.clock.now += 120.0  # an answer is kept for a minute
    got = api.call("GET", f"/v1/insights/{page}", query_string={"unfiltered": "true"} | query)
    assert got.status_code == 200, got.text
    TypeAdapter(InsightsAnswer).validate_python(got.json)
    return dict(got.json)


def metric(answer: dict[str, Any], name: str) -> dict[str, Any]:
    return next(dict(each) for each in answer["metrics"] if each["metric"] == name)


def visit(api: "Api", visitor: str, *more: dict[str, Any], page: str = PAGE) -> None:
    """Rank for a visitor, then send what they did a moment later."""
    api.rank(["A", "B"], visitor_id=visitor, page=page)
    api.clock.now += 1.0
    if more:
        assert api.send(*(did(visitor, **each) for each in more))["rejected"] == []


def did(visitor: str, name: str, **more: Any) -> dict[str, Any]:
    given = {"event_id": f"{visitor}-{name}-{more.get('transaction_id', '')}", "name": name, "consent": True}
    return {**given, "visitor_id": visitor, "items": [{"item_id": "A"}], "page": PAGE, **more}


def order(number: str, value: float, currency: str = "EUR") -> dict[str, Any]:
    return {"name": "purchase", "transaction_id": number, "value": value, "currency": currency}


def archived(api: "Api") -> None:
    """Let the log have all that waits for it."""
    store = connect(api.deps.settings.redis_url or "", stream_bound=10_000)
    with holding(store, Log(api.deps.settings.log_url), api.shop.shop) as held:
        assert held is not None
        while held.project(api.clock.now):
            pass
        while held.archive(api.clock.now):
            pass
    store.close()


def visitors(*, held: bool, count: int) -> list[str]:
    """Visitors of one side."""
    every = (f"v-{number}" for number in range(10_000))
    return [v for v in every if held_out("acme", v, HOLDOUT) is held][:count]


def test_a_page_without_traffic_says_so(shop: "Api") -> None:
    answer = figures(shop)
    assert (answer["coverage"]["rankings"], answer["window"], answer["last_event_at"]) == (0, None, None)
    assert {each["verdict"]["en"] for each in answer["metrics"]} == {"not enough data"}


@pytest.mark.parametrize("is_archived", [False, True], ids=["waiting", "archived"])
def test_figures_count_what_followed_the_first_exposure(shop: "Api", *, is_archived: bool) -> None:
    shopper, other = visitors(held=False, count=2)
    (kept_out,) = visitors(held=True, count=1)
    shop.send(did(shopper, **order("T0", 500.0)))  # a past, no revenue
    shop.clock.now += 1.0
    visit(shop, shopper, order("T1", 80.0), {"name": "add_to_cart"}, {"name": "view_item_list"})
    visit(shop, other, {"name": "view_item_list"}, {"name": "select_item"})
    visit(shop, kept_out, order("T2", 30.0))
    if is_archived:
        archived(shop)
    answer = figures(shop)
    revenue = metric(answer, "revenue_per_visitor")
    assert (revenue["treatment"], revenue["control"]) == (
        {"visitors": 2, "mean": 40.0, "deeds": 1},
        {"visitors": 1, "mean": 30.0, "deeds": 1},
    )
    assert metric(answer, "conversion")["treatment"]["mean"] == 0.5
    assert metric(answer, "add_to_cart")["treatment"]["mean"] == 0.5
    assert metric(answer, "click_rate")["treatment"]["mean"] == 0.5
    assert (revenue["unit"], answer["excluded"]["orders"]) == ("EUR", 2)
    assert answer["coverage"] == {"rankings": 3, "covered": 3, "share": 1.0, "left_out": {}}


def test_what_is_half_archived_counts_once(shop: "Api") -> None:
    first, second = visitors(held=False, count=2)
    visit(shop, first, order("T1", 10.0))
    archived(shop)
    visit(shop, second, order("T2", 20.0))
    answer = figures(shop)
    assert metric(answer, "revenue_per_visitor")["treatment"] == {"visitors": 2, "mean": 15.0, "deeds": 2}
    assert answer["last_event_at"] == shop.clock.now - 120.0


def test_refunds_come_off_by_their_transaction(shop: "Api") -> None:
    one, two, three = visitors(held=False, count=3)
    visit(shop, one, order("T1", 100.0))
    visit(shop, two, order("T2", 100.0))
    visit(shop, three, order("T3", 100.0))
    back = [{"event_id": f"r-{n}", "name": "refund", "transaction_id": f"T{n}"} for n in (1, 2)]
    shop.send(back[0], {**back[1], "value": 30.0, "currency": "EUR"})
    answer = figures(shop)
    assert metric(answer, "revenue_per_visitor")["treatment"]["mean"] == pytest.approx((0 + 70 + 100) / 3)
    assert (metric(answer, "conversion")["treatment"]["deeds"], answer["excluded"]["refunded_orders"]) == (
        3,
        2,
    )


def test_another_currency_is_counted_and_left_out(shop: "Api") -> None:
    one, two, three = visitors(held=False, count=3)
    for visitor, bought in (
        (one, order("T1", 10.0)),
        (two, order("T2", 10.0)),
        (three, order("T3", 99.0, "USD")),
    ):
        visit(shop, visitor, bought)
    answer = figures(shop)
    assert metric(answer, "revenue_per_visitor")["treatment"]["mean"] == pytest.approx(20 / 3)
    assert (answer["currency"], answer["excluded"]["other_currency_orders"]) == ("EUR", 1)


def test_the_dearest_order_is_capped_and_may_be_seen_whole(shop: "Api") -> None:
    one, two = visitors(held=False, count=2)
    visit(shop, one, order("T1", 100.0))
    visit(shop, two, order("T2", 200.0))
    answer, whole = figures(shop, unfiltered="false"), figures(shop)
    assert answer["excluded"]["revenue_cap"] == pytest.approx(199.0)
    assert metric(answer, "revenue_per_visitor")["treatment"]["mean"] == pytest.approx((100 + 199) / 2)
    assert metric(whole, "revenue_per_visitor")["treatment"]["mean"] == 150.0
    assert (answer["excluded"]["capped_visitors"], whole["excluded"]["capped_visitors"]) == (1, 0)


def test_a_page_holds_those_below_it_and_no_others(shop: "Api") -> None:
    one, two, three = visitors(held=False, count=3)
    visit(shop, one, page="category/shoes/boots")
    visit(shop, two, page="category/shoes-for-men")
    visit(shop, three, page="home")
    assert figures(shop)["coverage"]["rankings"] == 1
    assert figures(shop, "category")["coverage"]["rankings"] == 2
    assert figures(shop, "default")["coverage"]["rankings"] == 3


def test_rankings_in_no_experiment_are_told_by_why(shop: "Api") -> None:
    (one,) = visitors(held=False, count=1)
    visit(shop, one)
    shop.rank(["A"], visitor_id=None)
    shop.rank(["A"], visitor_id=one, consent=False)
    assert figures(shop)["coverage"] == {
        "rankings": 3,
        "covered": 1,
        "share": pytest.approx(1 / 3),
        "left_out": {"no_consent": 1, "no_visitor_id": 1},
    }


def test_windows_are_never_pooled(shop: "Api") -> None:
    one, two = visitors(held=False, count=2)
    visit(shop, one, order("T1", 10.0))
    shop.clock.now += DAY
    shop.switch(state="on", holdout=0.1)
    visit(shop, two, order("T2", 20.0))
    answer = figures(shop)
    assert metric(answer, "revenue_per_visitor")["treatment"] == {"visitors": 1, "mean": 20.0, "deeds": 1}
    assert [window["rankings"] for window in answer["other_windows"]] == [1]
    assert (answer["treatment_share"], answer["coverage"]["left_out"]) == (0.9, {"other_window": 1})


def test_a_split_that_is_not_as_set_hides_the_lift(shop: "Api") -> None:
    for visitor in visitors(held=True, count=12):
        visit(shop, visitor)
    visit(shop, visitors(held=False, count=1)[0])
    answer = figures(shop)
    levels = {check["check"]: check["level"] for check in answer["checks"]}
    assert levels == {"split": "red", "both_arms": "green", "whole_weeks": "amber"}
    assert "not split as set" in answer["hidden"]["en"]
    assert {each["verdict"] for each in answer["metrics"]} == {None}


def test_the_shop_is_told_by_its_holdout(shop: "Api") -> None:
    shop.switch("home", state="test", traffic=1.0, holdout=HOLDOUT)
    (one,), (kept_out,) = visitors(held=False, count=1), visitors(held=True, count=1)
    for visitor in (one, kept_out):
        visit(shop, visitor)
        visit(shop, visitor, page="home")
    answer = figures(shop, "default")
    sides = metric(answer, "conversion")
    assert (sides["treatment"]["visitors"], sides["control"]["visitors"]) == (1, 1)
    assert (answer["treatment_share"], answer["excluded"]["both_arms_visitors"]) == (0.8, 0)


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ({"from": "2026-11-22T12:00:00Z", "to": "2026-11-21T12:00:00Z"}, "from"),
        ({"from": "0", "to": "1795348800"}, "from"),
        ({"from": "yesterday"}, "from"),
        ({"to": "nan"}, "to"),
        ({"effect": "0"}, "effect"),
        ({"unfiltered": "perhaps"}, "unfiltered"),
    ],
)
def test_a_wrong_question_is_told_at_its_field(shop: "Api", query: dict[str, str], path: str) -> None:
    got = shop.call("GET", f"/v1/insights/{PAGE}", query_string=query)
    assert (got.status_code, got.json["errors"][0]["path"]) == (400, path)


def test_a_page_name_is_no_statement(shop: "Api") -> None:
    assert figures(shop, "x' OR 1=1 --")["coverage"]["rankings"] == 0


def test_takes_a_secret_key(shop: "Api") -> None:
    assert shop.call("GET", f"/v1/insights/{PAGE}", key="pk").status_code == 403


def test_a_broken_file_is_left_out(shop: "Api") -> None:
    one, two = visitors(held=False, count=2)
    visit(shop, one)
    archived(shop)
    (file,) = Log(shop.deps.settings.log_url).parts("acme", "exposures")  # type: ignore[arg-type]
    broken = shop.deps.settings.data / "log" / file.directory / f"part-{file.batch + 1:013d}.parquet"
    broken.write_bytes(b"PAR1 nothing PAR1")
    visit(shop, two)
    assert figures(shop)["coverage"]["rankings"] == 2


def test_an_answer_is_kept_for_a_minute(shop: "Api") -> None:
    one, two = visitors(held=False, count=2)
    visit(shop, one)
    before = figures(shop)
    visit(shop, two)
    again = shop.call("GET", f"/v1/insights/{PAGE}?unfiltered=true").json
    assert again["computed_at"] == before["computed_at"]
    assert figures(shop)["coverage"]["rankings"] == 2
