from math import isnan
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.attributes import DEFAULT, code, declared
from features.bounded import Tally
from features.candidates import Candidates, Listing
from features.identity import hash64
from features.increments import VIEWS, increments_of
from features.items import ItemRead, ItemTable, described
from features.statistics import GRACE_SECONDS, counted, visible_hour
from features.table import STANDING

AT: Final = 1_795_341_600.0
NOW: Final = 5.0
LOG_VIEWS: Final = [f.name for f in STANDING].index("log_views_1d")


def entry(**fields: Any) -> dict[str, Any]:
    return {"price": None, "in_stock": None, "created_at": None, "attributes": {}} | fields


def filled(table: ItemTable, *item_ids: str, at: float = AT, now: float = NOW) -> ItemTable:
    read = [ItemRead(i, entry(price=float(len(i))), None) for i in item_ids]
    table.put(read, None, at, now)
    return table


def candidates(table: ItemTable, *items: dict[str, Any]) -> Candidates:
    return table.candidates(Listing.of(items))


def test_everything_is_missing_at_first_and_nothing_once_put() -> None:
    table = ItemTable(DEFAULT)
    assert table.missing(["a", "b"], AT, NOW) == ["a", "b"]
    filled(table, "a")
    assert table.missing(["a", "b", "a"], AT, NOW) == ["b"]
    assert table.missing([], AT, NOW) == []


def test_a_row_is_good_for_its_visible_hour() -> None:
    start = visible_hour(AT) * 3_600.0 + GRACE_SECONDS
    table = filled(ItemTable(DEFAULT), "a", at=start)
    assert table.missing(["a"], start + 3_599.0, NOW) == []
    assert table.missing(["a"], start + 3_600.0, NOW) == ["a"]
    assert table.missing(["a"], start - 1.0, NOW) == ["a"]


def test_a_row_is_good_for_its_age_and_still_held_after() -> None:
    table = filled(ItemTable(DEFAULT, max_age_seconds=5.0), "a")
    assert table.missing(["a"], AT, NOW + 5.0) == []
    assert table.missing(["a"], AT, NOW + 5.1) == ["a"]
    assert table.holds(["a"])
    assert not table.holds(["a", "b"])


def test_a_forgotten_row_is_read_again_and_ranks_meanwhile() -> None:
    table = filled(ItemTable(DEFAULT), "aa", "b")
    table.forget(["aa", "unheard of"])
    assert table.missing(["aa", "b"], AT, NOW) == ["aa"]
    assert candidates(table, {"item_id": "aa"}).price.tolist() == [2.0]


def test_what_the_catalogue_says_is_known() -> None:
    table = ItemTable(DEFAULT)
    said = entry(price=7.0, in_stock=True, created_at=9.0, item_category="Hats", item_brand="acme")
    table.put([ItemRead("a", said, None), ItemRead("b", None, None)], None, AT, NOW)
    known = candidates(table, {"item_id": "a"})
    assert (known.price[0], known.rows["in_stock"][0], known.rows["created_at"][0]) == (7.0, 1.0, 9.0)
    assert table.know("a") == described(said, DEFAULT) == (7.0, (code("hats"), code("acme"), 0, 0, 0, 0))
    assert table.uncatalogued(["a", "b", "never read"]) == ["b"]


def test_an_item_nobody_knows_has_a_hash_and_nothing_else() -> None:
    unknown = candidates(ItemTable(DEFAULT), {"item_id": "x"}, {"item_id": "y"})
    assert unknown.item.tolist() == unknown.rows["item"].tolist() == [hash64("x"), hash64("y")]
    assert np.isnan(np.stack([unknown.price, unknown.rows["in_stock"], unknown.rows["created_at"]])).all()
    price, slots = ItemTable(DEFAULT).know("x")
    assert isnan(price)
    assert slots == (0,) * 6
    assert not unknown.rows["standing"].any()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_the_call_says_wins_over_what_is_known(data: st.DataObject) -> None:
    table = ItemTable(DEFAULT)
    known = entry(price=7.0, in_stock=False, created_at=9.0, item_category="hats", item_brand="acme")
    table.put([ItemRead("a", known, None)], None, AT, NOW)
    said = data.draw(
        st.fixed_dictionaries(
            {},
            optional={
                "price": st.sampled_from([None, 0.0, 3.0]),
                "in_stock": st.sampled_from([None, True, False]),
                "created_at": st.sampled_from([None, 4.0]),
                "item_category": st.sampled_from([None, "shoes"]),
                "attributes": st.sampled_from([None, {}, {"brand": "zorg"}]),
            },
        )
    )
    effective = known | {name: value for name, value in said.items() if value is not None}
    one = candidates(table, {"item_id": "a", **said})
    assert (one.price[0], one.rows["in_stock"][0]) == (effective["price"], float(effective["in_stock"]))
    assert one.rows["created_at"][0] == effective["created_at"]
    assert tuple(one.slots[0].tolist()) == described(effective, DEFAULT)[1]
    assert table.know("a") == described(known, DEFAULT), "the call is forgotten"


