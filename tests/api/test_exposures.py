"""What a ranking leaves in the stream."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import orjson

from features.log.schema import Kind, to_rows, to_table
from tests.api.streams import streamed

if TYPE_CHECKING:
    from tests.api.conftest import Api

NOON = 1_795_348_800.0
PRICED = [{"item_id": "A", "price": 10.0}, {"item_id": "B", "price": 30.0}, {"item_id": "C", "price": 20.0}]


def exposures(redis_url: str) -> list[dict[str, Any]]:
    """The exposures in all streams, oldest first."""
    return to_rows(Kind.EXPOSURES, to_table(Kind.EXPOSURES, streamed(redis_url, "x")))


def test_without_consent_the_order_is_the_shop_s(api: "Api", redis_url: str) -> None:
    for answer in (
        api.rank(PRICED, consent=False),
        api.call("POST", "/v1/rank", {"page": "a", "items": ["A"]}).json,
    ):
        assert (answer["personalized"], answer["reason"], answer["arm"]) == (False, "no_consent", None)
    assert {(e["visitor_id"], e["session_id"], e["consent"]) for e in exposures(redis_url)} == {
        (None, None, False)
    }


def test_a_secret_key_may_state_the_time(api: "Api", redis_url: str) -> None:
    api.rank(PRICED, time=NOON - 86_400)
    api.rank(PRICED, time="2026-11-20T12:00:00Z")
    assert [e["time"] for e in exposures(redis_url)] == [NOON - 86_400, NOON - 2 * 86_400]


def test_every_ranking_on_a_page_that_is_on_is_recorded(api: "Api", redis_url: str) -> None:
    answer = api.rank(
        ["C", {"item_id": "B", "price": 30.0, "in_stock": False}], limit=1, context={"device": "mobile"}
    )
    (exposure,) = exposures(redis_url)
    assert exposure["ranking_id"] == answer["ranking_id"]
    assert exposure["items"] == [
        {"item_id": "C", "index": None, "shop_index": 0, "score": -1.0, "price": None, "in_stock": None},
        {
            "item_id": "B",
            "index": 0,
            "shop_index": 1,
            "score": answer["items"][0]["score"],
            "price": 30.0,
            "in_stock": False,
        },
    ]
    assert orjson.loads(exposure["said"]) == [None, {"item_id": "B", "price": 30.0, "in_stock": False}]
    assert exposure["context"] == {
        "device": "mobile",
        "country": None,
        "search_term": None,
        "filters": None,
        "referrer": None,
    }
    assert {
        name: exposure[name] for name in ("visitor_id", "session_id", "page", "consent", "arm", "model")
    } == {
        "visitor_id": "v-81",
        "session_id": "s-3",
        "page": "category/shoes",
        "consent": True,
        "arm": "treatment",
        "model": "by-price",
    }
    assert (exposure["time"], exposure["received_at"], exposure["candidates"]) == (NOON, NOON, 2)
    assert (exposure["personalized"], exposure["reason"]) == (True, None)


def test_a_share_of_exposures_holds_the_rows_as_served(
    make_api: Callable[..., "Api"], redis_url: str
) -> None:
    api = make_api(served_rows_share=1.0)
    api.switch(state="on", holdout=0.0)
    api.publish()
    api.rank(PRICED)
    (exposure,) = exposures(redis_url)
    columns = len(api.models.live["acme"].table)
    assert len(exposure["served"]) == 4 * len(PRICED) * columns  # float32
