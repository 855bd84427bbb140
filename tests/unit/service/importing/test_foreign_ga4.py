"""GA4's BigQuery export: each documented kind of row, and a file with every kind of damage."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from service.importing.foreign.formats import Foreign
from service.importing.foreign.ga4 import NAMES
from service.importing.foreign.notes import Assumptions, Desk
from service.importing.records import Source

MOMENT = 1_795_363_200


def param(key: str, **value: object) -> dict[str, Any]:
    """As BigQuery writes it: every type is there, whole numbers are text."""
    types = dict.fromkeys(("string_value", "int_value", "float_value", "double_value"))
    return {"key": key, "value": types | value}


def row(name: str, second: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "event_date": "20261122",
        "event_timestamp": str((MOMENT + second) * 1_000_000),
        "event_name": name,
        "event_params": [
            param("ga_session_id", int_value=str(MOMENT)),
            param("page_location", string_value="https://shop.example/shoes/boots/?sort=price"),
            *more.pop("params", []),
        ],
        "user_id": None,
        "user_pseudo_id": "1473801936.1609459200",
        "privacy_info": {"analytics_storage": "Yes", "ads_storage": "No", "uses_transient_token": "No"},
        "ecommerce": None,
        "items": [],
        **more,
    }


def item(item_id: str, **more: Any) -> dict[str, Any]:
    return {"item_id": item_id, "item_name": "Boot", "item_list_index": "(not set)", "price": 79.0, **more}


ORDER = {"transaction_id": "T-1041", "purchase_revenue": 158.0, "total_item_quantity": "2"}
PURCHASE = row(
    "purchase",
    9,
    params=[param("currency", string_value="EUR"), param("value", double_value=165.0)],
    ecommerce=ORDER,
    items=[item("B7", quantity="2")],
)
ROWS = [
    row("session_start"),
    row("page_view"),
    row("view_item_list", 1, items=[item("A1"), item("B7", item_list_index="7")]),
    row("select_item", 2, items=[item("B7", item_list_index="1")]),
    row("view_item", 3, items=[item("B7", price=None)]),
    row("add_to_cart", 4, items=[item("B7", quantity="1")]),
    row("remove_from_cart", 5, items=[item("B7")]),
    row("add_to_wishlist", 6, items=[item("B7")]),
    row("begin_checkout", 7, items=[item("B7")]),
    row("view_search_results", 8, params=[param("search_term", string_value="boots")]),
    PURCHASE,
    row("refund", 10, ecommerce={"transaction_id": "T-1041"}),
]


def test_takes_every_documented_kind_of_row(take: Any) -> None:
    taken = take("ga4", ROWS)
    assert (taken.tally.added, taken.tally.unmapped, taken.tally.rejected) == (10, 2, 0)
    assert taken.notes.unmapped == {"session_start": 1, "page_view": 1}
    assert {r["name"] for r in taken.rows} == set(NAMES.values())
    assert taken.adds_up()


def test_reads_a_row_as_the_schema_has_it(take: Any) -> None:
    bought = next(r for r in take("ga4", ROWS).rows if r["name"] == "purchase")
    assert bought["time"] == MOMENT + 9
    assert (bought["visitor_id"], bought["session_id"]) == ("1473801936.1609459200", str(MOMENT))
    assert (bought["page"], bought["consent"]) == ("shoes/boots", True)
    assert (bought["transaction_id"], bought["value"], bought["currency"]) == ("T-1041", 158.0, "EUR")
    assert [(i["item_id"], i["price"], i["quantity"]) for i in bought["items"]] == [("B7", 79.0, 2.0)]


def test_a_list_without_places_is_in_the_order_written(take: Any) -> None:
    seen = next(r for r in take("ga4", ROWS).rows if r["name"] == "view_item_list")
    assert [(i["item_id"], i["index"]) for i in seen["items"]] == [("A1", 0), ("B7", 7)]


def test_an_export_that_is_repeated_adds_nothing(take: Any) -> None:
    take("ga4", ROWS)
    again = take("ga4", ROWS)
    assert (again.tally.added, again.tally.duplicates) == (0, 10)
    assert again.adds_up()


def test_rows_of_one_moment_are_told_apart(take: Any) -> None:
    taken = take("ga4", [row("view_item", items=[item("A1")]), row("view_item", items=[item("B7")])])
    assert taken.tally.added == 2


def test_a_look_at_two_items_is_two_looks(take: Any) -> None:
    taken = take("ga4", [row("view_item", items=[item("A1"), item("B7")])])
    assert sorted(r["items"][0]["item_id"] for r in taken.rows) == ["A1", "B7"]
    assert taken.adds_up()


@pytest.mark.parametrize(
    ("storage", "assumed", "consent"),
    [("No", True, False), ("Yes", False, True), ("Unset", True, True), (None, False, False)],
)
def test_consent_is_what_the_row_says_else_what_is_assumed(
    take: Any, storage: object, *, assumed: bool, consent: bool
) -> None:
    said = row("view_item", items=[item("A1")], privacy_info={"analytics_storage": storage})
    taken = take("ga4", [said], consent=assumed)
    assert taken.rows[0]["consent"] is consent
    assert (taken.rows[0]["visitor_id"] is not None) is consent
    says = storage in ("Yes", "No")
    assert taken.notes.assumed == ({} if says else {f"consent: {'yes' if assumed else 'no'}": 1})


def test_what_an_order_does_not_say_is_assumed_and_told(take: Any) -> None:
    bare = row("purchase", ecommerce={"transaction_id": "T-2"}, items=[item("B7", quantity="2")])
    taken = take("ga4", [bare], currency="EUR")
    assert (taken.rows[0]["value"], taken.rows[0]["currency"]) == (158.0, "EUR")
    assert taken.notes.assumed == {"value: the sum of its items": 1, "currency: EUR": 1}
    assert take("ga4", [bare]).told[0]["path"] == "currency"


def test_every_kind_of_damage_ends_somewhere(take: Any) -> None:
    def broken(**more: object) -> dict[str, Any]:
        return row("view_item", items=[item("A1")]) | more

    damaged = [
        b'{"event_name": "view_item", ',
        b"\xff\xfe\x00",
        [],
        "view_item",
        {},
        {"event_name": None},
        broken(event_name=7),
        broken(event_timestamp=None),
        broken(event_timestamp="yesterday"),
        broken(event_timestamp=str(4_000_000_000 * 1_000_000)),
        broken(event_params="none"),
        broken(event_params=[None, {"key": "page_location"}, param("page_location", int_value="3")]),
        broken(items="B7"),
        broken(items=[item("(not set)")]),
        broken(items=[item("jane@example.com")]),
        broken(items=[item("A1", price=-1)]),
        broken(items=[item("A1", price="cheap")]),
        broken(user_pseudo_id="jane@example.com"),
        broken(privacy_info="Yes", event_timestamp=str(MOMENT * 1_000_000 + 1)),
        row("purchase", items=[item("A1")]),
        row("search"),
        row("scroll" * 40),
        PURCHASE,
        deepcopy(PURCHASE),
    ]
    taken = take("ga4", damaged)
    assert taken.adds_up()
    assert taken.tally.read == len(damaged)
    # Taken all the same: parameters that cannot be read, consent that says nothing, one order of the two.
    assert (taken.tally.added, taken.tally.duplicates, taken.tally.unmapped) == (3, 2, 1)
    assert {told["path"] for told in taken.told} >= {"time", "items", "items[0].item_id", "items[0].price"}
    assert taken.notes.left_out == {"items without an id": 1}


def test_parquet_reads_like_lines(tmp_path: Path) -> None:
    said = row("view_item", items=[{"item_id": "A1", "price": 79.0}]) | {
        "event_timestamp": MOMENT * 1_000_000
    }
    pq.write_table(pa.Table.from_pylist([said]), tmp_path / "events.parquet")
    foreign = Foreign("ga4", "events", Desk(Assumptions(consent=False)))
    source = Source(tmp_path / "events.parquet")
    (record,) = foreign.read(source.records(joined=False))
    source.close()
    assert isinstance(record.said, dict)
    assert (record.said["name"], record.said["time"]) == ("view_item", MOMENT)
    assert record.said["items"][0]["item_id"] == "A1"
