"""`balad verify`: nothing differs where all is well, and each way to differ is named."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import redis

from features.log.place import Log
from features.log.schema import Kind
from features.log.writer import write
from features.store.exchange import Exchange
from features.store.redis_privacy import RedisPrivacy
from features.store.redis_work import connect
from service.verifying.verify import Found, Installation, verify
from service.worker.worker import ShopWork

if TYPE_CHECKING:
    from tests.api.conftest import Api


@pytest.fixture
def place(api: "Api", redis_url: str) -> Iterator[Installation]:
    """A shop with items, events and a ranking, half of them in the log."""
    api.call("PUT", "/v1/items", {"items": [{"item_id": "B", "price": 30.0}, {"item_id": "C", "price": 5.0}]})
    store, exchange = connect(redis_url, stream_bound=10_000), Exchange(redis_url, 5.0)
    log, settings = Log(api.deps.settings.log_url), api.deps.shop_settings
    api.send(view("e-1"), view("e-2", "other"))
    api.clock.now += 1
    ShopWork(store, settings, log, "acme").finish(api.clock.now)
    api.rank(["B", "C"])
    api.send(view("e-3", "third"))
    api.clock.now += 1
    yield Installation(store, settings, RedisPrivacy(exchange), exchange, log, api.clock)
    store.close()
    exchange.close()


def view(event_id: str, visitor: str = "v-81") -> dict[str, Any]:
    return {
        "name": "view_item",
        "event_id": event_id,
        "visitor_id": visitor,
        "consent": True,
        "items": [{"item_id": "B"}],
    }


def finish(place: Installation) -> None:
    ShopWork(place.store, place.settings, place.log, "acme").finish(place.clock())


def said(found: Found) -> dict[str, int]:
    return {difference.what: difference.number for difference in found.differences}


def test_nothing_differs_while_facts_are_on_their_way(place: Installation) -> None:
    found = verify(place, "acme")
    assert found.counts["log"][Kind.EVENTS]["rows"] == 2
    assert found.counts["waiting"][Kind.EVENTS] == 1
    assert said(found) == {}


def test_a_lost_visitor_item_and_counter_are_named(place: Installation, redis_url: str) -> None:
    finish(place)
    assert said(verify(place, "acme")) == {}
    with redis.Redis.from_url(redis_url) as client:
        for pattern in ("*:v:other", "*:c:C", "*:n:[^0]*"):
            client.delete(*client.scan_iter(f"balad:*{pattern}"))
    assert said(verify(place, "acme")) == {
        "visitors of the log without state": 1,
        "items that are not what the log's last change says": 1,
        "items with events but no statistics": 1,
    }


def test_state_that_the_log_does_not_know_is_named(place: Installation, redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.set("balad:{acme:3}:v:stranger", b"x")
        client.set("balad:{acme:3}:c:strange", b"{}")
        client.hset("balad:{acme:0}:settings", "page/default", "{}")
    assert said(verify(place, "acme")) == {
        "visitors with state that the log does not know": 1,
        "items in the catalogue that the log does not know": 1,
        "settings that are not what the log's last change says": 1,
    }


def test_doubled_facts_and_broken_files_are_named(place: Installation) -> None:
    finish(place)
    row = {"event_id": "e-1", "name": "view_item", "visitor_id": None, "received_at": place.clock() - 9.0}
    (part,) = write(place.log, "acme", Kind.EVENTS, 1, [row | {"sequence": 1, "items": []}])
    assert said(verify(place, "acme")) == {"events: in the log more than once": 1}
    Path(place.log.path(part)).write_bytes(b"no parquet")
    assert said(verify(place, "acme")) == {"files of the log that cannot be read": 1}


def test_who_is_erased_and_still_there_is_named(place: Installation, api: "Api", redis_url: str) -> None:
    api.call("DELETE", "/v1/visitors/v-81")
    with redis.Redis.from_url(redis_url) as client:
        client.set("balad:{acme:3}:v:v-81", b"x")
        assert "visitors in the log although they are erased" not in said(verify(place, "acme"))
        client.delete("balad:{acme:0}:erasing")
    found = said(verify(place, "acme"))
    assert found["visitors in the log although they are erased"] == 1
    assert found["visitors with state although they are erased or object"] == 1
