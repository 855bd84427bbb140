"""Why an item stands where it does."""

import numpy as np
import pytest

from features.attributes import DEFAULT
from features.table import feature_table
from service.ranking.reasons import Reason, Why, reasons, why_of

TABLE = feature_table(DEFAULT)
KNOWN = 1.0  # in every column: everything may be said


def contributed(*by_item: dict[str, float]) -> np.ndarray:
    result = np.zeros((len(by_item), len(TABLE)))
    for row, said in zip(result, by_item, strict=True):
        for name, value in said.items():
            row[TABLE.names.index(name)] = value
    return result


def rows(count: int, **said: float) -> np.ndarray:
    matrix = np.full((count, len(TABLE)), KNOWN, np.float32)
    for name, value in said.items():
        matrix[:, TABLE.names.index(name)] = value
    return matrix


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("looks", Why.SEEN),
        ("touches_before_session", Why.SEEN),
        ("covisitation_sum", Why.SIMILAR),
        ("session_share_brand", Why.SIMILAR),
        ("log_views_7d", Why.POPULAR),
        ("percentile_of_log_clicks_30d", Why.POPULAR),
        ("price_to_session_mean", Why.PRICE),
        ("cheaper_above", Why.PRICE),
        ("age_days", Why.NEW),
        ("shop_index", None),
        ("hour_of_day", None),
    ],
)
def test_a_column_counts_towards_what_a_shopper_knows(name: str, why: Why | None) -> None:
    columns = {f.name: why_of(f) for f in TABLE.standing} | {f.name: why_of(f) for f in TABLE.visiting}
    assert columns[name] is why


def test_reasons_are_differences_from_the_median_item_the_strongest_first() -> None:
    added = contributed(
        {"looks": 1.0, "covisitation_sum": 0.5, "age_days": -1.0},
        {"looks": 0.25, "log_views_7d": 0.5, "log_views_1d": 0.5},
        {"looks": 0.0, "shop_index": 9.0},
    )
    assert reasons(TABLE, rows(3), added) == [
        [Reason(Why.SEEN, 0.75), Reason(Why.SIMILAR, 0.5)],
        [Reason(Why.POPULAR, 1.0)],
        [],
    ]


def test_what_is_not_true_of_an_item_is_never_said() -> None:
    added = contributed(
        {"looks": 1.0, "covisitation_sum": 1.0, "price_to_last": 1.0, "age_days": 1.0}, {}, {}
    )
    nobody = rows(
        3,
        **dict.fromkeys(("looks", "clicks", "cart_adds", "touches_before_session"), 0.0),
        **dict.fromkeys(("session_items", "interactions_before_session"), 0.0),
        **dict.fromkeys(("price_to_session_mean", "price_to_past_mean", "age_days"), np.nan),
    )
    assert reasons(TABLE, nobody, added) == [[], [], []]


@pytest.mark.parametrize("count", [0, 1])
def test_no_list_and_a_list_of_one_give_no_reason(count: int) -> None:
    assert reasons(TABLE, rows(count), contributed(*[{"looks": 5.0}] * count)) == [[]] * count
