from math import isnan, nan
from typing import Any

import numpy as np
import pytest

from features.facts import (
    ACTION_OF,
    IMPRESSION,
    IMPRESSIONS_KEPT,
    INTERACTION,
    NO_INDEX,
    Action,
    KnownItem,
    impressions_of,
    interactions_of,
)
from features.identity import hash64, partition_of, session_hash


def event(name: str, *items: dict[str, Any], **fields: Any) -> dict[str, Any]:
    blank = {"item_id": "A1", "index": None, "price": None, "quantity": None}
    return {
        "name": name,
        "time": 50.0,
        "visitor_id": "v",
        "session_id": "s",
        "detail": None,
        "search_term": None,
        "items": [{**blank, **item} for item in items],
    } | fields


def know(item_id: str) -> KnownItem:
    return {"A1": (9.0, (1, 2, 3, 4, 5, 6))}.get(item_id, (nan, (0,) * 6))


def test_records_have_their_published_sizes() -> None:
    assert (INTERACTION.itemsize, IMPRESSION.itemsize) == (40, 24)


def test_an_interaction_remembers_the_item_as_it_was() -> None:
    record = np.frombuffer(
        interactions_of(event("add_to_cart", {"index": 4}, detail="x"), know), INTERACTION
    )[0]
    assert (record["item"], record["session"]) == (hash64("A1"), session_hash("s"))
    assert (record["time"], record["action"], record["index"]) == (50.0, Action.CART, 4)
    assert (record["price"], record["slots"].tolist()) == (9.0, [1, 2, 3, 4, 5, 6])
    assert record["detail"] > 0


def test_a_price_in_the_event_wins() -> None:
    assert np.frombuffer(interactions_of(event("view_item", {"price": 5.0}), know), INTERACTION)["price"] == [
        5.0
    ]


def test_an_item_nobody_knows_has_no_price_and_no_index() -> None:
    record = np.frombuffer(interactions_of(event("view_item", {"item_id": "?"}), know), INTERACTION)[0]
    assert isnan(record["price"])
    assert (record["index"], record["detail"]) == (NO_INDEX, 0)


def test_an_index_beyond_what_fits_is_the_last() -> None:
    assert np.frombuffer(interactions_of(event("select_item", {"index": 99_999}), know), INTERACTION)[
        "index"
    ] == [32_767]


@pytest.mark.parametrize("name", ACTION_OF)
def test_every_action_makes_a_record_per_item_but_a_search_one_of_its_term(name: str) -> None:
    records = np.frombuffer(
        interactions_of(event(name, {}, {"item_id": "B"}, search_term="red"), know), INTERACTION
    )
    assert records["action"].tolist() == [ACTION_OF[name]] * len(records)
    searched = name == "search"
    assert records["item"].tolist() == ([hash64("red")] if searched else [hash64("A1"), hash64("B")])


@pytest.mark.parametrize(
    "silent",
    [
        event("view_item", {}, visitor_id=None),
        event("refund", {}),
        event("view_item_list", {}),
        event("view_item"),
    ],
)
def test_what_is_no_interaction_makes_none(silent: dict[str, Any]) -> None:
    assert interactions_of(silent, know) == b""


def test_a_listing_makes_an_impression_per_item_up_to_the_bound() -> None:
    shown = event("view_item_list", {}, *({"item_id": f"{n}", "price": 2.0} for n in range(200)))
    records = np.frombuffer(impressions_of(shown, know), IMPRESSION)
    assert len(records) == IMPRESSIONS_KEPT
    assert (records["item"][0], records["price"][:2].tolist()) == (hash64("A1"), [9.0, 2.0])


@pytest.mark.parametrize("silent", [event("view_item_list", {}, visitor_id=None), event("view_item", {})])
def test_what_is_no_listing_makes_no_impression(silent: dict[str, Any]) -> None:
    assert impressions_of(silent, know) == b""


def test_a_session_without_a_name_is_zero_and_no_name_is() -> None:
    assert session_hash(None) == 0
    assert all(0 < session_hash(str(n)) < 2**32 for n in range(1_000))


def test_visitors_spread_over_the_partitions() -> None:
    counts = np.bincount([partition_of(f"v{n}") for n in range(8_000)], minlength=8)
    assert len(counts) == 8
    assert counts.min() > 800
