"""Access, erasure and objection over HTTP."""

import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import orjson
import pytest
import redis

from features.log.place import Log
from features.log.reader import facts
from features.log.schema import Kind
from features.sessions.trail import Trail
from features.store.exchange import Exchange
from features.store.keys import subject_of
from features.store.redis_privacy import RedisPrivacy
from features.store.redis_work import connect
from service.importing.rebuild import Rebuild
from service.worker.compacting import Compacting
from service.worker.erasing import Erasing
from service.worker.keeping import LogKeeping
from service.worker.retention import Retention
from service.worker.worker import ShopWork

if TYPE_CHECKING:
    from tests.api.conftest import Api

LISTING = [{"item_id": "A", "price": 10.0}, {"item_id": "B", "price": 30.0}]


def view(event_id: str, visitor: str = "v-81") -> dict[str, Any]:
    return {
        "name": "view_item",
        "event_id": event_id,
        "visitor_id": visitor,
        "session_id": "s-3",
        "consent": True,
        "items": [{"item_id": "B"}],
    }


def work(api: "Api", redis_url: str) -> None:
    """Do what the worker does, until there is nothing left."""
    store, exchange = connect(redis_url, stream_bound=10_000), Exchange(redis_url, 5.0)
    log = Log(api.deps.settings.log_url)
    keeping = LogKeeping(Erasing(RedisPrivacy(exchange), "acme"), Compacting("acme"), Retention(395))
    shop = ShopWork(store, api.deps.shop_settings, log, "acme", keeping)
    while shop.round(api.clock.now):
        pass
    shop.finish(api.clock.now)
    store.close()
    exchange.close()


def held_in(redis_url: str, needle: bytes) -> list[bytes]:
    """The keys that hold something in their name or value."""
    with redis.Redis.from_url(redis_url) as client:
        return [key for key in client.scan_iter() if needle in key or needle in (client.dump(key) or b"")]


def logged(api: "Api") -> list[dict[str, Any]]:
    log = Log(api.deps.settings.log_url)
    return [row for _, row in facts(log, "acme", (Kind.EVENTS, Kind.EXPOSURES))]


def test_access_shows_state_stream_and_log(api: "Api", redis_url: str) -> None:
    api.send(view("e-1"))
    api.rank(LISTING)
    work(api, redis_url)
    api.send(view("e-2"), view("e-3", "another"))
    answer = api.call("GET", "/v1/visitors/v-81")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert [event["event_id"] for event in answer.json["events"]] == ["e-1", "e-2"]
    assert [exposure["items"][0]["item_id"] for exposure in answer.json["exposures"]] == ["A"]
    assert [done["action"] for done in answer.json["state"]["interactions"]] == ["view", "view"]
    assert answer.json["request"] is None
    (look,) = answer.json["state"]["trail"]  # the second is not counted yet, and stands with the events
    assert (look["item_id"], look["what"]) == ("B", "look")


def test_access_to_an_unknown_visitor_shows_that_nothing_is_held(api: "Api") -> None:
    answer = api.call("GET", "/v1/visitors/nobody")
    assert answer.json["state"] == {"interactions": [], "impressions": [], "trail": []}
    assert answer.json["events"] == answer.json["exposures"] == answer.json["requests"] == []


def test_erasure_takes_the_visitor_out_of_state_and_log_and_leaves_the_rest(
    api: "Api", redis_url: str
) -> None:
    for n in range(5):
        api.send(view(f"e-{n}"), view(f"o-{n}", f"other-{n}"))
    api.rank(LISTING)
    work(api, redis_url)
    api.send(view("e-waiting"))
    before = [row for row in logged(api) if row["visitor_id"] != "v-81"]
    began = time.monotonic()
    proof = api.call("DELETE", "/v1/visitors/v-81").json
    assert api.deps.store.read("acme", "v-81").interactions is None
    assert time.monotonic() - began < 60
    assert proof["log_erased_at"] is None
    work(api, redis_url)
    assert logged(api) == before
    assert held_in(redis_url, b"v-81") == []
    proven = api.call("GET", f"/v1/erasures/{proof['erasure_id']}").json
    assert proven["log_erased_at"] is not None
    assert (proven["rows"], proven["unreadable"], proven["first_model_without"]) == (7, 0, None)
    assert "v-81" not in orjson.dumps(proven).decode()


def trailed(redis_url: str) -> list[tuple[str, str]]:
    """Visitors and items of the trail of recent sessions, by the visitors' part of the session's key."""
    with closing(connect(redis_url, stream_bound=10_000)) as store:
        trails = [Trail.from_bytes(packed) for _, packed in store.trails("acme", 0, 1_000).trails]
    return sorted((f"{s >> 24:x}", t.items[item]) for t in trails for s, _, item, *_ in t.rows.tolist())


