from collections.abc import Callable
from dataclasses import replace

import numpy as np

from training.dataset import Dataset
from training.labelling import CLICK_SECONDS, PURCHASE
from training.window import cut, cut_at_share, embargo_seconds

MakeDataset = Callable[..., Dataset]


def test_the_sides_share_neither_session_nor_time(make_dataset: MakeDataset) -> None:
    split = cut_at_share(make_dataset(listings=301), 0.5)
    assert not set(split.before.session) & set(split.after.session)
    assert split.before.time.max() + split.embargo_seconds <= split.at <= split.after.time.min()
    assert len(split.before) + len(split.after) + split.dropped == 301


def test_a_session_across_the_cut_is_on_neither_side(make_dataset: MakeDataset) -> None:
    data = make_dataset(listings=40)
    at = float(data.time[21])  # listings 20 and 21 are one session
    split = cut(data, at)
    assert data.session[21] not in {*split.before.session, *split.after.session}


def test_listings_whose_click_may_come_after_the_cut_are_left_out(make_dataset: MakeDataset) -> None:
    data = make_dataset(listings=1_000)
    assert embargo_seconds(data) == CLICK_SECONDS
    assert cut_at_share(data, 0.5).before.time.max() < cut_at_share(data, 0.5).at - CLICK_SECONDS


def test_an_order_looks_further_ahead_than_a_click_but_leaves_most_of_a_short_log(
    make_dataset: MakeDataset,
) -> None:
    data = make_dataset(listings=1_000)
    label = data.label.copy()
    label[0] = PURCHASE
    bought = replace(data, label=label)
    assert CLICK_SECONDS < embargo_seconds(bought) < 0.06 * np.ptp(data.time)


def test_nothing_can_be_cut_into_nothing(make_dataset: MakeDataset) -> None:
    split = cut_at_share(make_dataset(listings=0), 0.8)
    assert (len(split.before), len(split.after)) == (0, 0)
