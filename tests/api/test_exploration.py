"""A share of a page's rankings is drawn, and the log says with what chance."""

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from features.log.schema import Kind, conformed, to_rows, to_table
from service.app import create_app
from service.identify import ranking_id
from service.ranking.exploration import drawn, explores
from tests.api.streams import streamed

if TYPE_CHECKING:
    from tests.api.conftest import Api

PRICED = [{"item_id": f"i{n}", "price": 10.0 + n} for n in range(12)]
BY_SCORE = [f"i{n}" for n in reversed(range(12))]


def drawn_id(now: float) -> str:
    """An id whose ranking a page with the usual share draws."""
    return next(made for made in (ranking_id(now) for _ in count()) if explores(made, 0.02))


@pytest.fixture
def drawing(api: "Api") -> "Api":
    """A shop all of whose rankings the usual share draws."""
    return replace(api, client=create_app(replace(api.deps, new_id=drawn_id)).test_client())


def exposure(redis_url: str) -> dict[str, Any]:
    """The latest exposure, as the log will hold it."""
    return to_rows(Kind.EXPOSURES, to_table(Kind.EXPOSURES, streamed(redis_url, "x")[-1:]))[0]


def ids(answer: dict[str, Any]) -> list[str]:
    return [item["item_id"] for item in answer["items"]]


def test_by_default_one_ranking_in_fifty_is_drawn(api: "Api", drawing: "Api") -> None:
    assert ids(api.rank(PRICED)) == BY_SCORE
    answer = drawing.rank(PRICED)
    assert (answer["explored"], answer["personalized"], answer["arm"]) == (True, True, "treatment")
    assert sorted(ids(answer)) == sorted(BY_SCORE)


def test_the_exposure_says_how_and_the_id_draws_it_again(drawing: "Api", redis_url: str) -> None:
    answer = drawing.rank(PRICED)
    kept = exposure(redis_url)
    again = drawn(np.array([item["score"] for item in kept["items"]]), answer["ranking_id"])
    assert ids(answer) == [PRICED[place]["item_id"] for place in again.order]
    assert kept["propensity"] == again.propensity.tolist()
    assert (kept["temperature"], kept["exploration"]) == (again.temperature, 0.02)


def test_a_sorted_ranking_says_that_it_was_not_drawn(api: "Api", redis_url: str) -> None:
    assert api.rank(PRICED)["explored"] is False
    kept = exposure(redis_url)
    assert (kept["exploration"], kept["temperature"], kept["propensity"]) == (None, None, None)


def test_a_log_of_before_reads_as_not_drawn() -> None:
    table = to_table(Kind.EXPOSURES, [{"ranking_id": "r"}]).drop_columns(["propensity", "temperature"])
    (row,) = to_rows(Kind.EXPOSURES, conformed(Kind.EXPOSURES, table))
    assert (row["propensity"], row["temperature"]) == (None, None)


@pytest.mark.parametrize(
    ("settings", "asked"),
    [
        ({"state": "on", "holdout": 0.0, "exploration": 0.0}, {}),
        ({"state": "on", "holdout": 0.0}, {"consent": False}),
        ({"state": "on", "holdout": 0.0}, {"visitor_id": None}),
        ({"state": "on", "holdout": 0.0}, {"time": 1_795_348_000.0}),
        ({"state": "on", "holdout": 0.2}, {}),
        ({"state": "test", "traffic": 0.0, "holdout": 0.0}, {}),
        ({"state": "shadow"}, {}),
        ({"state": "off"}, {}),
    ],
    ids=["set to none", "no consent", "nobody", "a replay", "held out", "control", "shadow", "off"],
)
def test_nothing_is_drawn_where_nothing_may_be_learned(
    drawing: "Api", settings: dict[str, Any], asked: dict[str, Any]
) -> None:
    drawing.switch(**settings)
    answer = drawing.rank(PRICED, **asked)
    assert answer["explored"] is False
    assert ids(answer) in (BY_SCORE, BY_SCORE[::-1])


def test_the_merchant_s_rules_hold(drawing: "Api") -> None:
    rules = [
        {"kind": "hide", "id": "no", "match": {"item_ids": ["i11"]}},
        {"kind": "pin", "id": "hero", "item_id": "i0", "index": 0},
    ]
    drawing.switch(state="on", holdout=0.0, rules=rules)
    for _ in range(10):
        answer = drawing.rank(PRICED)
        assert answer["explored"]
        assert ids(answer)[0] == "i0"
        assert "i11" not in ids(answer)


def test_a_page_inherits_it_and_says_so(api: "Api") -> None:
    api.switch("category", state="test", exploration=0.1)
    answer = api.call("GET", "/v1/pages/category/shoes").json
    assert (answer["exploration"], answer["source"]) == (0.1, "category")


def test_another_share_begins_a_new_window(api: "Api") -> None:
    api.switch("home", state="test")
    before = api.call("GET", "/v1/pages/home").json["window"]
    api.clock.now += 60.0
    same = api.call("PATCH", "/v1/pages/home", {"exploration": 0.02}).json
    api.clock.now += 60.0
    other = api.call("PATCH", "/v1/pages/home", {"exploration": 0.05}).json
    assert same["window"] == before
    assert other["window"] == before + 120.0
    assert other["experiment"] == same["experiment"]


def test_a_share_that_would_cost_too_much_is_refused(api: "Api") -> None:
    answer = api.call("PUT", "/v1/pages/home", {"state": "on", "exploration": 0.3})
    assert answer.status_code == 400
    assert answer.json["errors"][0]["path"] == "exploration"
