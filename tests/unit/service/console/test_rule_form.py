"""A rule that is shown in its form and read again is the same rule."""

import pytest
from flask import Flask

from features.attributes import declared
from service.console.language import register
from service.console.rule_form import fields_of, read
from service.pages.drafts import RULES

ATTRIBUTES = declared(("brand:categorical", "rating:numeric"))
SAID = [
    {"id": "a", "kind": "pin", "name": "Star", "item_id": "A1", "index": 3, "soft": True},
    {"id": "b", "kind": "hide", "match": {"in_stock": False}},
    {"id": "c", "kind": "boost", "match": {"attributes": {"brand": ["Norda", "Pico"]}}, "factor": 2.5},
    {"id": "d", "kind": "bury", "match": {"attributes": {"rating": {"at_most": 2.5}}}, "factor": 4.0},
    {
        "id": "e",
        "kind": "boost",
        "match": {"price": {"at_least": 5.0}, "newer_than_days": 30.0},
        "factor": 1.5,
    },
    {"id": "f", "kind": "hide", "match": {"item_ids": ["A", "B"], "in_stock": True, "older_than_days": 90.0}},
    {"id": "g", "kind": "diversity", "attribute": "brand", "at_most": 2},
    {
        "id": "h",
        "kind": "hide",
        "match": {"in_stock": True},
        "when": {"pages": ["a", "b/c"], "devices": ["mobile"], "search_terms": ["red shoe"]},
        "schedule": {"from": 1_796_112_000.0, "time_zone": "Europe/Paris"},
    },
    {
        "id": "i",
        "kind": "bury",
        "match": {"attributes": {"brand": ["Pico"], "rating": {"at_most": 2.0}}},
        "factor": 2.0,
        "schedule": {"days": ["sat"], "hours": [{"from": "22:00", "until": "02:00"}], "time_zone": "UTC"},
    },
]


@pytest.mark.parametrize("rule", RULES.validate_python(SAID), ids=lambda rule: rule.kind)
def test_what_a_form_shows_it_reads_again(rule: object) -> None:
    app = Flask(__name__)
    register(app)
    with app.test_request_context():
        again, errors = read(fields_of(rule), ATTRIBUTES)  # type: ignore[arg-type]
    assert errors == {}
    assert again == rule
