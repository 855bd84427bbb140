from collections.abc import Callable

import numpy as np

from training.baselines import BASELINES, as_served, last_touched_first, random_order, shop_order
from training.dataset import Dataset
from training.metrics.mrr import reciprocal_rank
from training.metrics.ties import Sorted

MakeDataset = Callable[..., Dataset]


def places_of(scores: np.ndarray, data: Dataset, which: int) -> list[int]:
    """Shop indices of one listing, best score first."""
    rows = slice(int(data.group[:which].sum()), int(data.group[: which + 1].sum()))
    return [int(data.shop_index[rows][i]) for i in np.argsort(-scores[rows], kind="stable")]


def test_the_shop_order_is_its_own(make_dataset: MakeDataset) -> None:
    data = make_dataset(listings=3)
    assert places_of(shop_order(data), data, 1) == list(range(data.group[1]))


def test_what_was_touched_comes_first_and_the_rest_keeps_the_shops_order(make_dataset: MakeDataset) -> None:
    data = make_dataset(listings=3)
    start = int(data.group[0])
    since = data.names.index("items_since_touched")
    data.X[start : start + data.group[1], since] = -1.0
    data.X[start + 3, since], data.X[start + 1, since] = 0.0, 2.0
    rest = [i for i in range(data.group[1]) if i not in {3, 1}]
    assert places_of(last_touched_first(data), data, 1) == [3, 1, *rest]


def test_unknown_prices_come_last(make_dataset: MakeDataset) -> None:
    data = make_dataset(listings=1)
    data.X[0, data.names.index("log_price")] = np.nan
    assert places_of(BASELINES["cheapest first"](data), data, 0)[-1] == 0


def test_what_others_met_beside_the_session_comes_first(make_dataset: MakeDataset) -> None:
    data = make_dataset(listings=1)
    met = data.names.index("covisitation_sum")
    data.X[2, met], data.X[4, met] = 0.1, 0.3
    rest = [i for i in range(data.group[0]) if i not in {4, 2}]
    assert places_of(BASELINES["co-visited first"](data), data, 0) == [4, 2, *rest]


def test_no_order_but_random_has_ties(make_dataset: MakeDataset) -> None:
    data = make_dataset(listings=30)
    distinct = {name: len(np.unique(baseline(data))) for name, baseline in BASELINES.items()}
    assert distinct.pop("random order") == 1
    assert all(
        reciprocal_rank(Sorted.of(BASELINES[name](data), data.label, data.group)).size == 30
        for name in distinct
    )
    assert all(distinct[name] == len(data.label) for name in distinct if name != "shop order")


def test_a_random_order_earns_its_expectation() -> None:
    one_of_four = Sorted.of(np.zeros(4), [0, 0, 1, 0], [4])
    assert reciprocal_rank(one_of_four)[0] == (1 + 1 / 2 + 1 / 3 + 1 / 4) / 4
    assert random_order.__doc__


def test_equal_scores_are_served_in_the_shops_order(make_dataset: MakeDataset) -> None:
    data = make_dataset(listings=2)
    assert places_of(as_served(data, np.zeros(len(data.label))), data, 1) == list(range(data.group[1]))
