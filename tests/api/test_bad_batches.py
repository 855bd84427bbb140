"""Wrong events, items and settings: each is told, and the valid ones beside it are kept."""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.api.conftest import Api

NOON = 1_795_348_800.0
VIEW = {"name": "view_item", "event_id": "e-1", "items": [{"item_id": "A"}]}


def wrong(api: "Api", path: str, body: Any, *, method: str = "POST") -> list[tuple[str, str, str]]:
    """The wrong fields of a call that must be refused with 400."""
    response = api.call(method, path, body)
    assert response.status_code == 400, response.text
    return [(error["path"], error["code"], error["message"]) for error in response.json["errors"]]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], ("events", "wrong_length", "List should have at least 1 item after validation, not 0")),
        (
            [VIEW] * 1001,
            ("events", "wrong_length", "List should have at most 1000 items after validation, not 1001"),
        ),
        ({}, ("events", "wrong_type", "Input should be a valid list")),
    ],
)
def test_a_batch_that_cannot_be_read_is_refused(
    api: "Api", events: Any, expected: tuple[str, str, str]
) -> None:
    assert wrong(api, "/v1/events", {"events": events}) == [expected]


def test_a_batch_without_events_is_refused(api: "Api") -> None:
    assert wrong(api, "/v1/events", {}) == [("events", "missing", "Field required")]


@pytest.mark.parametrize(
    ("event", "code", "path"),
    [
        ("text", "wrong_type", ""),
        (None, "wrong_type", ""),
        (VIEW | {"name": "zoom"}, "unknown_event", "name"),
        (VIEW | {"event_id": ""}, "wrong_length", "event_id"),
        (VIEW | {"event_id": "x" * 129}, "wrong_length", "event_id"),
        (VIEW | {"visitor_id": "jane@example.com"}, "looks_like_email", "visitor_id"),
        (VIEW | {"session_id": "\x1b[0m"}, "bad_id", "session_id"),
        (VIEW | {"page": "/"}, "bad_page", "page"),
        (VIEW | {"time": "yesterday"}, "bad_time", "time"),
        (VIEW | {"items": []}, "wrong_length", "items"),
        (VIEW | {"items": None}, "missing", "items"),
        (VIEW | {"items": [{"item_id": "A"}, {"item_id": "B"}]}, "wrong_length", "items"),
        (VIEW | {"items": [{"item_id": "A", "index": -1}]}, "out_of_range", "items[0].index"),
        (VIEW | {"items": [{"item_id": "A", "price": "9"}]}, "wrong_type", "items[0].price"),
        (VIEW | {"items": ["A"]}, "wrong_type", "items[0]"),
        (VIEW | {"items": [{"item_id": f"i{n}"} for n in range(501)]}, "wrong_length", "items"),
        (VIEW | {"currency": "euro"}, "bad_format", "currency"),
        (VIEW | {"name": "search"}, "missing", "search_term"),
        (VIEW | {"name": "refund"}, "missing", "transaction_id"),
        (VIEW | {"name": "purchase"}, "missing", "transaction_id"),
        (VIEW | {"name": "purchase", "transaction_id": "T"}, "missing", "value"),
        (VIEW | {"name": "purchase", "transaction_id": "T", "value": 1}, "missing", "currency"),
        ({"name": "view_item", "items": [{"item_id": "A"}]}, "missing", "event_id"),
    ],
)
def test_a_wrong_event_is_told_and_the_valid_ones_are_kept(
    api: "Api", event: Any, code: str, path: str
) -> None:
    answer = api.send(VIEW | {"event_id": "e-a"}, event, VIEW | {"event_id": "e-b"})
    assert (answer["accepted"], answer["duplicates"]) == (2, 0)
    (rejected,) = answer["rejected"]
    assert (rejected["index"], rejected["code"], rejected["path"]) == (1, code, path)
    assert rejected["message"]
    said = event.get("event_id") if isinstance(event, dict) else None
    assert rejected["event_id"] == (said if said is None else said[:128])
    metrics = api.call("GET", "/metrics", key=None).text
    assert f'balad_rejections_total{{code="{code}",shop="acme"}} 1.0' in metrics


