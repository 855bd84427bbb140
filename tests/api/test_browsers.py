"""Calls from web pages: which origins may call, preflights, keys in addresses, clocks that are off."""

from typing import TYPE_CHECKING, Any

import pytest

from service.api.auth import Access
from service.api.endpoints import ENDPOINTS
from service.shops import set_origins

if TYPE_CHECKING:
    from tests.api.conftest import Answer, Api

SHOP = "https://shop.example"
QUESTION = {"page": "home", "items": ["A", "B"]}
NOON = 1_795_348_800.0
BROWSERS_CALLS = [e for e in ENDPOINTS if e.access is Access.PUBLISHABLE]


def declare(api: "Api", *origins: str) -> None:
    set_origins(api.deps.shop_settings, api.shop.shop, origins, now=api.clock.now)
    api.deps.directory.refresh()


def ask(api: "Api", origin: str, *, key: str = "pk") -> "Answer":
    return api.call("POST", "/v1/rank", QUESTION, key=key, headers={"Origin": origin})


def test_a_page_of_a_declared_origin_may_call_and_read(api: "Api") -> None:
    declare(api, SHOP)
    answer = ask(api, SHOP)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, "*")


@pytest.mark.parametrize(
    "origin",
    [
        "https://other.example",
        "http://shop.example",
        f"{SHOP}:8443",
        "null",
        "http://localhost:3000",
        "http://[x",
    ],
)
def test_a_page_of_another_origin_is_refused_and_told_why(api: "Api", origin: str) -> None:
    declare(api, SHOP)
    answer = ask(api, origin)
    assert (answer.status_code, answer.json["type"]) == (403, "/docs#origin_not_declared")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_while_none_is_declared_only_pages_on_this_machine_may_call(api: "Api") -> None:
    assert ask(api, SHOP).status_code == 403
    for origin in ("http://localhost:3000", "http://127.0.0.1:8080", "http://[::1]:80"):
        assert ask(api, origin).status_code == 200


def test_the_services_own_pages_may_call(api: "Api") -> None:
    declare(api, SHOP)
    assert ask(api, "http://localhost").status_code == 200  # what the test client calls the service


def test_calls_that_come_from_no_page_are_not_asked_for_an_origin(api: "Api") -> None:
    declare(api, SHOP)
    assert api.call("POST", "/v1/rank", QUESTION, key="pk").status_code == 200
    assert ask(api, "https://other.example", key="sk").status_code == 200


@pytest.mark.parametrize("endpoint", BROWSERS_CALLS, ids=lambda e: str(e.path))
def test_a_preflight_is_answered_for_a_day_without_a_key(api: "Api", endpoint: Any) -> None:
    answer = api.call(
        "OPTIONS", endpoint.path.replace("<ranking_id>", "r"), key=None, headers={"Origin": SHOP}
    )
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Methods"] == endpoint.method
    assert answer.headers["Access-Control-Allow-Headers"] == "authorization, content-type"
    assert answer.headers["Access-Control-Max-Age"] == "86400"


def test_calls_of_the_shops_own_machines_are_closed_to_pages(api: "Api") -> None:
    answer = api.call("GET", "/v1/pages", headers={"Origin": SHOP})
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert api.call("OPTIONS", "/v1/pages", key=None, headers={"Origin": SHOP}).status_code == 405


def test_a_publishable_key_may_stand_in_the_address(api: "Api") -> None:
    path = f"/v1/rank?key={api.shop.publishable_key}"
    text = {"headers": {"Content-Type": "text/plain;charset=UTF-8"}}
    assert api.call("POST", path, b'{"page": "home", "items": ["A"]}', key=None, **text).status_code == 200
    assert api.call("POST", "/v1/rank?key=pk_wrong", QUESTION, key=None).status_code == 401
    assert api.call("POST", path, QUESTION, key="sk_wrong").status_code == 401


def test_a_secret_key_may_not(api: "Api") -> None:
    answer = api.call("POST", f"/v1/rank?key={api.shop.secret_key}", QUESTION, key=None)
    assert (answer.status_code, answer.json["type"]) == (403, "/docs#secret_key_in_address")


def viewed(time: float) -> dict[str, Any]:
    return {
        "name": "view_item",
        "event_id": f"e-{time}",
        "time": time,
        "visitor_id": "v",
        "session_id": "s",
        "consent": True,
        "items": [{"item_id": "A"}],
    }


@pytest.mark.parametrize("off", [3600.0, -3600.0, -200 * 3600.0, 0.0])
def test_a_clock_that_is_off_is_set_right_by_when_it_says_it_sends(api: "Api", off: float) -> None:
    body = {"sent_at": NOON + off, "events": [viewed(NOON + off - 40), viewed(NOON + off - 10)]}
    answer = api.call("POST", "/v1/events", body, key="pk")
    assert answer.json == {"accepted": 2, "duplicates": 0, "rejected": []}


def test_times_that_no_clock_shows_are_refused_as_ever(api: "Api") -> None:
    events = [viewed(1e300), viewed(NOON), viewed(NOON) | {"time": "noon"}, 5]
    answer = api.call("POST", "/v1/events", {"sent_at": NOON, "events": events}, key="pk")
    assert (answer.json["accepted"], [r["index"] for r in answer.json["rejected"]]) == (1, [0, 2, 3])


def test_a_secret_keys_times_stay_as_they_are(api: "Api") -> None:
    body = {"sent_at": NOON + 3600, "events": [viewed(NOON - 40)]}
    assert api.call("POST", "/v1/events", body).json["accepted"] == 1
