from collections.abc import Callable

import numpy as np
import pytest

from features.attributes import DEFAULT
from features.table import feature_table
from training.baselines import shop_order
from training.dataset import Dataset
from training.fit import Candidate, Forester
from training.report.findings import BLOCKS, ROWS_SHOWN, blocks, examples, first_wanted, importance, places

MakeDataset = Callable[..., Dataset]


def test_places_count_from_one_in_each_list(make_dataset: MakeDataset) -> None:
    data = make_dataset(listings=20)
    np.testing.assert_array_equal(places(shop_order(data), data), data.shop_index + 1)


def test_only_listings_with_something_wanted_have_a_place_of_it(make_dataset: MakeDataset) -> None:
    data = make_dataset(listings=50, clicked=0.5)
    best = first_wanted(places(shop_order(data), data), data)
    assert len(best) == data.label.sum()
    np.testing.assert_array_equal(best, data.shop_index[data.label > 0] + 1)


def test_importance_is_shared_out_by_column_and_by_block(make_dataset: MakeDataset) -> None:
    model = Forester(seed=17).grow(make_dataset(), Candidate("binary", 20, 0.0, ()))
    by_block, by_column = importance(model.text, feature_table(DEFAULT))
    assert sum(by_block.values()) == pytest.approx(1.0)
    assert sum(by_column.values()) == pytest.approx(1.0)
    assert next(iter(by_block)) == BLOCKS["A"]


def test_every_block_of_the_table_has_words() -> None:
    assert set(blocks(feature_table(DEFAULT)).values()) <= set(BLOCKS)


def test_examples_show_gains_and_losses(make_dataset: MakeDataset) -> None:
    data = make_dataset()
    shown = {
        example.title: example
        for example in examples(data, data.X[:, data.names.index("looks")].astype(float))
    }
    gain = shown["A clear gain"]
    (wanted,) = [row for row in gain.after if row.wanted]
    assert wanted.place == 1
    assert wanted.shop_place >= 4
    assert wanted.facts == "looked at 2×, 30 s ago"  # noqa: RUF001 - as shown
    assert all(len(example.before) <= ROWS_SHOWN for example in shown.values())


def test_a_loss_is_shown_as_well(make_dataset: MakeDataset) -> None:
    data = make_dataset()
    shown = {example.title for example in examples(data, data.shop_index.astype(float))}
    assert "Where it got worse" in shown


def test_no_listings_have_no_examples(make_dataset: MakeDataset) -> None:
    assert examples(make_dataset(listings=0), np.zeros(0)) == ()


def test_a_model_that_changes_nothing_has_no_examples(make_dataset: MakeDataset) -> None:
    data = make_dataset()
    assert examples(data, shop_order(data)) == ()
