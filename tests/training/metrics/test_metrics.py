"""Every metric against the textbook: all orders of the ties tried, listing by listing."""

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, ndcg_score

from training.metrics.average import average
from training.metrics.average_precision import average_precision
from training.metrics.mrr import reciprocal_rank
from training.metrics.ndcg import ndcg
from training.metrics.recall import recall
from training.metrics.ties import Floats, Sorted

Rows = list[tuple[int, int]]  # (score, gain) of each item of a listing
rows = st.lists(st.tuples(st.integers(0, 3), st.sampled_from([0, 0, 0, 1, 3, 7])), min_size=1, max_size=5)
listings = st.lists(rows, min_size=1, max_size=4)


def textbook_ndcg(gains: list[int], k: int | None) -> float:
    def dcg(order: list[int]) -> float:
        return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(order[:k], 1))

    return dcg(gains) / dcg(sorted(gains, reverse=True)) if any(gains) else math.nan


def textbook_reciprocal_rank(gains: list[int]) -> float:
    return next((1 / rank for rank, gain in enumerate(gains, 1) if gain), math.nan)


def textbook_average_precision(gains: list[int]) -> float:
    ranks = [rank for rank, gain in enumerate(gains, 1) if gain]
    return sum(found / rank for found, rank in enumerate(ranks, 1)) / len(ranks) if ranks else math.nan


def textbook_recall(gains: list[int], k: int) -> float:
    wanted = sum(gain > 0 for gain in gains)
    return sum(gain > 0 for gain in gains[:k]) / wanted if wanted else math.nan


def over_all_orders(listing: Rows, metric: Callable[[list[int]], float]) -> float:
    """The mean of a metric over every order that the scores allow."""
    groups = [list(g) for _, g in itertools.groupby(sorted(listing, reverse=True), key=lambda row: row[0])]
    orders = itertools.product(*(itertools.permutations(group) for group in groups))
    values = [metric([gain for group in order for _, gain in group]) for order in orders]
    return sum(values) / len(values)


def in_sorted_form(many: list[Rows]) -> Sorted:
    scores = [score for listing in many for score, _ in listing]
    gains = [gain for listing in many for _, gain in listing]
    return Sorted.of(scores, gains, [len(listing) for listing in many])


METRICS: list[tuple[Callable[[Sorted], Floats], Callable[[list[int]], float]]] = [
    (ndcg, lambda gains: textbook_ndcg(gains, None)),
    (lambda s: ndcg(s, 2), lambda gains: textbook_ndcg(gains, 2)),
    (reciprocal_rank, textbook_reciprocal_rank),
    (average_precision, textbook_average_precision),
    (lambda s: recall(s, 2), lambda gains: textbook_recall(gains, 2)),
]


@pytest.mark.parametrize(("metric", "textbook"), METRICS)
@given(many=listings)
def test_ties_earn_the_mean_over_all_their_orders(
    metric: Callable[[Sorted], Floats], textbook: Callable[[list[int]], float], many: list[Rows]
) -> None:
    expected = [over_all_orders(listing, textbook) for listing in many]
    np.testing.assert_allclose(metric(in_sorted_form(many)), expected, atol=1e-12)


@given(rows.filter(lambda listing: any(gain for _, gain in listing) and len(listing) > 1))
def test_ndcg_is_that_of_scikit_learn(listing: Rows) -> None:
    scores, gains = zip(*listing, strict=True)
    assert ndcg(in_sorted_form([listing]))[0] == pytest.approx(ndcg_score([gains], [scores]))


@given(st.permutations(range(8)), st.lists(st.booleans(), min_size=8, max_size=8).filter(any))
def test_average_precision_without_ties_is_that_of_scikit_learn(
    scores: list[int], wanted: list[bool]
) -> None:
    ours = average_precision(Sorted.of(scores, wanted, [8]))[0]
    assert ours == pytest.approx(average_precision_score(wanted, scores))


@pytest.mark.parametrize(("metric", "_"), METRICS)
def test_a_listing_without_a_positive_is_left_out_unless_told_otherwise(
    metric: Callable[[Sorted], Floats], _: object
) -> None:
    assert np.isnan(metric(Sorted.of([2, 1], [0, 0], [2]))).all()


def test_a_listing_without_a_positive_earns_what_the_caller_names() -> None:
    nothing = Sorted.of([2, 1], [0, 0], [2])
    named = [
        ndcg(nothing, without_positive=1.0),
        reciprocal_rank(nothing, without_positive=1.0),
        average_precision(nothing, without_positive=1.0),
        recall(nothing, 1, without_positive=1.0),
    ]
    assert np.concatenate(named).tolist() == [1.0] * 4


def test_no_listings_have_no_values() -> None:
    nothing = Sorted.of([], [], [])
    assert [len(metric(nothing)) for metric, _ in METRICS] == [0] * len(METRICS)


@pytest.mark.parametrize(
    ("scores", "gains", "group"), [([1.0], [0, 1], [2]), ([1.0, np.nan], [0, 1], [2]), ([1.0], [1], [1, 0])]
)
def test_refuses_rows_that_are_no_listings(scores: list[float], gains: list[int], group: list[int]) -> None:
    with pytest.raises(ValueError, match="same rows"):
        Sorted.of(scores, gains, group)


def test_averages_over_sessions_give_each_session_one_voice() -> None:
    found = average(np.array([1.0, 1.0, 1.0, 0.0]), np.array([1, 1, 1, 2]))
    assert (found.per_listing, found.per_session) == (0.75, 0.5)


def test_an_average_over_nothing_is_nan_and_says_how_much_was_left_out() -> None:
    found = average(np.array([np.nan, np.nan]), np.array([1, 2]))
    assert np.isnan(found.per_listing)
    assert (found.listings, found.excluded) == (0, 2)
