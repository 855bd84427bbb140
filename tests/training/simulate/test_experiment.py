from typing import Any

import numpy as np
import pytest

from features.assignment import held_out, in_treatment
from training.simulate.experiment import OFF_SHARE, PlantedStorefront, decided
from training.simulate.session import Ask

IDS = tuple(f"i{n}" for n in range(8))
PAGES = {
    "default": {"state": "on", "holdout": 0.1, "window": 100.0},
    "category": {
        "state": "test",
        "traffic": 0.4,
        "holdout": 0.1,
        "window": 100.0,
        "experiment": "acme/category@100",
    },
    "category/hats": {"state": "off", "window": 100.0},
    "category/scarves": {"state": "shadow", "window": 100.0},
}


def front(knowledge: float = 1.0) -> PlantedStorefront:
    return PlantedStorefront("acme", PAGES, knowledge, IDS, "past")


def ask(page: str, visitor: str | None = "v-1", at: float = 200.0) -> Ask:
    rows = np.arange(len(IDS), dtype=np.int64)
    who = (visitor, None if visitor is None else "s-1")
    return Ask(at, page, rows, *who, mobile=False, worth=lambda rows: rows.astype(float))


def visitor(*, held: bool = False, treated: bool = True) -> str:
    every = (f"v-{n}" for n in range(10_000))
    salt = PAGES["category"]["experiment"]
    return next(
        v
        for v in every
        if held_out("acme", v, 0.1) is held and (held or in_treatment(str(salt), v, 0.4) is treated)
    )


def recorded(page: str, who: str | None, knowledge: float = 1.0) -> dict[str, Any]:
    storefront = front(knowledge)
    for _ in range(OFF_SHARE):  # of a page that is off, one in so many is recorded
        storefront.show(ask(page, who))
    return storefront.exposures[0]


@pytest.mark.parametrize(
    ("page", "who", "arm", "reason", "experiment"),
    [
        ("category/shoes", visitor(), "treatment", None, "acme/category@100"),
        ("category/shoes", visitor(treated=False), "control", "control", "acme/category@100"),
        ("category/shoes", visitor(held=True), "holdout", "control", None),
        ("home", visitor(), "treatment", None, "acme/holdout"),
        ("home", visitor(held=True), "control", "control", "acme/holdout"),
        ("home", None, None, "no_consent", None),
        ("category/hats", visitor(), None, "off_by_merchant", None),
        ("category/scarves", visitor(), "shadow", "shadow", None),
    ],
)
def test_decides_and_records_as_the_service_does(
    page: str, who: str | None, arm: str | None, reason: str | None, experiment: str | None
) -> None:
    row = recorded(page, who)
    assert (row["arm"], row["reason"], row["experiment"]) == (arm, reason, experiment)
    assert row["personalized"] is (reason is None)
    assert [item["shop_index"] for item in row["items"]] == list(range(len(IDS)))


def test_only_treatment_sees_another_order() -> None:
    storefront = front()
    assert storefront.show(ask("home", visitor())).rows.tolist() == [7, 6, 5, 4, 3, 2, 1, 0]
    assert storefront.show(ask("home", visitor(held=True))).rows.tolist() == list(range(8))
    assert storefront.show(ask("category/scarves", visitor())).rows.tolist() == list(range(8))


def test_knowing_nothing_is_the_shops_order() -> None:
    assert front(knowledge=0.0).show(ask("home", visitor())).rows.tolist() == list(range(8))


def test_before_a_page_was_set_it_is_off() -> None:
    storefront = front()
    for _ in range(OFF_SHARE):
        storefront.show(ask("home", visitor(), at=50.0))
    assert [row["reason"] for row in storefront.exposures] == ["off_by_merchant"]


def test_a_test_without_a_shopper_who_agreed_is_no_experiment() -> None:
    assert decided("acme", PAGES["category"], None).arm is None
