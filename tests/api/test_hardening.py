"""What hostile input, browsers and logs must not make of an answer."""

import gzip
import logging
from typing import TYPE_CHECKING, Any

import pytest

from service.api.endpoints import ENDPOINTS

if TYPE_CHECKING:
    from tests.api.conftest import Api

SECRETIVE = "visitor-who-is-in-no-log"


def event(**more: Any) -> dict[str, Any]:
    named = {"name": "view_item", "event_id": "e-1", "visitor_id": SECRETIVE, "consent": True}
    return named | {"items": [{"item_id": "A"}]} | more


@pytest.mark.parametrize(
    "path", ["/healthz", "/openapi.json", "/v1/pages", "/nowhere", "/docs", "/console/login"]
)
def test_every_answer_says_what_browsers_must_not_do(api: "Api", path: str) -> None:
    headers = api.call("GET", path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Referrer-Policy" in headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "Set-Cookie" not in headers or path.startswith("/console")


def test_a_compressed_body_is_never_unpacked(api: "Api") -> None:
    bomb = gzip.compress(b'{"events":[' + b" " * (64 << 20) + b"]}")
    assert len(bomb) < 100_000
    for headers in ({"Content-Encoding": "gzip"}, {"Content-Encoding": "deflate"}):
        answer = api.call("POST", "/v1/events", bomb, headers=headers)
        assert (answer.status_code, answer.json["type"]) == (400, "/docs#not_json")


@pytest.mark.parametrize("depth", [200, 2_000, 500_000])
def test_a_deep_body_is_refused_and_harms_nobody(api: "Api", depth: int) -> None:
    body = b'{"events":' + b"[" * depth + b"]" * depth + b"}"
    assert api.call("POST", "/v1/events", body).status_code in {200, 400}
    assert api.call("GET", "/healthz").status_code == 200


def test_a_shop_sees_nothing_of_another(make_api: Any) -> None:
    one, other = make_api("one"), make_api("other")
    one.send(event())
    one.call("PUT", "/v1/items", {"items": [{"item_id": "A", "price": 1.0}]})
    other.deps.directory.refresh()
    assert other.call("GET", "/v1/items/A").status_code == 404
    assert other.call("GET", f"/v1/visitors/{SECRETIVE}").json["state"]["interactions"] == []


@pytest.mark.parametrize(
    "page", ["../../etc/passwd", "..%2f..%2fetc", "a/../b", "{acme:0}:settings", "a'; DROP TABLE events; --"]
)
def test_a_page_is_a_word_and_no_path_key_or_statement(api: "Api", page: str) -> None:
    answer = api.call("PUT", f"/v1/pages/{page}", {"state": "off"})
    assert answer.status_code in {200, 400, 404}
    assert api.call("GET", f"/v1/insights/{page}").status_code in {200, 400, 404}
    assert api.call("GET", "/v1/pages").status_code == 200


def test_personalised_answers_are_kept_by_no_cache(api: "Api") -> None:
    for answer in (
        api.call("POST", "/v1/rank", {"page": "a", "visitor_id": "v", "consent": True, "items": ["A", "B"]}),
        api.call("GET", "/v1/visitors/v"),
    ):
        assert answer.headers["Cache-Control"] == "private, no-store"


def test_no_key_and_no_visitor_is_in_a_log(api: "Api", caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        api.send(event(), event(event_id="e-2", name="nonsense"))
        api.rank(["A", "B"], visitor_id=SECRETIVE)
        api.call("GET", f"/v1/visitors/{SECRETIVE}")
        api.call("DELETE", f"/v1/visitors/{SECRETIVE}")
        api.call("POST", "/v1/rank", b"{", key="sk")
        api.call("GET", "/v1/pages", key="sk_" + "wrong" * 6)
        for endpoint in ENDPOINTS:
            api.call(endpoint.method, endpoint.path, {"visitor_id": SECRETIVE})
    said = caplog.text
    assert SECRETIVE not in said
    assert api.shop.secret_key not in said
    assert api.shop.publishable_key not in said
    assert "wrongwrong" not in said


def test_a_line_break_in_an_id_forges_no_line_of_a_log(api: "Api", caplog: pytest.LogCaptureFixture) -> None:
    forged = "v\n2026-11-22 ERROR forged"
    answer = api.call("POST", "/v1/events", {"events": [event(visitor_id=forged, event_id=forged)]})
    assert len(answer.json["rejected"]) == 1
    assert "forged" not in caplog.text
