from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import orjson
import pytest

from features.log.reader import Fact
from features.log.schema import Kind
from features.objectives import GAINS, USUAL, Objective
from training import fit
from training.dataset import Dataset
from training.fit import Candidate, Forester, parameters_for
from training.objectives import objectives_in

MakeDataset = Callable[..., Dataset]
CLICKS: Objective = "clicks"
PURCHASES: Objective = "purchases"


def setting(name: str, said: dict[str, Any] | None) -> Fact:
    return Fact(Kind.SETTINGS, {"name": name, "after": None if said is None else orjson.dumps(said).decode()})


@pytest.fixture
def bought(make_dataset: MakeDataset) -> Dataset:
    """Listings in which what was clicked was bought, and the dearest were clicked besides."""
    data = make_dataset()
    dear = data.X[:, data.names.index("log_price")] > 4.2
    return replace(data, label=np.where(data.label > 0, 3, dear).astype(np.int8))


def test_each_page_has_the_objective_last_set_and_a_page_without_a_switch_none() -> None:
    said = [
        setting("page/home", {"state": "on", "objective": "clicks"}),
        setting("page/category", {"state": "on", "objective": "clicks"}),
        setting("page/category", {"state": "test"}),
        setting("page/search", {"objective": "carts", "rules": []}),
        setting("page/cart", {"state": "on", "objective": "carts"}),
        setting("page/cart", None),
        setting("page/deals", {"state": "on", "objective": "of a later version"}),
        setting("shop", {"objective": "clicks"}),
    ]
    assert objectives_in(said) == {"home": "clicks", "category": USUAL, "deals": USUAL}


def test_where_no_page_names_any_there_are_none() -> None:
    assert objectives_in([setting("page/home", {"state": "on"})]) == {}


def test_each_row_is_worth_what_its_pages_objective_says(bought: Dataset) -> None:
    names: tuple[Objective, ...] = tuple(
        "clicks" if page.startswith("search") else "purchases" for page in bought.page
    )
    mixed = replace(bought, objective=names)
    of_row = np.repeat(np.array(names), bought.group)
    textbook = [
        GAINS[name][label] for name, label in zip(of_row.tolist(), bought.label.tolist(), strict=True)
    ]
    assert mixed.gain.tolist() == textbook
    later = mixed.listings(np.arange(len(mixed)) % 2 == 1)
    assert later.gain.tolist() == mixed.gain[np.repeat(np.arange(len(mixed)) % 2 == 1, mixed.group)].tolist()


@pytest.mark.parametrize("kind", fit.OBJECTIVES)
def test_the_usual_objective_said_or_not_gives_the_same_model(bought: Dataset, kind: str) -> None:
    said = replace(bought, objective=(USUAL,) * len(bought))
    grow = Forester(seed=17).grow
    assert grow(said, Candidate(kind, 5, 0.0, ())).text == grow(bought, Candidate(kind, 5, 0.0, ())).text


@pytest.mark.parametrize("kind", fit.OBJECTIVES)
def test_another_objective_gives_another_model(bought: Dataset, kind: str) -> None:
    for_clicks = replace(bought, objective=tuple([CLICKS] * len(bought)))
    grow = Forester(seed=17).grow
    assert (
        grow(for_clicks, Candidate(kind, 5, 0.0, ())).text != grow(bought, Candidate(kind, 5, 0.0, ())).text
    )


def test_lightgbm_is_told_every_worth_in_use_from_the_least_on(bought: Dataset) -> None:
    mixed = replace(bought, objective=tuple([PURCHASES] * len(bought)))
    assert parameters_for("lambdarank", bought, 17)["label_gain"] == [0.0, 1.0, 3.0, 7.0]
    assert parameters_for("lambdarank", mixed, 17)["label_gain"] == [0.0, 1.0, 3.0, 7.0, 15.0]
