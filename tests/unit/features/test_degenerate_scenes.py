"""The cases at the edge, by name: what each column says where there is next to nothing to say."""

import numpy as np
import pytest

from features.attributes import DEFAULT
from features.candidates import Context, Listing
from features.columns.percentile import percentile
from features.facts import INTERACTION, Action, Records
from features.identity import hash64
from features.items import ItemTable
from features.matrix import Matrix, matrix
from features.scene import Scene
from features.table import feature_table
from features.visit import Visit

AT = 1_795_341_600.0
TABLE = feature_table(DEFAULT)


def touched(*item_ids: str) -> Records:
    records = np.zeros(len(item_ids), INTERACTION)
    records["item"], records["action"] = [hash64(i) for i in item_ids], Action.VIEW
    records["time"], records["price"] = AT - np.arange(len(item_ids), 0, -1) * 10.0, np.nan
    return records


def rows(prices: list[float | None], records: Records | None = None) -> Matrix:
    listing = Listing.of([{"item_id": f"i{n}", "price": price} for n, price in enumerate(prices)])
    done = b"" if records is None else records.tobytes()
    visit = Visit.of(done, None, 0, AT)
    return matrix(TABLE, Scene(visit, ItemTable(DEFAULT).candidates(listing), Context("home")))


def column(X: Matrix, name: str) -> list[float]:
    values: list[float] = X[:, TABLE.names.index(name)].tolist()
    return values


def test_no_candidates_give_no_rows() -> None:
    assert rows([]).shape == (0, len(TABLE))


def test_one_candidate_is_in_the_middle_of_itself() -> None:
    X = rows([5.0])
    assert column(X, "relative_shop_index") == [0.0]
    assert [column(X, name) for name in ("price_percentile", "dwell_percentile")] == [[0.5], [0.5]]
    assert column(X, "price_to_neighbours") == pytest.approx([np.nan], nan_ok=True)


def test_nobody_who_did_nothing_never_did_anything() -> None:
    X = rows([5.0, 6.0])
    assert column(X, "seconds_since_touched") == column(X, "seconds_idle") == [-1.0, -1.0]
    assert column(X, "last_touched_is_listed") == [-1.0, -1.0]
    assert column(X, "looks") == column(X, "share_of_touches") == [0.0, 0.0]
    assert np.isnan(X[:, TABLE.names.index("places_below_last_touched")]).all()


def test_without_any_price_no_price_column_says_anything() -> None:
    X = rows([None, None, None], touched("i1"))
    silent = [n for n in TABLE.names if n.startswith("price_") and n != "price_order"]
    assert np.isnan(X[:, [TABLE.names.index(n) for n in silent]]).all()
    assert column(X, "price_order") == [0.0, 0.0, 0.0]


def test_a_price_of_zero_is_no_price() -> None:
    X = rows([0.0, 4.0])
    assert column(X, "log_price") == pytest.approx([np.nan, np.log(4.0)], nan_ok=True)
    assert column(X, "price_to_cheapest") == pytest.approx([np.nan, 1.0], nan_ok=True)


def test_equal_prices_deviate_by_nothing() -> None:
    X = rows([4.0, 4.0, 4.0])
    assert column(X, "price_deviation") == column(X, "price_order") == [0.0, 0.0, 0.0]
    assert column(X, "price_percentile") == [0.5, 0.5, 0.5]


def test_rising_prices_are_in_order_and_falling_ones_against_it() -> None:
    assert column(rows([1.0, 2.0, 3.0, 4.0]), "price_order")[0] == pytest.approx(0.9375)
    assert column(rows([4.0, 3.0, 2.0, 1.0]), "price_order")[0] == pytest.approx(-0.9375)


def test_ten_looks_at_one_item_are_one_run() -> None:
    X = rows([1.0, 2.0], touched("i0", *["i1"] * 10))
    assert column(X, "run_recency") == pytest.approx([1 / 2, 1.0])
    assert column(X, "harmonic_recency")[0] == pytest.approx(1 / 11)
    assert column(X, "items_since_touched") == [1.0, 0.0]


def test_items_of_the_session_that_are_not_listed_count_as_touched_but_have_no_place() -> None:
    X = rows([1.0, 2.0], touched("i0", "elsewhere"))
    assert column(X, "listed_touches") == [1.0, 1.0]
    assert column(X, "session_items") == [2.0, 2.0]
    assert column(X, "last_touched_is_listed") == [0.0, 0.0]
    assert column(X, "is_last_touched") == [0.0, 0.0]
    assert column(X, "places_below_last_touched") == [0.0, 1.0]


def test_percentiles_of_ties_nan_and_nothing() -> None:
    assert percentile(np.zeros(0, np.float32)).tolist() == []
    assert percentile(np.full(3, np.nan, np.float32)) == pytest.approx([np.nan] * 3, nan_ok=True)
    assert percentile(np.array([2, np.nan, 2, 1], np.float32)) == pytest.approx(
        [4 / 6, np.nan, 4 / 6, 1 / 6], nan_ok=True
    )


def test_the_same_scene_gives_the_same_bits() -> None:
    records = touched("i0", "i1", "i0")
    assert rows([1.0, 2.0], records).tobytes() == rows([1.0, 2.0], records).tobytes()
