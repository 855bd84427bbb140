"""One visitor, however busy, makes no item popular: from the call to the figures, and in a rebuild."""

from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from features.bounded import A_VISITOR_AN_HOUR
from features.identity import hash64
from features.increments import HOUR_SECONDS, VIEWS
from features.log.place import Log
from features.sessions.trail import Trail
from features.statistics import visible
from features.store.exchange import Exchange
from features.store.redis_privacy import RedisPrivacy
from features.store.redis_work import RedisWorkStore, connect
from service.importing.rebuild import Rebuild
from service.worker.worker import ShopWork

if TYPE_CHECKING:
    from tests.api.conftest import Api

BUSY, OTHERS = 500, 30


@pytest.fixture
def store(redis_url: str) -> Iterator[RedisWorkStore]:
    with closing(connect(redis_url, stream_bound=10_000)) as opened:
        yield opened


def look(number: int, visitor: str, item: str) -> dict[str, Any]:
    named = {"name": "view_item", "event_id": f"{item}{number}", "visitor_id": visitor, "consent": True}
    return named | {"items": [{"item_id": item}]}


def views(store: RedisWorkStore, item: str, now: float) -> int:
    record = store.read_statistics("acme", [hash64(item)])[hash64(item)]
    return int(visible([record], int(now // HOUR_SECONDS) + 1).counts[0, 0, VIEWS])


def looks(store: RedisWorkStore, item: str) -> int:
    trails = [Trail.from_bytes(packed) for _, packed in store.trails("acme", 0, 1_000).trails]
    return sum(t.items[place] == item for t in trails for place in t.rows["item"].tolist())


def test_one_visitor_makes_no_item_popular(api: "Api", redis_url: str, store: RedisWorkStore) -> None:
    log, settings = Log(api.deps.settings.log_url), api.deps.shop_settings
    work = ShopWork(store, settings, log, "acme")
    for first in range(0, BUSY, 100):
        batch = [look(n, "busy", "pumped") for n in range(first, first + 100)]
        assert api.call("POST", "/v1/events", {"events": batch}, key="pk").json["accepted"] == 100
        while work.round(api.clock.now):  # the bound outlives a batch
            pass
    batch = [look(n, f"v{n}", "liked") for n in range(OTHERS)]
    assert api.call("POST", "/v1/events", {"events": batch}, key="pk").json["accepted"] == OTHERS
    work.finish(api.clock.now)
    counted = views(store, "pumped", api.clock.now), views(store, "liked", api.clock.now)
    assert counted == (A_VISITOR_AN_HOUR, OTHERS)
    assert (looks(store, "pumped"), looks(store, "liked")) == counted

    with closing(Exchange(redis_url, 5.0)) as exchange:
        Rebuild(store, settings, RedisPrivacy(exchange), log, "acme", api.clock).run()
    assert (views(store, "pumped", api.clock.now), views(store, "liked", api.clock.now)) == counted
