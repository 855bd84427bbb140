"""The order that comes of a scene."""

import numpy as np
import pytest

from features.attributes import DEFAULT
from features.candidates import Context, Listing
from features.items import ItemTable
from features.matrix import matrix
from features.scene import Scene
from features.table import feature_table
from features.visit import Visit
from service.ranking import Model, ordered, rank
from service.ranking.forest import Matrix, Scores

TABLE = feature_table(DEFAULT)


class Cheapest:
    """A scorer that knows only prices."""

    def score(self, matrix: Matrix) -> Scores:
        return -matrix[:, TABLE.names.index("log_price")].astype(np.float64)


def scene(prices: list[float]) -> Scene:
    listing = Listing.of([{"item_id": f"i{i}", "price": price} for i, price in enumerate(prices)])
    candidates = ItemTable(DEFAULT).candidates(listing)
    return Scene(Visit.of(None, None, 0, 1000.0), candidates, Context("home"))


MODEL = Model("2026-11-22T10-00-00Z-4f2a", TABLE, Cheapest())


def test_puts_the_highest_score_first() -> None:
    ranked = rank(scene([3.0, 1.0, 2.0]), MODEL)
    assert ranked.order.tolist() == [1, 2, 0]
    assert ranked.scores.argmax() == 1


def test_equal_scores_keep_the_shops_order() -> None:
    assert rank(scene([5.0] * 40 + [1.0]), MODEL).order.tolist() == [40, *range(40)]


def test_one_candidate_is_a_ranking_of_one() -> None:
    assert rank(scene([5.0]), MODEL).order.tolist() == [0]


def test_no_candidates_are_an_empty_ranking() -> None:
    ranked = rank(scene([]), MODEL)
    assert ranked.order.shape == ranked.scores.shape == (0,)
    assert ranked.matrix.shape == (0, len(TABLE))


def test_keeps_the_matrix_it_scored() -> None:
    prices = [3.0, 1.0, 2.0]
    np.testing.assert_array_equal(rank(scene(prices), MODEL).matrix, matrix(TABLE, scene(prices)))


@pytest.mark.parametrize("n", [2, 17, 500])
def test_the_order_is_a_permutation(n: int) -> None:
    scores = np.random.default_rng(n).integers(0, 5, n).astype(np.float64)
    order = ordered(scores)
    assert sorted(order.tolist()) == list(range(n))
    assert order.tolist() == sorted(range(n), key=lambda i: (-scores[i], i))