@pytest.mark.parametrize(("method", "path"), [("DELETE", ""), ("PUT", "/opt-out")], ids=["erased", "objects"])
def test_the_trail_of_recent_sessions_forgets_them_too(
    api: "Api", redis_url: str, method: str, path: str
) -> None:
    api.send(view("o-1", "other"), view("e-1"), view("o-2", "third"))
    work(api, redis_url)
    api.send(view("e-2"), view("o-3", "other"))  # waits to be counted
    theirs, others = f"{int.from_bytes(subject_of('v-81'), 'little') >> 24:x}", trailed(redis_url)
    others = [look for look in others if look[0] != theirs]
    assert len(others) == 2
    api.call(method, f"/v1/visitors/v-81{path}")
    work(api, redis_url)
    left = trailed(redis_url)
    assert theirs not in {who for who, _ in left}
    assert {who for who, _ in left} == {who for who, _ in others}
    assert len(left) == 3
    assert api.call("GET", "/v1/visitors/v-81").json["state"]["trail"] == []
    rebuild(api, redis_url)
    again = trailed(redis_url)
    assert [
        look for look in again if look[0] != "0"
    ] == left  # what is nobody's counts for what is popular alone


def test_what_comes_late_does_not_revive_who_is_erased(api: "Api", redis_url: str) -> None:
    api.send(view("e-1"))
    api.call("DELETE", "/v1/visitors/v-81")
    work(api, redis_url)  # from here on, nobody looks for what might come
    assert api.send(view("e-1"), view("e-2")) == {"accepted": 1, "duplicates": 1, "rejected": []}
    answer = api.rank(LISTING)
    assert (answer["reason"], answer["arm"], answer["personalized"]) == ("opted_out", None, False)
    assert [item["item_id"] for item in answer["items"]] == ["A", "B"]
    assert held_in(redis_url, b"v-81") == []
    work(api, redis_url)
    rebuild(api, redis_url)
    assert held_in(redis_url, b"v-81") == []
    assert {row["visitor_id"] for row in logged(api)} == {None}


def rebuild(api: "Api", redis_url: str) -> None:
    store, exchange = connect(redis_url, stream_bound=10_000), Exchange(redis_url, 5.0)
    log = Log(api.deps.settings.log_url)
    Rebuild(store, api.deps.shop_settings, RedisPrivacy(exchange), log, "acme", api.clock).run()
    store.close()
    exchange.close()


def test_a_loss_of_redis_forgets_no_request(api: "Api", redis_url: str) -> None:
    api.send(view("e-1"), view("e-2", "other"))
    proof = api.call("DELETE", "/v1/visitors/v-81").json
    api.call("PUT", "/v1/visitors/other/opt-out")
    work(api, redis_url)
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
    rebuild(api, redis_url)
    api.deps.directory.refresh()
    api.deps.objections.refresh()
    assert api.rank(LISTING)["reason"] == api.rank(LISTING, visitor_id="other")["reason"] == "opted_out"
    assert api.call("GET", f"/v1/erasures/{proof['erasure_id']}").json["log_erased_at"] is not None
    assert api.deps.store.read("acme", "other").interactions is None


def test_an_objection_holds_until_it_is_taken_back(api: "Api") -> None:
    api.send(view("e-1"))
    assert api.call("PUT", "/v1/visitors/v-81/opt-out").json["opted_out"] is True
    api.send(view("e-2"))
    assert api.rank(LISTING)["reason"] == "opted_out"
    assert api.deps.store.read("acme", "v-81").interactions is None
    assert api.call("GET", "/v1/visitors/v-81").json["request"] == "objects"
    assert api.call("DELETE", "/v1/visitors/v-81/opt-out").json["opted_out"] is False
    api.send(view("e-3"))
    assert api.rank(LISTING)["reason"] is None
    assert api.deps.store.read("acme", "v-81").interactions is not None


def test_an_erasure_cannot_be_taken_back(api: "Api") -> None:
    api.call("DELETE", "/v1/visitors/v-81")
    assert api.call("DELETE", "/v1/visitors/v-81/opt-out").status_code == 409
    assert api.call("PUT", "/v1/visitors/v-81/opt-out").status_code == 200
    assert api.call("GET", "/v1/visitors/v-81").json["request"] == "erased"


def test_an_id_may_hold_slashes(api: "Api") -> None:
    api.send(view("e-1", "a/b"))
    assert len(api.call("GET", "/v1/visitors/a/b").json["events"]) == 1
    assert api.call("PUT", "/v1/visitors/a/b/opt-out").json["opted_out"] is True
    assert api.call("GET", "/v1/visitors/a/b").json["request"] == "objects"


@pytest.mark.parametrize("path", ["/v1/visitors/jane@example.com", "/v1/visitors/" + "x" * 129])
def test_what_is_no_id_is_refused(api: "Api", path: str) -> None:
    assert api.call("GET", path).status_code == 400
    assert api.call("DELETE", path).status_code == 400


def test_an_unknown_erasure_is_not_found(api: "Api") -> None:
    assert api.call("GET", "/v1/erasures/unknown").status_code == 404
