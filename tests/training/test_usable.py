from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from features.readiness import Observed
from training.dataset import Dataset
from training.usable import UnusableLogError, check_usable

MakeDataset = Callable[..., Dataset]


def some_events() -> Observed:
    seen = Observed()
    seen.events.update({"view_item_list": 300, "select_item": 200})
    return seen


def only_clicks() -> Observed:
    seen = Observed()
    seen.events.update({"select_item": 200})
    return seen


def told(data: Dataset, seen: Observed) -> str:
    with pytest.raises(UnusableLogError) as error:
        check_usable(data, seen)
    return str(error.value)


def test_a_log_with_clicks_can_be_learned_from(make_dataset: MakeDataset) -> None:
    check_usable(make_dataset(), some_events())


def test_an_empty_log_is_told_how_to_fill_it(make_dataset: MakeDataset) -> None:
    assert "holds no events" in told(make_dataset(listings=0), Observed())


def test_events_without_listings_are_told_what_to_send(make_dataset: MakeDataset) -> None:
    assert "Send view_item_list" in told(make_dataset(listings=0), only_clicks())


def test_a_log_without_clicks_is_told_what_to_send(make_dataset: MakeDataset) -> None:
    assert "None of the 400 listings is followed by a click" in told(make_dataset(clicked=0.0), some_events())


def test_one_session_is_too_few(make_dataset: MakeDataset) -> None:
    data = make_dataset()
    one = replace(data, session=np.zeros_like(data.session))
    assert "400 listings of 1 sessions" in told(one, some_events())


def test_few_listings_are_too_few(make_dataset: MakeDataset) -> None:
    assert "it takes 300 of 60" in told(make_dataset(listings=150), some_events())


def test_clicks_that_all_fall_on_the_first_item_are_no_clicks_to_learn_from(
    make_dataset: MakeDataset,
) -> None:
    data = make_dataset()
    first = replace(data, label=(data.shop_index == 0).astype(np.int8))
    assert "fall on the first item" in told(first, some_events())
