"""The states of a page, as a ranking meets them, and what is recorded of each."""

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from features.assignment import bucket, held_out
from tests.api.streams import streamed

if TYPE_CHECKING:
    from tests.api.conftest import Api

NOON = 1_795_348_800.0  # a Sunday
PRICED = [{"item_id": "A", "price": 10.0}, {"item_id": "B", "price": 30.0}, {"item_id": "C", "price": 20.0}]
VISITORS = [f"v-{n}" for n in range(40)]


def order(answer: dict[str, Any]) -> str:
    return "".join(item["item_id"] for item in answer["items"])


def exposures(redis_url: str) -> list[dict[str, Any]]:
    """The exposures in all streams."""
    return streamed(redis_url, "x")


def page(api: "Api", name: str = "default") -> dict[str, Any]:
    return dict(api.call("GET", f"/v1/pages/{name}").json)


def test_in_shadow_the_shop_s_order_is_shown_and_what_would_have_been_is_recorded(
    api: "Api", redis_url: str
) -> None:
    api.switch(state="shadow")
    answer = api.rank(PRICED)
    assert (order(answer), answer["reason"], answer["personalized"]) == ("ABC", "shadow", False)
    assert {item["score"] for item in answer["items"]} == {None}
    (exposure,) = exposures(redis_url)
    assert (exposure["arm"], exposure["shadow"], exposure["model"]) == ("shadow", [1, 2, 0], "by-price")
    assert (exposure["moved"], exposure["experiment"]) == (1.0, None)
    assert exposure["latency_ms"] > 0


def test_in_shadow_without_a_model_the_reason_says_so(api: "Api", redis_url: str) -> None:
    api.switch(state="shadow")
    api.models.live.clear()
    assert api.rank(PRICED)["reason"] == "no_model"
    (exposure,) = exposures(redis_url)
    assert (exposure["arm"], exposure["shadow"], exposure["moved"]) == ("shadow", None, None)


def test_a_test_splits_visitors_by_the_published_bucket(api: "Api", redis_url: str) -> None:
    api.switch(state="test", traffic=0.5, holdout=0.2)
    salt = page(api)["experiment"]
    answers = {v: api.rank(PRICED, visitor_id=v) for v in VISITORS}
    expected = {
        v: "holdout" if held_out("acme", v, 0.2) else "treatment" if bucket(salt, v) < 0.5 else "control"
        for v in VISITORS
    }
    assert {v: a["arm"] for v, a in answers.items()} == expected
    assert set(expected.values()) == {"treatment", "control", "holdout"}
    assert {(a["arm"], order(a), a["reason"]) for a in answers.values()} == {
        ("treatment", "BCA", None),
        ("control", "ABC", "control"),
        ("holdout", "ABC", "control"),
    }
    recorded = {(e["arm"], e["experiment"], e["window"], e["source"]) for e in exposures(redis_url)}
    assert recorded == {
        ("treatment", salt, NOON, "default"),
        ("control", salt, NOON, "default"),
        ("holdout", None, NOON, "default"),
    }


def test_on_a_page_that_is_on_the_shop_wide_holdout_is_the_control(api: "Api", redis_url: str) -> None:
    api.switch(state="on", holdout=0.2)
    arms = {v: api.rank(PRICED, visitor_id=v)["arm"] for v in VISITORS}
    assert arms == {v: "control" if held_out("acme", v, 0.2) else "treatment" for v in VISITORS}
    assert {(e["experiment"], e["window"]) for e in exposures(redis_url)} == {("acme/holdout", NOON)}


def test_raising_traffic_moves_nobody_out_and_opens_a_new_window(api: "Api") -> None:
    api.switch(state="test", traffic=0.3, holdout=0.0)
    before, began = {v for v in VISITORS if api.rank(PRICED, visitor_id=v)["arm"] == "treatment"}, page(api)
    api.clock.now += 60
    api.switch(state="test", traffic=0.6, holdout=0.0)
    after, goes_on = {v for v in VISITORS if api.rank(PRICED, visitor_id=v)["arm"] == "treatment"}, page(api)
    assert before < after
    assert goes_on["experiment"] == began["experiment"]
    assert (began["window"], goes_on["window"]) == (NOON, NOON + 60)


@pytest.mark.parametrize(
    ("change", "opens"),
    [
        ({"holdout": 0.1}, True),
        ({"state": "on"}, True),
        ({"rules": []}, False),
        ({"schedule": {"days": ["sun"]}}, False),
        ({"traffic": 0.5}, False),  # as it was
    ],
)
def test_a_window_is_as_long_as_what_figures_depend_on(
    api: "Api", change: dict[str, Any], *, opens: bool
) -> None:
    api.switch(state="test", holdout=0.0)
    api.clock.now += 60
    api.call("PATCH", "/v1/pages/default", change)
    assert page(api)["window"] == (NOON + 60 if opens else NOON)


