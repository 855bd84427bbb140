"""Metarank's events: each documented one, and a file with every kind of damage."""

from typing import Any

import pytest

MOMENT = 1_795_363_200
STAMP = str(MOMENT * 1000)
ITEM = {
    "event": "item",
    "id": "81f46c34",
    "timestamp": STAMP,
    "item": "item1",
    "fields": [
        {"name": "title", "value": "You favourite cat"},
        {"name": "price", "value": 12},
        {"name": "color", "value": ["white", "black"]},
        {"name": "is_cute", "value": True},
    ],
}
USER = {
    "event": "user",
    "id": "u",
    "timestamp": STAMP,
    "user": "user1",
    "fields": [{"name": "age", "value": 33}],
}
RANKING = {
    "event": "ranking",
    "id": "81f46c35",
    "timestamp": STAMP,
    "user": "user1",
    "session": "session1",
    "fields": [{"name": "query", "value": "cat"}, {"name": "source", "value": "search"}],
    "items": [
        {"id": "item3", "relevancy": 2.0},
        {"id": "item1", "relevancy": 1.0},
        {"id": "item2", "relevancy": 0.5},
    ],
}


def interaction(kind: str, number: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "event": "interaction",
        "id": f"0f4c0036-{kind}-{number}",
        "ranking": "81f46c35",
        "timestamp": STAMP,
        "user": "user1",
        "session": "session1",
        "type": kind,
        "item": "item1",
        "fields": [{"name": "count", "value": 2}, {"name": "shipping", "value": "DHL"}],
        **more,
    }


def test_takes_rankings_and_interactions(take: Any) -> None:
    kinds = ["click", "view", "cart", "wishlist", "purchase", "like"]
    taken = take("metarank", [ITEM, USER, RANKING, *map(interaction, kinds)], currency="EUR")
    assert (taken.tally.added, taken.tally.rejected) == (6, 0)
    assert set(taken.notes.unmapped) == {"item (take it in with --kind items)", "user", "interaction like"}
    assert taken.adds_up()


def test_a_ranking_is_a_listing_that_its_clicks_find(take: Any) -> None:
    taken = take("metarank", [RANKING, interaction("click")])
    seen, clicked = sorted(taken.rows, key=lambda row: row["name"], reverse=True)
    assert [(i["item_id"], i["index"]) for i in seen["items"]] == [("item3", 0), ("item1", 1), ("item2", 2)]
    assert (seen["search_term"], seen["time"]) == ("cat", MOMENT)
    assert seen["ranking_id"] == clicked["ranking_id"] == "81f46c35"
    assert (clicked["visitor_id"], clicked["session_id"]) == ("user1", "session1")


@pytest.mark.parametrize("stamp", [STAMP, int(STAMP), "2026-11-22T16:00:00Z"])
def test_reads_the_three_ways_to_write_a_time(take: Any, stamp: object) -> None:
    assert take("metarank", [RANKING | {"timestamp": stamp}]).rows[0]["time"] == MOMENT


def test_a_shop_names_its_own_interactions(take: Any) -> None:
    taken = take("metarank", [interaction("like")], interactions={"like": "add_to_wishlist"})
    assert taken.rows[0]["name"] == "add_to_wishlist"


def test_a_purchase_that_says_nothing_of_money_is_told_as_such(take: Any) -> None:
    (bought,) = (taken := take("metarank", [interaction("purchase")], currency="EUR")).rows
    assert (bought["value"], bought["transaction_id"]) == (0.0, "0f4c0036-purchase-0")
    assert taken.notes.assumed == {
        "consent: yes": 1,
        "order: each purchase is one of its own": 1,
        "value: 0": 1,
        "currency: EUR": 1,
    }


def test_items_are_the_catalogue(take: Any) -> None:
    taken = take("metarank", [ITEM, RANKING, USER], kind="items")
    (row,) = taken.rows
    assert (row["item_id"], row["item_name"], row["price"]) == ("item1", "You favourite cat", 12.0)
    assert row["attributes"] == {"color": ["white", "black"], "is_cute": True}
    assert row["received_at"] == MOMENT
    assert set(taken.notes.unmapped) == {"ranking (take it in with --kind events)", "user"}
    assert taken.adds_up()


def test_every_kind_of_damage_ends_somewhere(take: Any) -> None:
    damaged = [
        b"{",
        None,
        {},
        {"event": 3},
        {"event": "feedback"},
        RANKING | {"id": None},
        RANKING | {"id": "1", "items": None},
        RANKING | {"id": "2", "items": [{}, "item1"]},
        RANKING | {"id": "3", "timestamp": "soon"},
        RANKING | {"id": "4", "timestamp": "32503680000000000"},
        RANKING | {"id": "5", "user": {"name": "jane"}},
        RANKING | {"id": "6", "fields": "none"},
        interaction("click", item=None),
        interaction("click", 1, fields=[None, {"value": 1}]),
        interaction("purchase", 2),
        interaction("None", 3),
        interaction("click", 4, type=None),
        RANKING,
        RANKING,
    ]
    taken = take("metarank", damaged)
    assert taken.adds_up()
    assert (taken.tally.read, taken.tally.added, taken.tally.duplicates) == (len(damaged), 3, 1)
    assert taken.notes.unmapped == {"feedback": 1, "interaction None": 2}
    broken = [
        ITEM | {"item": None},
        ITEM | {"fields": [{"name": "price", "value": "dear"}]},
        ITEM | {"timestamp": []},
    ]
    items = take("metarank", [*broken, ITEM | {"event": None}], kind="items")
    assert items.adds_up()
    assert items.tally.rejected == 4