def test_every_kind_of_attribute_may_be_said() -> None:
    attributes = declared(["colour:categorical", "sizes:multi", "weight:numeric", "released:time"])
    said = {"colour": "red", "sizes": ["s"], "weight": 2.0, "released": 86_400.0}
    one = candidates(ItemTable(attributes), {"item_id": "a", "attributes": said})
    assert tuple(one.slots[0].tolist()) == described({"attributes": said}, attributes)[1]


def test_standing_is_that_of_the_hour_it_was_read_for() -> None:
    event = {
        "name": "view_item",
        "received_at": AT,
        "visitor_id": None,
        "items": [{"item_id": "a", "index": None, "price": None}],
    }
    increments = increments_of([(event, b"")], Tally())
    shop, item = counted([None, None], increments, 1)
    table = ItemTable(DEFAULT)

    def views(at: float) -> float:
        table.put([ItemRead("a", None, item)], shop, at, NOW)
        return float(candidates(table, {"item_id": "a"}).rows["standing"][0, LOG_VIEWS])

    assert views(AT) == 0.0
    assert views(AT + 3_600.0 + GRACE_SECONDS) == pytest.approx(np.log(2.0))
    assert visible_hour(AT) > VIEWS


def test_the_table_grows() -> None:
    ids = [f"{n}" for n in range(5_000)]
    table = ItemTable(DEFAULT)
    for start in range(0, len(ids), 700):
        filled(table, *ids[start : start + 700])
    assert table.missing(ids, AT, NOW) == []
    assert candidates(table, *({"item_id": i} for i in ids)).price.tolist() == [len(i) for i in ids]


def test_at_its_bound_the_table_starts_afresh_and_keeps_what_is_put() -> None:
    table = filled(ItemTable(DEFAULT, rows_kept=10), *(f"{n}" for n in range(8)))
    new = [f"new {n}" for n in range(6)]
    filled(table, *new)
    assert table.missing(new, AT, NOW) == []
    assert not table.holds(["0"])


def test_at_its_bound_the_table_keeps_what_stands_beside_in_the_call() -> None:
    table = filled(ItemTable(DEFAULT, rows_kept=10), *(f"{n}" for n in range(8)))
    new = [ItemRead(f"new {n}", None, None) for n in range(6)]
    table.put(new, None, AT, NOW, beside=["7", "new 0", "never read", "7"])
    assert table.holds(["7", *(item.item_id for item in new)])
    assert candidates(table, {"item_id": "7"}).price.tolist() == [1.0]
    assert not table.holds(["0"])
    assert not table.holds(["never read"])


def test_an_item_put_twice_in_one_call_has_one_row() -> None:
    table = ItemTable(DEFAULT)
    table.put([ItemRead("a", entry(price=1.0), None), ItemRead("a", entry(price=2.0), None)], None, AT, NOW)
    assert candidates(table, {"item_id": "a"}).price.tolist() == [2.0]


def test_no_items_are_put_and_listed_without_fuss() -> None:
    table = ItemTable(DEFAULT)
    table.put([], None, AT, NOW)
    assert len(candidates(table)) == 0


def test_more_items_at_once_than_are_kept_are_all_kept() -> None:
    ids = [f"{n}" for n in range(25)]
    table = filled(ItemTable(DEFAULT, rows_kept=10), *ids)
    assert table.holds(ids)
    assert table.missing(ids, AT, NOW) == []
