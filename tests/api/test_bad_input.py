"""Nonsense and hostile input: the answer names what is wrong, and nothing valid is lost."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from service.app import create_app

if TYPE_CHECKING:
    from tests.api.conftest import Api

NOON = 1_795_348_800.0
BAD_ID = "Id should be 1 to 128 printable characters"
EMAIL = "Id looks like an e-mail address; send an opaque id"
LONG = "String should have at most 128 characters"


def wrong(
    api: "Api", path: str, body: Any, *, method: str = "POST", key: str = "sk"
) -> list[tuple[str, str, str]]:
    """The wrong fields of a call that must be refused with 400."""
    response = api.call(method, path, body, key=key)
    assert response.status_code == 400, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = response.json
    assert sorted(problem) == ["detail", "errors", "status", "title", "type"]
    assert (problem["status"], problem["title"]) == (400, "Bad request")
    return [(error["path"], error["code"], error["message"]) for error in problem["errors"]]


def listing(items: Any, **more: Any) -> dict[str, Any]:
    return {"page": "home", "consent": True, "visitor_id": "v", "items": items, **more}


@pytest.mark.parametrize("path", ["/v1/rank", "/v1/events"])
@pytest.mark.parametrize(
    "body", [b"", b"not json", b'{"items": [', b"\xff\xfe", b"[" * 100_000, b'{"a": "\\ud800"}']
)
def test_a_body_that_is_not_json_is_refused(api: "Api", path: str, body: bytes) -> None:
    response = api.call("POST", path, body)
    assert response.status_code == 400
    problem = response.json
    assert (problem["type"], problem["title"], problem["errors"]) == ("/docs#not_json", "Bad request", [])
    assert problem["detail"].startswith("The body is not JSON: ")


@pytest.mark.parametrize(("body", "path"), [([], ""), ("text", ""), (None, ""), (1, "")])
@pytest.mark.parametrize("call", ["/v1/rank", "/v1/events"])
def test_a_body_that_is_not_an_object_is_refused(api: "Api", call: str, body: Any, path: str) -> None:
    raw = orjson.dumps(body)
    assert wrong(api, call, raw) == [(path, "wrong_type", "Input should be an object")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"items": ["A"]}, ("page", "missing", "Field required")),
        ({"page": "home"}, ("items", "missing", "Field required")),
        (listing(["A"]) | {"page": 7}, ("page", "wrong_type", "Input should be a valid string")),
        (listing(["A"]) | {"visitor_id": 7}, ("visitor_id", "wrong_type", "Input should be a valid string")),
        (listing(["A"]) | {"consent": "yes"}, ("consent", "wrong_type", "Input should be a valid boolean")),
        (listing(["A"]) | {"consent": 1}, ("consent", "wrong_type", "Input should be a valid boolean")),
        (
            listing(["A"]) | {"limit": 0},
            ("limit", "out_of_range", "Input should be greater than or equal to 1"),
        ),
        (
            listing(["A"]) | {"limit": 501},
            ("limit", "out_of_range", "Input should be less than or equal to 500"),
        ),
        (listing(["A"]) | {"limit": 1.5}, ("limit", "wrong_type", "Input should be a valid integer")),
        (
            listing(["A"]) | {"deadline_ms": 0},
            ("deadline_ms", "out_of_range", "Input should be greater than 0"),
        ),
        (listing(["A"]) | {"context": []}, ("context", "wrong_type", "Input should be an object")),
        (
            listing(["A"]) | {"context": {"filters": [1]}},
            ("context.filters[0]", "wrong_type", "Input should be a valid string"),
        ),
        (
            listing(["A"]) | {"time": "noon"},
            ("time", "bad_time", "Input should be Unix seconds or an RFC 3339 time"),
        ),
        (
            listing(["A"]) | {"time": "2026-11-22T12:00:00"},
            ("time", "bad_time", "Time should name its zone, such as 2026-11-22T17:00:00Z"),
        ),
        (
            listing(["A"]) | {"time": NOON * 1000},
            ("time", "out_of_range", "Input should be less than or equal to 32503680000"),
        ),
        (listing("A"), ("items", "wrong_type", "Input should be a valid list")),
        (listing([]), ("items", "wrong_length", "List should have at least 1 item after validation, not 0")),
        (
            listing([f"i{n}" for n in range(501)]),
            ("items", "wrong_length", "List should have at most 500 items after validation, not 501"),
        ),
        (
            listing(["A", "B", "A"]),
            ("items[2]", "duplicate_item", "Item is in the listing already, at items[0]"),
        ),
        (
            listing(["A", {"item_id": "A"}]),
            ("items[1]", "duplicate_item", "Item is in the listing already, at items[0]"),
        ),
        (
            listing(["A", 7]),
            ("items[1]", "wrong_type", "Input should be an item id, or an object with item_id"),
        ),
        (
            listing(["A", None]),
            ("items[1]", "wrong_type", "Input should be an item id, or an object with item_id"),
        ),
        (listing(["A", {}]), ("items[1].item_id", "missing", "Field required")),
        (listing(["A", ""]), ("items[1]", "wrong_length", "String should have at least 1 character")),
        (listing(["x" * 129]), ("items[0]", "wrong_length", LONG)),
        (listing([{"item_id": "x" * 129}]), ("items[0].item_id", "wrong_length", LONG)),
        (listing(["a\nb"]), ("items[0]", "bad_id", BAD_ID)),
        (listing(["a\x00"]), ("items[0]", "bad_id", BAD_ID)),
        (listing(["a\u200b"]), ("items[0]", "bad_id", BAD_ID)),
        (listing(["jane@example.com"]), ("items[0]", "looks_like_email", EMAIL)),
        (listing(["A"], visitor_id="jane@example.com"), ("visitor_id", "looks_like_email", EMAIL)),
        (listing(["A"], session_id="s\t"), ("session_id", "bad_id", BAD_ID)),
        (
            listing([{"item_id": "A", "price": "9"}]),
            ("items[0].price", "wrong_type", "Input should be a valid number"),
        ),
        (
            listing([{"item_id": "A", "price": True}]),
            ("items[0].price", "wrong_type", "Input should be a valid number"),
        ),
        (
            listing([{"item_id": "A", "price": -1}]),
            ("items[0].price", "out_of_range", "Input should be greater than or equal to 0"),
        ),
        (
            listing([{"item_id": "A", "in_stock": 1}]),
            ("items[0].in_stock", "wrong_type", "Input should be a valid boolean"),
        ),
        (
            listing([{"item_id": "A", "attributes": {"color": {}}}]),
            (
                "items[0].attributes.color",
                "wrong_type",
                "Attribute should be text, a number, true, false or a list of them",
            ),
        ),
    ],
)
def test_a_ranking_names_the_wrong_field(api: "Api", body: Any, expected: tuple[str, str, str]) -> None:
    assert wrong(api, "/v1/rank", body) == [expected]


@pytest.mark.parametrize("page", ["", "/home", "home/", "a//b", "a\nb", "a/\x7f"])
def test_a_page_that_is_no_path_is_refused(api: "Api", page: str) -> None:
    ((path, code, _),) = wrong(api, "/v1/rank", listing(["A"]) | {"page": page})
    assert (path, code) == ("page", "bad_page" if page else "wrong_length")


@pytest.mark.parametrize(
    "page", ["search/'s-hertogenbosch", "search/sirkka-/-levi", "kategorie/größe 42", "p/1.2+3,4;=&"]
)
def test_a_page_may_hold_what_people_write(api: "Api", page: str) -> None:
    assert api.rank(["A"], page=page)["page"] == page


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999"])
def test_a_number_that_is_not_finite_is_named(api: "Api", number: bytes) -> None:
    body = b'{"page": "home", "items": ["A", {"item_id": "B", "price": %s}]}' % number
    ((path, code, message),) = wrong(api, "/v1/rank", body)
    assert (path, code) in {("items[1].price", "not_finite"), ("items[1].price", "wrong_type")}
    assert "number" in message


def test_every_wrong_field_is_named_at_once(api: "Api") -> None:
    body = {"page": 1, "items": ["a\n", {"item_id": "b", "price": "7", "in_stock": "no"}], "limit": "all"}
    paths = [path for path, *_ in wrong(api, "/v1/rank", body)]
    assert paths == ["page", "items[0]", "items[1].price", "items[1].in_stock", "limit"]


def test_unknown_fields_of_a_ranking_are_ignored(api: "Api") -> None:
    assert api.rank([{"item_id": "A", "colour": "red"}], experiment=7)["personalized"] is True


def test_ids_may_hold_what_shops_use(api: "Api") -> None:
    ids = ["x" * 128, "SKU 12/3", "日本語", "icon@2x", "@home", "a@b", "ø-1.5_b:c"]
    assert {item["item_id"] for item in api.rank(list(ids))["items"]} == set(ids)


@pytest.mark.parametrize("path", ["/v1/rank", "/v1/events"])
def test_a_body_over_two_megabytes_is_refused(api: "Api", path: str) -> None:
    response = api.call("POST", path, b" " * 3 * 1024 * 1024)
    assert response.status_code == 413
    assert response.json["type"] == "/docs#too_large"
    assert response.headers["Content-Type"] == "application/problem+json"


def test_a_publishable_key_may_not_state_the_time_of_a_ranking(api: "Api") -> None:
    response = api.call("POST", "/v1/rank", listing(["A"], time=NOON), key="pk")
    assert response.status_code == 403
    assert response.json["errors"] == [
        {
            "path": "time",
            "code": "secret_key_needed",
            "message": "Only a secret key may state the time of a ranking",
        }
    ]


@pytest.mark.parametrize("page", ["a//b", "a%7Fb", "home/"])
def test_a_page_that_is_no_path_has_no_settings(api: "Api", page: str) -> None:
    response = api.call("PUT", f"/v1/pages/{page}", {"state": "on"})
    assert (response.status_code, response.json["errors"][0]["code"]) == (400, "bad_page")


def test_what_is_not_there_is_a_problem_too(api: "Api") -> None:
    for method, path, status in (
        ("GET", "/v1/nothing", 404),
        ("GET", "/v1/rank", 405),
        ("DELETE", "/healthz", 405),
    ):
        response = api.call(method, path)
        assert response.status_code == status
        assert response.headers["Content-Type"] == "application/problem+json"
    assert api.call("GET", "/v1/rank").headers["Allow"] == "OPTIONS, POST"


def test_a_fault_of_ours_is_a_500_without_its_details(api: "Api", caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: float) -> str:
        raise RuntimeError("secret detail")

    failing = replace(api, client=create_app(replace(api.deps, new_id=broken)).test_client())
    response = failing.call("POST", "/v1/rank", listing(["A"]))
    assert response.status_code == 500
    assert response.json["detail"] == "Balad failed; the log says why"
    assert "secret detail" in caplog.text
