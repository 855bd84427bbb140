"""`explain` on /v1/rank."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydantic import TypeAdapter

from features.attributes import DEFAULT
from features.table import feature_table
from service.api.rank import RankAnswer
from service.ranking import Model

if TYPE_CHECKING:
    from tests.api.conftest import Api

PRICED = [{"item_id": "A", "price": 10.0}, {"item_id": "B", "price": 30.0}, {"item_id": "C", "price": 20.0}]
NAMES = feature_table(DEFAULT).names


class ByLooks:
    """A scorer that puts first what was looked at, and can say so."""

    def score(self, matrix: np.ndarray) -> np.ndarray:
        return np.asarray(self.contributions(matrix).sum(axis=1))

    def contributions(self, matrix: np.ndarray) -> np.ndarray:
        chosen = np.zeros(matrix.shape)
        looks = NAMES.index("looks")
        chosen[:, looks] = matrix[:, looks]
        return chosen


@pytest.fixture
def telling(api: "Api") -> "Api":
    """A visitor looked at C, and the model can say why it ranks."""
    api.models.live["acme"] = Model("by-looks", feature_table(DEFAULT), ByLooks())
    event = {
        "name": "view_item",
        "event_id": "e-1",
        "visitor_id": "v-81",
        "session_id": "s-3",
        "consent": True,
    }
    api.send({**event, "page": "product", "items": [{"item_id": "C"}]})
    api.clock.now += 1
    return api


def test_each_item_says_why_in_words(telling: "Api") -> None:
    answer = telling.rank(PRICED, explain=True)
    first, *others = answer["items"]
    assert (first["item_id"], first["reasons"][0]["reason"]) == ("C", "seen_recently")
    assert first["because"] == {
        "en": "You looked at it recently",
        "fr": "Vous l'avez consulté récemment",
    }
    assert [(item["reasons"], item["because"]) for item in others] == [([], None), ([], None)]
    TypeAdapter(RankAnswer).validate_python(answer)


def test_without_being_asked_nothing_is_explained(telling: "Api") -> None:
    assert set(telling.rank(PRICED)["items"][0]) == {"item_id", "index", "score"}


def test_a_rule_comes_first(telling: "Api") -> None:
    rules: list[dict[str, Any]] = [{"kind": "pin", "id": "p", "item_id": "C", "index": 0}]
    telling.switch(state="on", holdout=0.0, rules=rules)
    first = telling.rank(PRICED, explain=True)["items"][0]
    assert [reason["reason"] for reason in first["reasons"]] == ["rule_of_shop", "seen_recently"]
    assert first["because"]["en"] == "The shop puts it forward and you looked at it recently"


def test_in_the_shop_s_order_only_rules_are_reasons(telling: "Api") -> None:
    rules: list[dict[str, Any]] = [{"kind": "pin", "id": "p", "item_id": "C", "index": 0}]
    for state in ("off", "shadow"):
        telling.switch(state=state, rules=rules)
        items = telling.rank(PRICED, explain=True)["items"]
        assert [[r["reason"] for r in item["reasons"]] for item in items] == [["rule_of_shop"], [], []]


def test_a_scorer_that_cannot_tell_gives_no_reasons(api: "Api") -> None:
    assert [item["reasons"] for item in api.rank(PRICED, explain=True)["items"]] == [[], [], []]
