"""How a page is ordered, over the real application and with a real model's bundle."""

from dataclasses import replace

import pytest

from service.ordering.orderings import Noting
from tests.api.conftest import Api


def test_a_storefront_may_read_it(api: Api) -> None:
    answer = api.call("GET", "/v1/ordering/category/shoes", key="pk")
    assert answer.status_code == 200
    assert answer.json["personalized_share"] == 1.0
    assert answer.json["model"] == "by-price"
    assert "an order of your own" in answer.json["text"]["en"]
    assert "un ordre qui vous est propre" in answer.json["text"]["fr"]


def test_a_page_that_is_off_says_the_shops_order(api: Api) -> None:
    api.switch("home", state="off")
    answer = api.call("GET", "/v1/ordering/home", key="pk").json
    assert answer["text"]["fr"].startswith("Les articles sont dans l'ordre choisi par la boutique")
    assert answer["parameters"] == []


def test_it_takes_a_key_and_a_page(api: Api) -> None:
    assert api.call("GET", "/v1/ordering/home", key=None).status_code == 401
    assert api.call("GET", "/v1/ordering/a/../b", key="pk").status_code == 400


@pytest.fixture
def noting(api: Api) -> Noting:
    class Pointing:
        """A shelf that points to whatever serves."""

        def live(self, shop: str) -> object:
            model = api.models.current(shop)
            return None if model is None else model

    return Noting(replace(api.deps, shelf=Pointing()))  # type: ignore[arg-type]


def test_each_change_is_kept_with_the_time_in_which_it_was_true(api: Api, noting: Noting) -> None:
    began = api.clock.now
    noting.note()
    api.clock.now += 60
    api.switch("home", state="off")
    noting.note()
    api.clock.now += 60
    api.switch("home", state="on", rules=[{"id": "h", "kind": "hide", "match": {"in_stock": False}}])
    noting.note()
    shoes = api.call("GET", "/v1/ordering/shoes").json
    assert (shoes["kept_for"], shoes["since"]) == ("default", began)
    home = api.call("GET", "/v1/ordering/home").json
    assert home["kept_for"] == "home"
    assert [(p["since"], p["until"]) for p in home["periods"]] == [
        (began + 120, None),
        (began + 60, began + 120),
    ]
    assert "leaves some items out" in home["periods"][0]["text"]["en"]


def test_a_process_that_serves_another_model_than_it_should_notes_nothing(api: Api, noting: Noting) -> None:
    elsewhere = Noting(api.deps)  # its shelf points to nothing, and yet a model serves
    elsewhere.note()
    assert api.call("GET", "/v1/ordering/home").json["periods"] == []
    noting.note()
    assert len(api.call("GET", "/v1/ordering/home").json["periods"]) == 1


def test_what_is_noted_is_no_change_of_a_page(api: Api, noting: Noting) -> None:
    noting.note()
    told = api.call("GET", "/v1/changes").json["changes"]
    assert [c["page"] for c in told if c["actor"] == "balad"] == [None] * len(api.deps.directory.shops)