def test_the_next_test_draws_anew(api: "Api") -> None:
    api.switch(state="test")
    first = page(api)["experiment"]
    api.clock.now += 60
    api.switch(state="on")
    assert page(api)["experiment"] is None
    api.switch(state="test")
    assert page(api)["experiment"] not in {first, None}


def test_a_visitor_without_an_id_is_in_no_experiment(api: "Api", redis_url: str) -> None:
    api.switch("home", state="test", holdout=0.0)
    on, in_test = (api.rank(PRICED, visitor_id=None, page=p) for p in ("cart", "home"))
    assert (order(on), on["arm"], on["reason"]) == ("BCA", None, None)
    assert (order(in_test), in_test["arm"], in_test["reason"]) == ("ABC", None, "no_visitor_id")
    unasked = [api.rank(PRICED, consent=False, page=p) for p in ("cart", "home")]
    assert {(order(a), a["arm"], a["reason"]) for a in unasked} == {("ABC", None, "no_consent")}
    assert {e["experiment"] for e in exposures(redis_url)} == {None}


def test_outside_its_schedule_a_page_is_off(api: "Api") -> None:
    api.switch(state="on", holdout=0.0, schedule={"hours": [{"from": "13:00", "until": "14:00"}]})
    assert api.rank(PRICED)["reason"] == "off_by_merchant"
    assert page(api)["why_not_active"] == "outside_schedule"
    api.clock.now += 3600
    assert api.rank(PRICED)["reason"] is None
    assert page(api)["why_not_active"] is None


def test_a_page_says_why_it_is_not_active(api: "Api") -> None:
    assert page(api)["why_not_active"] is None
    api.models.live.clear()
    assert page(api)["why_not_active"] == "no_model"
    api.switch(state="shadow")
    assert page(api)["why_not_active"] == "shadow"


def test_the_kill_switch_stops_all_pages_of_one_shop_and_leaves_their_settings(api: "Api") -> None:
    assert api.call("GET", "/v1/kill-switch").json == {"on": False, "installation": False}
    turned = api.call("POST", "/v1/kill-switch", {"on": True})
    assert turned.json == {"on": True, "installation": False, "effective_within_seconds": 2}
    answer = api.rank(PRICED)
    assert (order(answer), answer["reason"], answer["arm"]) == ("ABC", "kill_switch", None)
    assert (page(api)["state"], page(api)["why_not_active"]) == ("on", "kill_switch")
    assert api.call("POST", "/v1/kill-switch", {"on": True}).status_code == 200
    api.call("POST", "/v1/kill-switch", {"on": False})
    assert api.rank(PRICED)["reason"] is None


@pytest.mark.parametrize("body", [{}, {"on": "yes"}, {"on": True, "page": "home"}, [], None])
def test_a_kill_switch_that_says_something_else_is_refused(api: "Api", body: Any) -> None:
    assert api.call("POST", "/v1/kill-switch", body or b"null").status_code == 400
    assert api.rank(PRICED)["reason"] is None


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"state": "test", "traffic": 1.7}, "traffic"),
        ({"state": "on", "holdout": 0.3}, "holdout"),
        ({"state": "canary"}, "state"),
        ({"state": "on", "schedule": {"from": 20.0, "until": 10.0}}, "schedule"),
        ({"state": "on", "schedule": {"from": "2026-11-22"}}, "schedule.from"),
        ({"state": "on", "schedule": {"days": ["lundi"]}}, "schedule.days[0]"),
        ({"state": "on", "schedule": {"time_zone": "Europe/Atlantis"}}, "schedule.time_zone"),
        ({"state": "on", "schedule": {"time_zone": "../../etc/passwd"}}, "schedule.time_zone"),
        (
            {"state": "on", "schedule": {"hours": [{"from": "9", "until": "10:00"}]}},
            "schedule.hours[0].from",
        ),
        (
            {
                "state": "on",
                "schedule": {
                    "hours": [{"from": "09:00", "until": "12:00"}, {"from": "11:00", "until": "13:00"}]
                },
            },
            "schedule.hours",
        ),
        ({"state": "on", "experiment": "mine"}, "experiment"),
    ],
)
def test_wrong_settings_are_refused_at_their_field_and_the_old_ones_stand(
    api: "Api", settings: dict[str, Any], path: str
) -> None:
    before = page(api)
    response = api.call("PUT", "/v1/pages/default", settings)
    assert response.status_code == 400
    assert [error["path"] for error in response.json["errors"]] == [path]
    assert page(api) == before


def test_both_arms_are_recorded_alike(api: "Api", redis_url: str) -> None:
    api.switch(state="test", holdout=0.0)
    for visitor in VISITORS:
        api.rank(PRICED, visitor_id=visitor)
    found = exposures(redis_url)
    assert Counter(e["arm"] for e in found).keys() == {"treatment", "control"}
    assert len({tuple(e) for e in found}) == 1
    assert len(found) == len(VISITORS)