@pytest.mark.parametrize("number", [b"NaN", b"Infinity"])
def test_an_event_with_a_number_that_is_not_finite_costs_only_itself(api: "Api", number: bytes) -> None:
    good = b'{"name":"view_item","event_id":"e-1","items":[{"item_id":"A"}]}'
    bad = b'{"name":"view_item","event_id":"e-2","items":[{"item_id":"A","price":%s}]}' % number
    answer = api.call("POST", "/v1/events", b'{"events":[%s,%s]}' % (good, bad)).json
    assert answer["accepted"] == 1
    assert [(r["index"], r["code"], r["path"]) for r in answer["rejected"]] == [
        (1, "not_finite", "items[0].price")
    ]


@pytest.mark.parametrize(
    ("away", "accepted"),
    [(10 * 60, 0), (5 * 60 + 1, 0), (4 * 60, 1), (0, 1), (-71 * 3600, 1), (-73 * 3600, 0)],
)
def test_the_clock_of_a_browser_is_trusted_only_near_ours(api: "Api", away: float, accepted: int) -> None:
    answer = api.send(VIEW | {"time": NOON + away}, key="pk")
    assert answer["accepted"] == accepted
    if not accepted:
        assert [(r["code"], r["path"]) for r in answer["rejected"]] == [("time_out_of_range", "time")]


@pytest.mark.parametrize(
    ("item", "code", "path"),
    [
        ({"item_id": "a\n"}, "bad_id", "item_id"),
        ({"item_id": "A", "price": -1}, "out_of_range", "price"),
        ({"item_id": "A", "attributes": {"category": ["a", "b"]}}, "wrong_type", "attributes.category"),
        ({"item_id": "A", "created_at": "2026"}, "bad_time", "created_at"),
        ({}, "missing", "item_id"),
        (7, "wrong_type", ""),
    ],
)
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_wrong_item_is_told_and_the_valid_ones_are_kept(
    api: "Api", method: str, item: Any, code: str, path: str
) -> None:
    api.call("PUT", "/v1/items", {"items": [{"item_id": "good"}]})
    answer = api.call(method, "/v1/items", {"items": [item, {"item_id": "good", "price": 2.0}]}).json
    assert answer["accepted"] == 1
    assert [(r["index"], r["code"], r["path"]) for r in answer["rejected"]] == [(0, code, path)]
    assert api.call("GET", "/v1/items/good").json["price"] == 2.0


def test_more_than_a_thousand_items_are_refused(api: "Api") -> None:
    body = {"items": [{"item_id": f"i{n}"} for n in range(1001)]}
    ((path, code, _),) = wrong(api, "/v1/items", body, method="PUT")
    assert (path, code) == ("items", "wrong_length")


@pytest.mark.parametrize(
    ("settings", "path", "code"),
    [
        ({"state": "maybe"}, "state", "unknown_value"),
        ({"state": "test", "traffic": 1.7}, "traffic", "out_of_range"),
        ({"state": "on", "schedule": {"from": "soon"}}, "schedule.from", "bad_time"),
        ({"state": "on", "rules": [{"hide": "A"}]}, "rules[0]", "missing"),
        ({"state": "on", "rules": [{"kind": "hide", "id": "h"}]}, "rules[0].match", "missing"),
        ({"state": "on", "objective": "margin"}, "objective", "unknown_value"),
        ({"state": "on", "holdout": 0.5}, "holdout", "out_of_range"),
        ({"state": "on", "holdout": "5%"}, "holdout", "wrong_type"),
        ({"state": "on", "colour": "red"}, "colour", "unknown_field"),
        ({}, "", "missing"),
    ],
)
def test_settings_that_cannot_be_kept_are_refused(api: "Api", settings: Any, path: str, code: str) -> None:
    assert (path, code) in {(p, c) for p, c, _ in wrong(api, "/v1/pages/home", settings, method="PUT")}
    assert api.call("GET", "/v1/pages/home").json["own"] is None
