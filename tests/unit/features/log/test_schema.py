"""Rows to tables and back."""

from typing import Any

import pyarrow as pa
import pytest

from features.columnar import column, columns, in_shops_order, item_ids
from features.log.schema import SCHEMAS, Kind, conformed, sequence_of, to_rows, to_rows_of_columns, to_table


def event(**said: object) -> dict[str, Any]:
    return dict.fromkeys(SCHEMAS[Kind.EVENTS].names) | {"time": 1.5, "received_at": 2.5, "sequence": 7} | said


def item(item_id: str, **said: object) -> dict[str, Any]:
    return {"item_id": item_id, "index": None, "price": None, "quantity": None} | said


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [event()],
        [event(items=[])],
        [
            event(items=None),
            event(items=[item("a"), item("b", index=3, price=9.5, quantity=2.0)]),
            event(items=[]),
        ],
        [event(name="purchase", value=79.0, transaction_id="T", consent=True, search_term="é\u0000ü")],
        [event(sequence=2**64 - 1)],
    ],
)
def test_events_come_back_as_they_went(rows: list[dict[str, Any]]) -> None:
    table = to_table(Kind.EVENTS, rows)
    assert to_rows(Kind.EVENTS, table) == rows
    assert to_rows_of_columns(Kind.EVENTS, table) == rows


def test_items_read_as_columns_are_those_of_their_fact_wherever_a_table_is_cut() -> None:
    rows = [
        event(items=[item("a", price=1.0), item("b")]),
        event(items=None),
        event(items=[]),
        event(items=[item("c", index=4)]),
        event(items=[item("d", price=2.0), item("a"), item("e", index=0)]),
    ]
    table = to_table(Kind.EVENTS, rows)
    two_chunks = pa.concat_tables([table, table])
    for start in range(len(rows)):
        for count in range(1, len(rows) + 1):
            cut = to_rows_of_columns(Kind.EVENTS, two_chunks.slice(start, count))
            assert cut == (rows + rows)[start : start + count]
            assert [item_ids(row["items"]) for row in cut] == [
                [each["item_id"] for each in row["items"] or ()] for row in cut
            ]
            prices = [list(column(row["items"] or (), "price") or [None] * len(row["items"])) for row in cut]
            assert prices == [[each["price"] for each in row["items"] or ()] for row in cut]


def test_an_exposure_that_came_in_another_order_stands_in_the_shops() -> None:
    row = dict.fromkeys(SCHEMAS[Kind.EXPOSURES].names)
    nothing = dict.fromkeys(("index", "score", "price", "in_stock"))
    items = [{"item_id": name, "shop_index": place, **nothing} for name, place in (("b", 1), ("a", 0))]
    (back,) = to_rows_of_columns(Kind.EXPOSURES, to_table(Kind.EXPOSURES, [row | {"items": items}]))
    assert item_ids(in_shops_order(back["items"])) == ["a", "b"]
    assert item_ids(back["items"]) == ["b", "a"]


def test_exposures_come_back_with_their_rows_as_bytes() -> None:
    shown = {"item_id": "a", "index": 0, "shop_index": 3, "score": 0.1, "price": None, "in_stock": True}
    context = {"device": "mobile", "country": None, "search_term": None, "filters": ["x"], "referrer": None}
    row = dict.fromkeys(SCHEMAS[Kind.EXPOSURES].names) | {
        "items": [shown],
        "context": context,
        "said": "[null]",
    }
    (back,) = to_rows(Kind.EXPOSURES, to_table(Kind.EXPOSURES, [row | {"served": "AAEC"}]))
    assert back == row | {"served": b"\0\1\2"}
    assert to_rows(Kind.EXPOSURES, to_table(Kind.EXPOSURES, [back])) == [back]


def test_exposures_as_columns_come_back_as_rows_whichever_is_empty_or_says_nothing() -> None:
    def exposure(**values: list[Any]) -> dict[str, Any]:
        said = {"item_id": [], "index": [], "score": [], "price": [], "in_stock": []} | values
        return {"items": columns(**said)}

    streamed = [
        exposure(item_id=["a", "b"], index=[1, 0], score=[0.5, 0.25]),
        exposure(),
        {"items": None},
        exposure(item_id=["c"], index=[None], price=[9.5], in_stock=[True]),
    ]
    nothing = {"price": None, "in_stock": None}
    back = to_rows(Kind.EXPOSURES, to_table(Kind.EXPOSURES, streamed))
    assert [row["items"] for row in back] == [
        [
            {"item_id": "a", "index": 1, "shop_index": 0, "score": 0.5, **nothing},
            {"item_id": "b", "index": 0, "shop_index": 1, "score": 0.25, **nothing},
        ],
        [],
        None,
        [{"item_id": "c", "index": None, "shop_index": 0, "score": None, "price": 9.5, "in_stock": True}],
    ]


def test_attributes_of_any_shape_come_back() -> None:
    attributes = {"color": "red", "sizes": [40, 41.5], "vegan": True, "none": None}
    row = dict.fromkeys(SCHEMAS[Kind.ITEMS].names) | {"item_id": "a", "attributes": attributes}
    assert to_rows(Kind.ITEMS, to_table(Kind.ITEMS, [row])) == [row]


def test_what_a_row_lacks_is_null_and_what_it_has_too_much_is_left_out() -> None:
    (back,) = to_rows(Kind.SETTINGS, to_table(Kind.SETTINGS, [{"name": "shop", "extra": 1}]))
    assert back == dict.fromkeys(SCHEMAS[Kind.SETTINGS].names) | {"name": "shop"}


def test_a_table_of_an_older_schema_is_read_with_nulls() -> None:
    older = pa.table({"name": ["shop"], "received_at": pa.array([1], pa.int64()), "gone": [1]})
    newer = conformed(Kind.SETTINGS, older)
    assert newer.schema.equals(SCHEMAS[Kind.SETTINGS])
    assert to_rows(Kind.SETTINGS, newer) == [
        dict.fromkeys(SCHEMAS[Kind.SETTINGS].names) | {"name": "shop", "received_at": 1.0}
    ]


def test_sequences_order_as_stream_ids_do() -> None:
    ids = [(0, 0), (0, 5), (1, 0), (1_795_366_800_000, 999_999), (1_795_366_800_001, 0)]
    assert sorted(sequence_of(*each) for each in ids) == [sequence_of(*each) for each in ids]
    assert sequence_of(*ids[-1]) < 2**64
