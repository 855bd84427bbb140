"""/healthz, /readyz, /metrics, /openapi.json and /docs."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from features.store.protocol import StoreUnavailable
from service.api.endpoints import ENDPOINTS
from service.app import create_app

if TYPE_CHECKING:
    from tests.api.conftest import Api


class Away:
    """A store that stopped answering."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def fail(*_: object, **__: object) -> None:
            raise StoreUnavailable(f"no {name}")

        return fail


def without_store(api: "Api") -> "Api":
    return replace(api, client=create_app(replace(api.deps, store=Away())).test_client())


def test_a_process_that_answers_is_alive(api: "Api") -> None:
    for one in (api, without_store(api)):
        response = one.call("GET", "/healthz", key=None)
        assert (response.status_code, response.json) == (200, {"status": "alive"})


def test_a_process_with_store_and_settings_is_ready(api: "Api") -> None:
    response = api.call("GET", "/readyz", key=None)
    assert (response.status_code, response.json) == (
        200,
        {"ready": True, "why_not": [], "shops": {"acme": {"model": "by-price", "refused": None}}},
    )


def test_without_the_store_it_says_why_it_is_not_ready(api: "Api") -> None:
    response = without_store(api).call("GET", "/readyz", key=None)
    assert response.status_code == 503
    assert response.json["ready"] is False
    assert response.json["why_not"] == ["store_unavailable: no ping"]


def test_with_old_settings_it_is_not_ready(api: "Api") -> None:
    api.clock.now += 60
    response = api.call("GET", "/readyz", key=None)
    assert (response.status_code, response.json["why_not"]) == (
        503,
        ["settings_stale: last read 60 s ago, every 1 s is usual"],
    )


def test_metrics_are_given_while_the_store_is_away(api: "Api") -> None:
    api.rank(["A"])
    text = without_store(api).call("GET", "/metrics", key=None).text
    assert 'balad_rankings_total{reason="none",shop="acme"} 1.0' in text
    assert 'balad_ranking_seconds_count{stage="total"} 1.0' in text


def test_events_are_refused_while_the_store_is_away(api: "Api") -> None:
    body = {"events": [{"name": "view_item", "event_id": "e", "items": [{"item_id": "A"}]}]}
    response = without_store(api).call("POST", "/v1/events", body)
    assert (response.status_code, response.json["type"], response.headers["Retry-After"]) == (
        503,
        "/docs#store_unavailable",
        "1",
    )


def test_the_contract_names_every_call_with_its_models(api: "Api") -> None:
    document = api.call("GET", "/openapi.json", key=None).json
    assert document["openapi"] == "3.1.0"
    named = {(method.upper(), path) for path, calls in document["paths"].items() for method in calls}
    assert named == {(e.method, re.sub(r"<path:(\w+)>|<(\w+)>", r"{\1\2}", e.path)) for e in ENDPOINTS}
    rank = document["paths"]["/v1/rank"]["post"]
    assert rank["requestBody"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/RankRequest"
    }
    assert rank["security"] == [{"key": []}]
    for reference in re.findall(
        r'"\$ref": ?"#/components/schemas/(\w+)"', api.call("GET", "/openapi.json").text
    ):
        assert reference in document["components"]["schemas"]


def test_the_contract_says_how_a_process_that_is_not_ready_answers(api: "Api") -> None:
    paths = api.call("GET", "/openapi.json", key=None).json["paths"]
    ready = paths["/readyz"]["get"]["responses"]
    assert ready["503"]["content"] == ready["200"]["content"]
    assert set(paths["/metrics"]["get"]["responses"]) == {"200", "401", "403"}


def test_the_contract_is_a_page_that_asks_nobody_else_for_anything(api: "Api") -> None:
    response = api.call("GET", "/docs", key=None)
    assert response.headers["Content-Type"].startswith("text/html")
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert not re.findall(r'(?:src|href)="(?!#|/openapi.json)', response.text)
    for endpoint in ENDPOINTS:
        assert f'id="{endpoint.name}"' in response.text


@pytest.mark.parametrize("path", ["/demo/", "/demo/listings/home"])
def test_there_is_no_demo_outside_the_demo(api: "Api", path: str) -> None:
    assert api.call("GET", path, key=None).status_code == 404
