"""POST /v1/events: what becomes of what visitors did."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import redis
from pydantic import TypeAdapter

from features.facts import IMPRESSION, INTERACTION, Action
from features.identity import hash64
from service.api.events import EventsAnswer
from tests.api.streams import streamed

if TYPE_CHECKING:
    from tests.api.conftest import Api

NOON = 1_795_348_800.0
WHO = {"visitor_id": "v-81", "session_id": "s-3", "consent": True, "page": "product"}
ITEM = {"item_id": "B7", "index": 0, "price": 79.0, "quantity": 1}


def event(name: str, event_id: str = "e-1", **more: Any) -> dict[str, Any]:
    return {"name": name, "event_id": event_id, **WHO, "items": [ITEM]} | more


def stored(redis_url: str) -> list[dict[str, Any]]:
    """The events in all streams, oldest first."""
    return streamed(redis_url, "e")


def records(api: "Api", visitor: str = "v-81") -> tuple[Any, Any]:
    found = api.deps.store.read("acme", visitor)
    return np.frombuffer(found.interactions or b"", INTERACTION), np.frombuffer(
        found.impressions or b"", IMPRESSION
    )


@pytest.mark.parametrize(
    ("name", "more", "action"),
    [
        ("select_item", {"ranking_id": "0197"}, Action.CLICK),
        ("view_item", {"detail": "image"}, Action.VIEW),
        ("add_to_cart", {}, Action.CART),
        ("remove_from_cart", {}, Action.UNCART),
        ("add_to_wishlist", {}, Action.WISH),
        ("begin_checkout", {}, Action.CHECKOUT),
        ("purchase", {"transaction_id": "T1", "value": 79.0, "currency": "EUR"}, Action.PURCHASE),
    ],
)
def test_every_event_about_an_item_is_kept_and_remembered(
    api: "Api", redis_url: str, name: str, more: dict[str, Any], action: Action
) -> None:
    answer = api.send(event(name, **more), key="pk")
    assert answer == {"accepted": 1, "duplicates": 0, "rejected": []}
    TypeAdapter(EventsAnswer).validate_python(answer)
    (kept,) = stored(redis_url)
    absent = dict.fromkeys(("ranking_id", "currency", "value", "transaction_id", "search_term", "detail"))
    assert kept == absent | event(name, **more) | {"time": NOON, "received_at": NOON}
    (interaction,), impressions = records(api)
    assert (interaction["item"], interaction["action"], interaction["price"]) == (hash64("B7"), action, 79.0)
    assert len(impressions) == 0


def test_a_listing_that_was_seen_is_remembered_in_its_order(api: "Api") -> None:
    api.send(event("view_item_list", items=[{"item_id": "B"}, {"item_id": "A"}]))
    interactions, impressions = records(api)
    assert impressions["item"].tolist() == [hash64("B"), hash64("A")]
    assert len(interactions) == 0


def test_a_search_and_a_refund_name_no_item(api: "Api", redis_url: str) -> None:
    search = event("search", "e-1", search_term="red shoes", detail="sort", items=None)
    assert api.send(search, event("refund", "e-2", transaction_id="T1", items=None))["accepted"] == 2
    assert [kept["name"] for kept in stored(redis_url)] == ["search", "refund"]


def test_an_event_sent_again_is_a_duplicate(api: "Api", redis_url: str) -> None:
    first = event("view_item")
    assert api.send(first, event("view_item", "e-2"))["accepted"] == 2
    again = api.send(first, first, event("view_item", "e-3"))
    assert (again["accepted"], again["duplicates"]) == (1, 2)
    api.clock.now += 24 * 3600 - 1
    assert api.send(first)["duplicates"] == 1
    assert [kept["event_id"] for kept in stored(redis_url)] == ["e-1", "e-2", "e-3"]
    assert len(records(api)[0]) == 3


def test_an_order_counts_once_whatever_its_events_are_called(api: "Api") -> None:
    order = {"transaction_id": "T1", "value": 79.0, "currency": "EUR"}
    assert api.send(event("purchase", "e-1", **order))["accepted"] == 1
    assert api.send(event("purchase", "e-2", **order))["duplicates"] == 1
    assert api.send(event("purchase", "e-3", **order | {"transaction_id": "T2"}))["accepted"] == 1
    assert api.send(event("refund", "e-4", transaction_id="T1"))["accepted"] == 1


@pytest.mark.parametrize("consent", [{"consent": False}, {"consent": None}])
def test_without_consent_an_event_is_counted_and_belongs_to_nobody(
    api: "Api", redis_url: str, consent: dict[str, Any]
) -> None:
    said = event("view_item") | consent
    if said["consent"] is None:
        del said["consent"]
    assert api.send(said)["accepted"] == 1
    (kept,) = stored(redis_url)
    assert (kept["visitor_id"], kept["session_id"], kept["consent"]) == (None, None, False)
    assert (kept["name"], kept["items"]) == ("view_item", [ITEM])
    assert [len(part) for part in records(api)] == [0, 0]
    with redis.Redis.from_url(redis_url) as client:
        assert not any(b"v-81" in key for key in client.scan_iter("*"))


@pytest.mark.parametrize(
    ("key", "stated", "time", "received_at"),
    [
        ("pk", None, NOON, NOON),
        ("sk", None, NOON, NOON),
        ("pk", NOON - 60, NOON - 60, NOON),
        ("pk", NOON + 60, NOON, NOON),
        ("sk", NOON - 60, NOON - 60, NOON - 60),
        ("sk", "2026-11-22T11:59:00Z", NOON - 60, NOON - 60),
        ("sk", NOON - 3 * 365 * 86_400, NOON - 3 * 365 * 86_400, NOON - 3 * 365 * 86_400),
    ],
)
def test_an_event_is_kept_with_when_it_happened_and_when_it_arrived(  # noqa: PLR0913, PLR0917 - a table
    api: "Api", redis_url: str, key: str, stated: Any, time: float, received_at: float
) -> None:
    assert (
        api.send(event("view_item") | ({} if stated is None else {"time": stated}), key=key)["accepted"] == 1
    )
    (kept,) = stored(redis_url)
    assert (kept["time"], kept["received_at"]) == (time, received_at)


def test_a_visitor_s_records_hold_what_the_catalogue_says_of_an_item(api: "Api") -> None:
    api.call("PUT", "/v1/items", {"items": [{"item_id": "B7", "price": 50.0, "item_category": "shoes"}]})
    api.send(event("view_item", items=[{"item_id": "B7"}]))
    (interaction,), _ = records(api)
    known = api.deps.tables.of(api.deps.directory.shops["acme"].shop).know("B7")
    assert (interaction["price"], tuple(interaction["slots"])) == known
    assert known[0] == 50.0
    assert known[1][0] != 0


def test_unknown_fields_of_an_event_are_ignored(api: "Api", redis_url: str) -> None:
    assert api.send(event("view_item", colour="red", items=[ITEM | {"item_variant": "42"}]))["accepted"] == 1
    (kept,) = stored(redis_url)
    assert "colour" not in kept
    assert kept["items"] == [ITEM]


def test_a_batch_of_a_thousand_is_kept(api: "Api") -> None:
    assert api.send(*(event("view_item", f"e-{n}") for n in range(1000)))["accepted"] == 1000


def test_a_full_stream_refuses_events_until_the_worker_has_caught_up(make_api: Callable[..., "Api"]) -> None:
    api = make_api(stream_bound=1000)
    assert api.send(*(event("view_item", f"e-{n}") for n in range(1000)))["accepted"] == 1000
    response = api.call("POST", "/v1/events", {"events": [event("view_item", "e-x")]})
    assert (response.status_code, response.json["type"]) == (503, "/docs#backlog")
    assert response.headers["Retry-After"] == "1"


def test_verdicts_are_counted(api: "Api") -> None:
    api.send(event("view_item"), event("view_item"), event("zoom", "e-2"))
    metrics = api.call("GET", "/metrics", key=None).text
    for verdict in ("accepted", "duplicate", "rejected"):
        assert f'balad_events_total{{shop="acme",verdict="{verdict}"}} 1.0' in metrics
    assert 'balad_responses_total{call="post_events",status="200"} 1.0' in metrics
    assert 'balad_stream_length{shop="acme"}' in metrics
