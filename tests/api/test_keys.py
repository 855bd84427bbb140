"""Which key each call takes: every route with every kind of key.

A route that is not in the table fails the first test, so that nobody adds one without saying which key opens it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import redis

from features.store.protocol import StoreUnavailable
from features.store.settings import MemorySettings, Snapshot
from service.api.auth import Access
from service.api.endpoints import ENDPOINTS
from service.app import create_app
from service.directory import Directory
from service.shops import create_shop

if TYPE_CHECKING:
    from service.api.endpoint import Endpoint
    from tests.api.conftest import Api

WRONG = {
    "no key": None,
    "an unknown publishable key": "pk_" + "x" * 32,
    "an unknown secret key": "sk_" + "x" * 32,
    "an empty key": "",
    "a key as long as a book": "sk_" + "x" * 5000,
    "a key that is no text": "sk_\u00ff\u00fe",
}
KEYED = [endpoint for endpoint in ENDPOINTS if endpoint.access is not Access.NONE]
OPEN = [endpoint for endpoint in ENDPOINTS if endpoint.access is Access.NONE]
NONE, PUBLISHABLE, SECRET = Access.NONE, Access.PUBLISHABLE, Access.SECRET
API = {
    "POST /v1/rank": PUBLISHABLE,
    "POST /v1/recommend": PUBLISHABLE,
    "GET /v1/rankings/<ranking_id>": PUBLISHABLE,
    "POST /v1/events": PUBLISHABLE,
    "PUT /v1/items": SECRET,
    "PATCH /v1/items": SECRET,
    "GET /v1/items/<path:item_id>": SECRET,
    "DELETE /v1/items/<path:item_id>": SECRET,
    "GET /v1/pages": SECRET,
    "GET /v1/pages/<path:page>": SECRET,
    "PUT /v1/pages/<path:page>": SECRET,
    "PATCH /v1/pages/<path:page>": SECRET,
    "DELETE /v1/pages/<path:page>": SECRET,
    "GET /v1/kill-switch": SECRET,
    "POST /v1/kill-switch": SECRET,
    "GET /v1/drafts/<path:page>": SECRET,
    "PUT /v1/drafts/<path:page>": SECRET,
    "DELETE /v1/drafts/<path:page>": SECRET,
    "POST /v1/rules/publish": SECRET,
    "POST /v1/rules/undo": SECRET,
    "GET /v1/rules/<path:page>": SECRET,
    "GET /v1/changes": SECRET,
    "POST /v1/changes/<change_id>/revert": SECRET,
    "GET /v1/insights/<path:page>": SECRET,
    "GET /v1/ordering/<path:page>": PUBLISHABLE,
    "GET /v1/models": SECRET,
    "POST /v1/models/<version>/promote": SECRET,
    "POST /v1/models/rollback": SECRET,
    "POST /v1/models/canary/step": SECRET,
    "DELETE /v1/models/canary": SECRET,
    "DELETE /v1/models/shadow": SECRET,
    "GET /v1/visitors/<path:visitor_id>": SECRET,
    "DELETE /v1/visitors/<path:visitor_id>": SECRET,
    "GET /v1/erasures/<erasure_id>": SECRET,
    "PUT /v1/visitors/<path:visitor_id>/opt-out": SECRET,
    "DELETE /v1/visitors/<path:visitor_id>/opt-out": SECRET,
    "GET /healthz": NONE,
    "GET /readyz": NONE,
    "GET /metrics": NONE,
    "GET /openapi.json": NONE,
    "GET /docs": NONE,
    "GET /sdk/balad.js": NONE,
    "GET /sdk/balad.mjs": NONE,
    "GET /sdk/balad.d.ts": NONE,
}


def name(endpoint: "Endpoint") -> str:
    return f"{endpoint.method} {endpoint.path}"


def at(endpoint: "Endpoint") -> str:
    return (
        endpoint.path.replace("<path:", "<")
        .replace("<item_id>", "A")
        .replace("<page>", "home")
        .replace("<version>", "v")
        .replace("<ranking_id>", "r")
    )


def test_every_route_of_the_api_is_in_the_table(api: "Api") -> None:
    calls = {
        f"{method} {rule.rule}"
        for rule in api.client.application.url_map.iter_rules()
        for method in rule.methods or ()
        if not rule.rule.startswith("/console/") and method not in {"HEAD", "OPTIONS"}
    }  # of the console: tests/api/test_roles.py
    assert calls == set(API)
    assert {name(endpoint): endpoint.access for endpoint in ENDPOINTS} == API


@pytest.mark.parametrize("endpoint", KEYED, ids=name)
def test_without_a_key_of_a_shop_a_call_is_refused(api: "Api", endpoint: "Endpoint") -> None:
    for what, key in WRONG.items():
        response = api.call(endpoint.method, at(endpoint), {}, key=key)
        assert response.status_code == 401, what
        assert response.headers["WWW-Authenticate"] == "Bearer"
        assert response.json["type"] in {"/docs#no_key", "/docs#wrong_key"}


@pytest.mark.parametrize("endpoint", KEYED, ids=name)
@pytest.mark.parametrize("header", ["Basic abc", "bearer", "Bearer", "sk_abc", "Bearer sk_a sk_b"])
def test_another_scheme_is_no_key(api: "Api", endpoint: "Endpoint", header: str) -> None:
    response = api.call(endpoint.method, at(endpoint), {}, key=None, headers={"Authorization": header})
    assert response.status_code == 401


@pytest.mark.parametrize("endpoint", KEYED, ids=name)
def test_a_publishable_key_does_only_what_a_browser_may(api: "Api", endpoint: "Endpoint") -> None:
    status = api.call(endpoint.method, at(endpoint), {}, key="pk").status_code
    assert (status == 403) == (API[name(endpoint)] is SECRET)


@pytest.mark.parametrize("endpoint", KEYED, ids=name)
def test_a_secret_key_does_everything(api: "Api", endpoint: "Endpoint") -> None:
    assert api.call(endpoint.method, at(endpoint), {}, key="sk").status_code not in {401, 403}


@pytest.mark.parametrize("endpoint", OPEN, ids=name)
def test_calls_without_a_key_take_none(api: "Api", endpoint: "Endpoint") -> None:
    assert api.call(endpoint.method, at(endpoint), key=None).status_code == 200


def test_the_scheme_may_be_written_as_one_likes(api: "Api") -> None:
    header = {"Authorization": f"bEARER  {api.shop.publishable_key} "}
    assert (
        api.call("POST", "/v1/rank", {"page": "home", "items": ["A"]}, key=None, headers=header).status_code
        == 200
    )


def test_only_hashes_of_keys_are_stored(api: "Api", redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        dumps = b"".join(client.dump(key) or b"" for key in client.scan_iter("*") if b"settings" in key)
        (settings,) = [client.hgetall(key) for key in client.scan_iter("*:settings")]
        streams = repr([client.xrange(key) for key in client.scan_iter("*:stream")])
    for key in (api.shop.publishable_key, api.shop.secret_key):
        assert key not in repr(settings) + streams
        assert key.encode() not in dumps


def test_a_shop_made_a_moment_ago_is_known_without_waiting(api: "Api") -> None:
    new = create_shop(api.deps.shop_settings, "bolt", now=api.clock.now)
    api.clock.now += 0.5
    answer = api.call("POST", "/v1/rank", {"page": "home", "items": ["A"]}, key=new.publishable_key)
    assert answer.json["reason"] == "off_by_merchant"


def test_keys_cannot_be_checked_before_any_was_read(make_api: Callable[..., "Api"]) -> None:
    class Away(MemorySettings):
        def changed(self, revisions: Mapping[str, int]) -> dict[str, Snapshot]:
            raise StoreUnavailable(f"away, after {revisions}")

    api = make_api()
    deps = replace(api.deps, directory=Directory(Away(), api.clock))
    response = replace(api, client=create_app(deps).test_client()).call("POST", "/v1/rank", {})
    assert (response.status_code, response.headers["Retry-After"]) == (503, "1")


def test_a_key_that_nobody_knows_does_not_wait_for_a_store_that_is_away(
    make_api: Callable[..., "Api"],
) -> None:
    class Leaving(MemorySettings):
        asked = 0

        def changed(self, revisions: Mapping[str, int]) -> dict[str, Snapshot]:
            self.asked += 1
            if self.asked > 1:
                raise StoreUnavailable(f"away, after {revisions}")
            return super().changed(revisions)

    store, api = Leaving(), make_api()
    directory = Directory(store, api.clock)
    directory.refresh()
    asking = replace(api, client=create_app(replace(api.deps, directory=directory)).test_client())
    with pytest.raises(StoreUnavailable):
        directory.refresh()  # as the refresher does, each second
    api.clock.now += 0.5
    assert asking.call("POST", "/v1/rank", {}, key="pk_unknown").status_code == 401
    assert store.asked == 2


def test_a_metrics_token_is_asked_for(make_api: Callable[..., "Api"]) -> None:
    api = make_api(metrics_token="t-1")
    assert api.call("GET", "/metrics", key=None).status_code == 401
    assert api.call("GET", "/metrics", key="t-2").status_code == 401
    assert api.call("GET", "/metrics", key="t-1").status_code == 200


def test_without_a_token_metrics_are_for_this_machine(api: "Api") -> None:
    for more in ({"environ_base": {"REMOTE_ADDR": "10.0.0.7"}}, {"headers": {"X-Forwarded-For": "10.0.0.7"}}):
        assert api.call("GET", "/metrics", key=None, **more).status_code == 403
