"""/v1/items: the catalogue."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from service.api.items import ItemsAnswer
from service.app import create_app
from service.tables import Tables
from tests.api.streams import streamed

if TYPE_CHECKING:
    from tests.api.conftest import Api

NOON = 1_795_348_800.0
WHOLE = {
    "item_id": "B7",
    "item_name": "Trail shoe",
    "item_brand": "Acme",
    "item_category": "shoes/trail",
    "price": 79.0,
    "currency": "EUR",
    "in_stock": True,
    "created_at": NOON,
    "url": "https://shop.example/b7",
    "image_url": "https://shop.example/b7.jpg",
    "attributes": {"color": "red", "sizes": [41, 42], "weight": 0.3, "waterproof": True},
}


def facts(redis_url: str) -> list[dict[str, Any]]:
    """The item changes in all streams, oldest first."""
    return streamed(redis_url, "i")


def put(api: "Api", *items: dict[str, Any]) -> dict[str, Any]:
    response = api.call("PUT", "/v1/items", {"items": list(items)})
    assert response.status_code == 200, response.text
    return dict(response.json)


def test_an_item_is_read_back_as_it_was_put(api: "Api", redis_url: str) -> None:
    answer = put(api, WHOLE)
    assert answer == {"accepted": 1, "rejected": []}
    TypeAdapter(ItemsAnswer).validate_python(answer)
    assert api.call("GET", "/v1/items/B7").json == WHOLE
    assert facts(redis_url) == [{"time": NOON, "received_at": NOON, "deleted": False} | WHOLE]


def test_putting_an_item_replaces_it_whole(api: "Api") -> None:
    put(api, WHOLE)
    put(api, {"item_id": "B7", "price": 60.0})
    assert api.call("GET", "/v1/items/B7").json == dict.fromkeys(WHOLE) | {"item_id": "B7", "price": 60.0}


def test_of_an_item_put_twice_in_a_batch_the_last_stands(api: "Api") -> None:
    assert put(api, {"item_id": "B7", "price": 1.0}, {"item_id": "B7", "price": 2.0})["accepted"] == 2
    assert api.call("GET", "/v1/items/B7").json["price"] == 2.0


def test_a_patch_changes_what_it_says(api: "Api", redis_url: str) -> None:
    put(api, WHOLE)
    patch = {
        "item_id": "B7",
        "price": 60.0,
        "item_brand": None,
        "attributes": {"color": None, "sole": "grip"},
    }
    assert api.call("PATCH", "/v1/items", {"items": [patch]}).json == {"accepted": 1, "rejected": []}
    after = WHOLE | {"price": 60.0, "item_brand": None}
    after["attributes"] = {"sizes": [41, 42], "weight": 0.3, "waterproof": True, "sole": "grip"}
    assert api.call("GET", "/v1/items/B7").json == after
    assert facts(redis_url)[-1] == {"time": NOON, "received_at": NOON, "deleted": False} | after


def test_patches_of_one_item_in_one_batch_add_up(api: "Api") -> None:
    put(api, {"item_id": "B7"})
    patches = [{"item_id": "B7", "price": 5.0}, {"item_id": "B7", "in_stock": False}]
    assert api.call("PATCH", "/v1/items", {"items": patches}).json["accepted"] == 2
    item = api.call("GET", "/v1/items/B7").json
    assert (item["price"], item["in_stock"]) == (5.0, False)


def test_an_item_that_is_not_there_cannot_be_patched(api: "Api") -> None:
    put(api, {"item_id": "B7"})
    patches = [{"item_id": "A1", "price": 5.0}, {"item_id": "B7", "price": 5.0}]
    answer = api.call("PATCH", "/v1/items", {"items": patches}).json
    assert answer["accepted"] == 1
    assert [(r["index"], r["item_id"], r["code"]) for r in answer["rejected"]] == [(0, "A1", "unknown_item")]


def test_a_deleted_item_is_gone(api: "Api", redis_url: str) -> None:
    put(api, WHOLE)
    assert api.call("DELETE", "/v1/items/B7").json == {"deleted": "B7"}
    assert api.call("GET", "/v1/items/B7").status_code == 404
    assert api.call("DELETE", "/v1/items/B7").status_code == 404
    assert (facts(redis_url)[-1]["item_id"], facts(redis_url)[-1]["deleted"]) == ("B7", True)


def test_an_id_with_a_slash_is_found(api: "Api") -> None:
    put(api, {"item_id": "shoes/B 7"})
    assert api.call("GET", "/v1/items/shoes/B%207").json["item_id"] == "shoes/B 7"


def test_an_id_that_is_none_is_refused(api: "Api") -> None:
    response = api.call("GET", "/v1/items/jane@example.com")
    assert (response.status_code, response.json["errors"][0]["code"]) == (400, "looks_like_email")


def test_a_change_of_the_catalogue_is_ranked_at_once_where_it_was_made(api: "Api") -> None:
    put(api, {"item_id": "A", "price": 5.0}, {"item_id": "B", "price": 9.0})
    assert [i["item_id"] for i in api.rank(["A", "B"])["items"]] == ["B", "A"]
    put(api, {"item_id": "A", "price": 12.0})
    assert [i["item_id"] for i in api.rank(["A", "B"])["items"]] == ["A", "B"]


def test_elsewhere_a_change_of_the_catalogue_is_ranked_within_five_seconds(api: "Api") -> None:
    put(api, {"item_id": "A", "price": 5.0}, {"item_id": "B", "price": 9.0})
    api.rank(["A", "B"])
    put_elsewhere(api, {"item_id": "A", "price": 12.0})
    api.clock.now += 5.5
    assert [i["item_id"] for i in api.rank(["A", "B"])["items"]] == ["A", "B"]


def put_elsewhere(api: "Api", item: dict[str, Any]) -> None:
    """Put an item through another process: one with tables of its own."""
    put(replace(api, client=create_app(replace(api.deps, tables=Tables())).test_client()), item)
