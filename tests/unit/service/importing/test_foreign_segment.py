"""Segment's e-commerce calls, version 2: each documented one, and a file with every kind of damage."""

from typing import Any

import pytest

from service.importing.foreign.segment import NAMES

MOMENT = 1_795_363_200.0
GAME = {
    "product_id": "507f1f77",
    "sku": "G-32",
    "name": "Monopoly: 3rd Edition",
    "price": 18.99,
    "quantity": 1,
    "position": 3,
    "category": "Games",
}
CARDS = {"product_id": "505bd767", "sku": "46493-32", "name": "Uno Card Game", "price": 3, "quantity": 2}
ORDER = {
    "order_id": "50314b8e",
    "total": 27.5,
    "subtotal": 22.5,
    "revenue": 25.0,
    "currency": "USD",
    "products": [GAME, CARDS],
}
LISTED = {
    "list_id": "hot_deals_1",
    "category": "Deals",
    "products": [GAME | {"position": 1}, CARDS | {"position": 2}],
}
DOCUMENTED = {
    "Products Searched": {"query": "blue roses"},
    "Product List Viewed": LISTED,
    "Product List Filtered": LISTED | {"filters": [{"type": "department", "value": "beauty"}]},
    "Product Clicked": GAME,
    "Product Viewed": GAME,
    "Product Added": GAME | {"cart_id": "skdjsidj"},
    "Product Removed": GAME | {"cart_id": "skdjsidj"},
    "Product Added to Wishlist": GAME | {"wishlist_id": "w"},
    "Wishlist Product Added to Cart": GAME | {"wishlist_id": "w", "cart_id": "c"},
    "Checkout Started": ORDER,
    "Order Completed": ORDER,
    "Order Refunded": ORDER,
    "Order Cancelled": ORDER,
}
WITHOUT_A_PLACE = ("Promotion Viewed", "Cart Viewed", "Order Updated", "Coupon Entered", "Product Shared")


def call(event: str, properties: object, number: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "type": "track",
        "event": event,
        "messageId": f"ajs-{event}-{number}",
        "anonymousId": "507f191e810c19729de860ea",
        "userId": None,
        "timestamp": "2026-11-22T16:00:00.000Z",
        "properties": properties,
        "context": {
            "page": {"path": "/games/board/", "url": "https://shop.example/games/board/"},
            "consent": {"categoryPreferences": {"Analytics": True, "Functional": True}},
        },
        **more,
    }


def test_takes_every_documented_call(take: Any) -> None:
    calls = [call(event, properties) for event, properties in DOCUMENTED.items()]
    others = [call(event, {}) for event in WITHOUT_A_PLACE]
    kinds = [{"type": kind, "userId": "u"} for kind in ("identify", "page", "screen", "group", "alias")]
    taken = take("segment", [*calls, *others, *kinds])
    assert (taken.tally.added, taken.tally.rejected) == (len(DOCUMENTED), 0)
    assert set(taken.notes.unmapped) == {*WITHOUT_A_PLACE, "identify", "page", "screen", "group", "alias"}
    assert taken.adds_up()
    assert {row["name"] for row in taken.rows} == set(NAMES.values())


def test_reads_a_call_as_the_specification_has_it(take: Any) -> None:
    taken = take("segment", [call("Product Clicked", GAME)])
    (clicked,) = taken.rows
    assert (clicked["time"], clicked["event_id"]) == (MOMENT, "ajs-Product Clicked-0")
    assert (clicked["visitor_id"], clicked["page"]) == ("507f191e810c19729de860ea", "games/board")
    assert [(i["item_id"], i["index"], i["price"]) for i in clicked["items"]] == [("507f1f77", 2, 18.99)]


def test_an_order_is_worth_what_it_is_without_shipping_and_tax(take: Any) -> None:
    (bought,) = take("segment", [call("Order Completed", ORDER)]).rows
    assert (bought["transaction_id"], bought["value"], bought["currency"]) == ("50314b8e", 25.0, "USD")
    assert [i["quantity"] for i in bought["items"]] == [1.0, 2.0]


def test_places_begin_at_nought_here(take: Any) -> None:
    (seen,) = take("segment", [call("Product List Viewed", LISTED)]).rows
    assert [i["index"] for i in seen["items"]] == [0, 1]
    unplaced = LISTED | {"products": [{"product_id": "a"}, {"product_id": "b"}]}
    seen = take("segment", [call("Product List Viewed", unplaced, 1)]).rows[-1]
    assert [i["index"] for i in seen["items"]] == [0, 1]


@pytest.mark.parametrize("event", ["Viewed Product", "viewed product", "PRODUCT VIEWED"])
def test_older_names_and_any_case_are_known(take: Any, event: str) -> None:
    assert take("segment", [call(event, GAME)]).rows[0]["name"] == "view_item"


def test_a_batch_is_its_calls(take: Any) -> None:
    batch = [call("Product Viewed", GAME, n) | {"context": {}} for n in range(3)]
    context = {"page": {"path": "/games"}, "consent": {"categoryPreferences": {"Analytics": False}}}
    taken = take("segment", [{"batch": [*batch, "no call"], "context": context}, {"batch": []}])
    assert (taken.tally.read, taken.tally.added, taken.tally.rejected) == (5, 3, 2)
    assert {(r["page"], r["consent"]) for r in taken.rows} == {("games", False)}
    assert taken.adds_up()


def test_consent_that_is_not_said_is_assumed(take: Any) -> None:
    taken = take("segment", [call("Product Viewed", GAME, context={})], consent=False)
    assert (taken.rows[0]["consent"], taken.rows[0]["visitor_id"]) == (False, None)
    assert taken.notes.assumed == {"consent: no": 1}


def test_every_kind_of_damage_ends_somewhere(take: Any) -> None:
    damaged = [
        b'{"type": "track"',
        7,
        {},
        {"type": None},
        call("Product Viewed", None, 1),
        call("Product Viewed", "G-32", 2),
        call("Product Viewed", {"product_id": None, "name": "Boot"}, 3),
        call("Product Viewed", {"product_id": "jane@example.com"}, 4),
        call("Product Viewed", GAME, 5, timestamp="16:00"),
        call("Product Viewed", GAME, 6, timestamp=None),
        call("Product Viewed", GAME, 7, timestamp="2999-01-01T00:00:00Z"),
        call("Product Viewed", GAME, 8, anonymousId="jane@example.com"),
        call("Product Viewed", GAME | {"position": "third"}, 9),
        call("Product List Viewed", {"products": "none"}, 10),
        call("Product List Viewed", {"products": [None, "G-32", GAME]}, 11),
        call("Products Searched", {"query": {"text": "boots"}}, 12),
        call("Order Completed", {"order_id": "T-1", "products": [GAME]}, 13),
        call("Order Completed", ORDER | {"order_id": None}, 14),
        call("Song Played", {}, 15),
        call(["Product Viewed"], GAME, 16),  # type: ignore[arg-type]
        call("Product Viewed", GAME, 17),
        call("Product Viewed", GAME, 17),
    ]
    taken = take("segment", damaged)
    assert taken.adds_up()
    assert (taken.tally.read, taken.tally.unmapped) == (len(damaged), 1)
    assert (taken.tally.added, taken.tally.duplicates) == (2, 1)
    assert taken.notes.left_out == {"items without an id": 4}
    assert {told["path"] for told in taken.told} >= {
        "name",
        "time",
        "items",
        "visitor_id",
        "currency",
        "transaction_id",
    }
