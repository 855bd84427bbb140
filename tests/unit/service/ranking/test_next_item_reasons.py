"""Why an item is recommended."""

import numpy as np

from features.sessions.columns import COLUMNS, NAMES
from service.ranking.next_item_reasons import next_item_reasons, why_of
from service.ranking.reasons import Reason, Why


def filled(*by_item: dict[str, float]) -> np.ndarray:
    result = np.zeros((len(by_item), COLUMNS), np.float32)
    for row, said in zip(result, by_item, strict=True):
        for name, value in said.items():
            row[NAMES.index(name)] = value
    return result


def test_reasons_are_differences_from_the_median_candidate() -> None:
    X = filled({"times_looked_at": 1, "sessions_with_it": 2}, {"looks_beside_all_items": 3}, {"heat": 1.0})
    added = filled(
        {"times_looked_at": 1.0, "sessions_with_it": 0.5},
        {"sessions_with_it": 0.25, "looks_ahead_for_its_looks": 0.75},
        {"heat": 0.5},
    ).astype(np.float64)
    assert next_item_reasons(X, added) == [
        [Reason(Why.SEEN, 1.0)],
        [Reason(Why.TOGETHER, 0.5)],
        [Reason(Why.POPULAR, 0.5)],
    ]


def test_a_reason_is_given_only_where_it_is_true() -> None:
    added = filled({"times_looked_at": 1.0, "sessions_with_it": 1.0}, {}, {}).astype(np.float64)
    assert next_item_reasons(filled({}, {}, {}), added) == [[], [], []]


def test_what_says_the_same_of_every_candidate_is_no_reason() -> None:
    assert [name for name in NAMES if why_of(name) is None] == list(NAMES[-5:])


def test_nobody_and_one_candidate_have_no_reasons() -> None:
    assert next_item_reasons(filled(), filled().astype(np.float64)) == []
    assert next_item_reasons(filled({"heat": 1.0}), filled({"heat": 1.0}).astype(np.float64)) == [[]]
