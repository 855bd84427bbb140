from collections.abc import Callable
from dataclasses import replace

import lightgbm as lgb
import numpy as np
import pytest

from service.ranking.forest import Forest
from training import fit
from training.dataset import Dataset
from training.fit import Candidate, Forester, listwise_ndcg, parameters_for, top_of

MakeDataset = Callable[..., Dataset]
SMALL = {objective: Candidate(objective, 12, 0.0, ()) for objective in fit.OBJECTIVES}


@pytest.mark.parametrize("objective", fit.OBJECTIVES)
def test_two_trainings_with_one_seed_give_equal_bytes_whatever_the_number_of_threads(
    make_dataset: MakeDataset, objective: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = make_dataset()
    one_thread = Forester(seed=17).grow(data, SMALL[objective]).text
    monkeypatch.setattr(fit, "ROWS_FOR_ALL_CORES", 0)
    assert Forester(seed=17).grow(data, SMALL[objective]).text == one_thread
    assert Forester(seed=18).grow(data, SMALL[objective]).text != one_thread


@pytest.mark.parametrize("objective", fit.OBJECTIVES)
def test_the_order_of_the_rows_does_not_reach_the_model(make_dataset: MakeDataset, objective: str) -> None:
    data = make_dataset()
    listing = np.repeat(np.arange(len(data)), data.group)
    by_label = np.lexsort((-data.label, listing))  # the worst case: what was clicked comes first
    sorted_by_label = replace(
        data,
        X=data.X[by_label],
        label=data.label[by_label],
        shop_index=data.shop_index[by_label],
        tie=data.tie[by_label],
    )
    forester = Forester(seed=17)
    assert forester.grow(data, SMALL[objective]).text == forester.grow(sorted_by_label, SMALL[objective]).text


def test_learns_what_clicks_follow(make_dataset: MakeDataset) -> None:
    forester = Forester(seed=17)
    choice = forester.choose(make_dataset())
    model = Forest.of(forester.grow(make_dataset(), choice.best).text)
    later = make_dataset(seed=2)
    assert (
        listwise_ndcg(model.score(later.X), later)
        > listwise_ndcg(-later.shop_index.astype(float), later) + 0.1
    )


def test_the_candidate_that_ranks_the_later_window_best_is_chosen(make_dataset: MakeDataset) -> None:
    choice = Forester(seed=17).choose(make_dataset())
    assert {c.objective for c in choice.tried} == set(fit.OBJECTIVES)
    assert choice.best.ndcg == max(c.ndcg for c in choice.tried)
    assert all(1 <= c.trees <= fit.MOST_TREES for c in choice.tried)


def test_without_a_later_window_the_first_objective_is_taken_unseen(make_dataset: MakeDataset) -> None:
    choice = Forester(seed=17).choose(make_dataset(listings=2))
    assert (choice.best.objective, choice.best.curve) == ("lambdarank", ())


def test_nothing_can_be_learned_where_nothing_was_clicked(make_dataset: MakeDataset) -> None:
    with pytest.raises(ValueError, match="nothing to learn from"):
        Forester(seed=17).grow(make_dataset(clicked=0.0), SMALL["binary"])


@pytest.mark.parametrize("objective", fit.OBJECTIVES)
def test_an_optional_column_that_was_never_missing_has_a_way_for_nan(
    make_dataset: MakeDataset, objective: str
) -> None:
    """LightGBM reads NaN as 0.0 where training had none: a price of nothing, the cheapest of all."""
    data = make_dataset(listings=800)
    price = data.names.index("log_price")
    cheap = np.exp(-1.5 * data.X[:, price])
    first = np.cumsum(data.group) - data.group
    label = np.zeros(len(data.label), np.int8)
    for start, size in zip(first.tolist(), data.group.tolist(), strict=True):
        label[start + int(np.argmax(cheap[start : start + size]))] = 1
    cheapest_wins = replace(data, label=label)

    def score_of(missing: float, optional: frozenset[str]) -> float:
        model = Forest.of(Forester(17, optional).grow(cheapest_wins, SMALL[objective]).text)
        row = data.X[:1].copy()
        row[0, price] = missing
        return float(model.score(row)[0])

    assert score_of(np.nan, frozenset()) == score_of(0.0, frozenset())
    assert score_of(np.nan, frozenset({"log_price"})) < score_of(0.0, frozenset({"log_price"}))


def test_the_rows_a_caller_holds_keep_their_values(make_dataset: MakeDataset) -> None:
    data = make_dataset()
    before = data.X.copy()
    Forester(17, frozenset(data.names)).grow(data, SMALL["binary"])
    np.testing.assert_array_equal(data.X, before)


def test_a_small_log_gets_small_leaves(make_dataset: MakeDataset) -> None:
    small = parameters_for("lambdarank", make_dataset(listings=50), seed=17)
    assert small["min_data_in_leaf"] == 20


def test_the_top_of_a_noisy_curve_is_no_single_peak() -> None:
    flat_then_good = [0.5] * 40 + [0.6] * 40
    flat_then_good[3] = 0.9
    assert top_of(flat_then_good) > 40


def test_lightgbm_itself_counts_listings_without_a_click_as_perfect(make_dataset: MakeDataset) -> None:
    """Why the validation curve is drawn by our own metric."""
    data = make_dataset(listings=60, clicked=0.0)
    rows = lgb.Dataset(data.X, data.label, group=data.group)
    found: dict[str, dict[str, list[float]]] = {}
    lgb.train(
        {"objective": "lambdarank", "metric": "ndcg", "eval_at": [10], "verbosity": -1, "num_threads": 1},
        rows,
        1,
        valid_sets=[rows],
        callbacks=[lgb.record_evaluation(found)],
    )
    assert found["training"]["ndcg@10"] == [1.0]
    assert np.isnan(listwise_ndcg(np.zeros(len(data.label)), data))
