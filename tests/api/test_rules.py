"""A merchant's rules: written, published, applied, taken back."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.api.streams import streamed

if TYPE_CHECKING:
    from tests.api.conftest import Answer, Api

NOON = 1_795_348_800.0  # a Sunday
PRICED = [
    {"item_id": "A", "price": 10.0, "item_brand": "Acme"},
    {"item_id": "B", "price": 30.0, "item_brand": "Bolt"},
    {"item_id": "C", "price": 20.0, "item_brand": "Acme"},
]
HIDE_C = {"kind": "hide", "id": "no-c", "match": {"item_ids": ["C"]}}
PIN_A = {"kind": "pin", "id": "a-first", "item_id": "A", "index": 0}
FIRST = {"kind": "boost", "id": "acme", "match": {"attributes": {"brand": ["acme"]}}, "factor": 10.0}


def order(answer: dict[str, Any]) -> str:
    return "".join(item["item_id"] for item in answer["items"])


def drafted(
    api: "Api", rules: list[dict[str, Any]], page: str = "default", tag: str | None = None
) -> "Answer":
    headers = {} if tag is None else {"If-Match": tag}
    return api.call("PUT", f"/v1/drafts/{page}", {"rules": rules}, headers=headers)


def own(api: "Api", page: str = "default") -> Any:
    return api.call("GET", f"/v1/pages/{page}").json["own"]


@pytest.mark.parametrize(
    ("rules", "treatment", "shop"),
    [
        ([], "BCA", "ABC"),
        ([HIDE_C], "BA", "AB"),
        ([PIN_A], "ABC", "ABC"),
        ([{**PIN_A, "item_id": "C"}], "CBA", "CAB"),
        ([HIDE_C, {**PIN_A, "item_id": "C"}], "BA", "AB"),
        ([FIRST], "CAB", "ACB"),
        (
            [{"kind": "bury", "id": "dear", "match": {"price": {"at_least": 25.0}}, "factor": 9.0}],
            "CAB",
            "ACB",
        ),
        ([{"kind": "hide", "id": "all", "match": {"price": {"at_most": 99.0}}}], "", ""),
        ([{"kind": "diversity", "id": "d", "attribute": "brand", "at_most": 1}], "BCA", "ABC"),
        ([{**HIDE_C, "when": {"devices": ["mobile"]}}], "BCA", "ABC"),
        ([{**HIDE_C, "when": {"pages": ["category"]}}], "BA", "AB"),
        ([{**HIDE_C, "when": {"search_terms": ["red shoe"]}}], "BCA", "ABC"),
        ([{**HIDE_C, "schedule": {"days": ["sun"]}}], "BA", "AB"),
        ([{**HIDE_C, "schedule": {"until": NOON}}], "BCA", "ABC"),
    ],
)
def test_rules_apply_to_the_model_s_order_and_to_the_shop_s(
    api: "Api", rules: list[dict[str, Any]], treatment: str, shop: str
) -> None:
    api.switch(state="on", holdout=0.0, rules=rules)
    assert order(api.rank(PRICED)) == treatment
    unasked = api.rank(PRICED, consent=False)
    assert (order(unasked), unasked["reason"]) == (shop, "no_consent")
    api.switch(state="off", rules=rules)
    assert order(api.rank(PRICED)) == shop
    api.call("POST", "/v1/kill-switch", {"on": True})
    assert order(api.rank(PRICED)) == shop


def test_rules_apply_without_a_model(api: "Api") -> None:
    api.switch(state="on", holdout=0.0, rules=[HIDE_C])
    api.models.live.clear()
    answer = api.rank(PRICED)
    assert (order(answer), answer["reason"]) == ("AB", "no_model")


def test_what_the_catalogue_says_counts_on_a_page_that_is_off(api: "Api") -> None:
    items = [{"item_id": "A", "item_brand": "Acme", "in_stock": False}, {"item_id": "B", "in_stock": True}]
    api.call("PUT", "/v1/items", {"items": items})
    api.switch(state="off", rules=[{"kind": "hide", "id": "gone", "match": {"in_stock": False}}])
    assert order(api.rank(["A", "B", "Z"])) == "BZ"


def test_the_exposure_names_the_rules_that_changed_the_list(api: "Api", redis_url: str) -> None:
    api.switch(state="on", holdout=0.0, rules=[HIDE_C, {**PIN_A, "id": "c-first", "item_id": "C"}, FIRST])
    api.rank(PRICED)
    (exposure,) = streamed(redis_url, "x")
    assert exposure["rules"] == ["no-c", "acme"]
    items = exposure["items"]
    assert dict(zip(items["item_id"], items["index"], strict=True)) == {"A": 0, "B": 1, "C": None}


def test_what_a_page_in_shadow_would_have_shown_obeys_its_rules(api: "Api", redis_url: str) -> None:
    api.switch(state="shadow", rules=[HIDE_C])
    assert order(api.rank(PRICED)) == "AB"
    (exposure,) = streamed(redis_url, "x")
    assert (exposure["shadow"], exposure["moved"]) == ([1, 0], 1.0)


def test_rules_are_inherited_beside_the_switch(api: "Api") -> None:
    api.switch("default", state="off", rules=[HIDE_C])
    api.switch("category/shoes", state="on", holdout=0.0)
    assert order(api.rank(PRICED)) == "BA"
    assert api.call("PATCH", "/v1/pages/category/shoes/boots", {"rules": []}).status_code == 200
    boots = api.call("GET", "/v1/pages/category/shoes/boots").json
    assert (boots["source"], boots["rules_source"]) == ("category/shoes", "category/shoes/boots")
    assert order(api.rank(PRICED, page="category/shoes/boots")) == "BCA"


def test_a_page_with_rules_of_its_own_stays_in_the_test_of_its_parent(api: "Api") -> None:
    api.switch("category", state="test", holdout=0.0)
    before = api.call("GET", "/v1/pages/category/shoes").json
    api.call("PATCH", "/v1/pages/category/shoes", {"rules": [HIDE_C]})
    after = api.call("GET", "/v1/pages/category/shoes").json
    assert {name: after[name] for name in ("experiment", "window", "source", "state")} == {
        name: before[name] for name in ("experiment", "window", "source", "state")
    }


def test_a_draft_is_read_by_nobody_until_it_is_published(api: "Api") -> None:
    assert api.call("GET", "/v1/drafts/default").json == {"page": "default", "rules": None}
    assert drafted(api, [HIDE_C]).json["rules"][0]["id"] == "no-c"
    assert order(api.rank(PRICED)) == "BCA"
    published = api.call("POST", "/v1/rules/publish", {"page": "default"})
    assert (published.status_code, published.json["rules"]) == (200, 1)
    assert order(api.rank(PRICED)) == "BA"
    assert api.call("GET", "/v1/drafts/default").json["rules"] is None
    assert api.call("POST", "/v1/rules/publish", {"page": "default"}).status_code == 404


def test_the_last_publication_is_undone_and_nothing_else(api: "Api") -> None:
    for rules in ([HIDE_C], [PIN_A]):
        drafted(api, rules)
        api.call("POST", "/v1/rules/publish", {"page": "default"})
    api.call("PATCH", "/v1/pages/default", {"holdout": 0.1})
    assert api.call("POST", "/v1/rules/undo", {"page": "default"}).status_code == 200
    assert [rule["id"] for rule in own(api)["rules"]] == ["no-c"]
    assert own(api)["holdout"] == 0.1
    assert api.call("POST", "/v1/rules/undo", {"page": "home"}).status_code == 404


def test_two_merchants_cannot_overwrite_a_draft_unseen(api: "Api") -> None:
    seen = api.call("GET", "/v1/drafts/home").headers["ETag"]
    assert drafted(api, [HIDE_C], "home", seen).status_code == 200
    assert drafted(api, [PIN_A], "home", seen).status_code == 412
    response = api.call("POST", "/v1/rules/publish", {"page": "home"}, headers={"If-Match": seen})
    assert response.status_code == 412
    assert api.call("GET", "/v1/drafts/home").json["rules"][0]["id"] == "no-c"


def test_every_change_is_told_with_who_and_taken_back(api: "Api") -> None:
    api.switch(state="test", holdout=0.0)
    began = api.call("GET", "/v1/pages/default").json["experiment"]
    api.clock.now += 60
    api.switch(state="off")
    changes = api.call("GET", "/v1/changes?page=default").json["changes"]
    newest = changes[0]
    assert (newest["page"], newest["before"]["state"], newest["after"]["state"]) == ("default", "test", "off")
    assert newest["actor"].startswith("key sk_…")
    reverted = api.call("POST", f"/v1/changes/{newest['change_id']}/revert")
    assert (reverted.json["state"], reverted.json["experiment"]) == ("test", began)
    assert reverted.json["window"] == NOON + 60
    again = api.call("POST", f"/v1/changes/{newest['change_id']}/revert")
    assert (again.status_code, again.json["type"]) == (409, "/docs#changed_since")
    assert api.call("POST", "/v1/changes/0000/revert").status_code == 404


def test_hashes_of_keys_are_not_told(make_api: Callable[..., "Api"]) -> None:
    (made,) = make_api().call("GET", "/v1/changes").json["changes"]
    assert (made["name"], made["before"], made["after"]) == ("shop", None, None)


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ({"kind": "hide", "id": "x"}, "rules[0].match"),
        ({"kind": "hide", "id": "x", "match": {}}, "rules[0].match"),
        ({"kind": "explode", "id": "x"}, "rules[0]"),
        ({**PIN_A, "index": -1}, "rules[0].index"),
        ({**PIN_A, "index": 500}, "rules[0].index"),
        ({**PIN_A, "id": "no spaces"}, "rules[0].id"),
        ({**FIRST, "factor": 11.0}, "rules[0].factor"),
        ({**FIRST, "factor": 0.5}, "rules[0].factor"),
        ({**FIRST, "match": {"attributes": {"colour": ["red"]}}}, "rules[0].match.attributes.colour"),
        ({"kind": "diversity", "id": "x", "attribute": "colour", "at_most": 1}, "rules[0].attribute"),
        ({**FIRST, "match": {"price": {"at_least": 9.0, "at_most": 1.0}}}, "rules[0].match.price"),
        ({**HIDE_C, "schedule": {"from": 2.0, "until": 1.0}}, "rules[0].schedule"),
        ({**HIDE_C, "when": {"pages": ["../etc"]}}, None),
        ({**HIDE_C, "when": {"pages": ["a//b"]}}, "rules[0].when.pages[0]"),
    ],
)
def test_a_wrong_rule_is_refused_at_its_field(api: "Api", rule: dict[str, Any], path: str | None) -> None:
    api.switch(state="on", rules=[HIDE_C])
    response = api.call("PATCH", "/v1/pages/default", {"rules": [rule]})
    if path is None:  # a path like any other: it is compared, never opened
        assert response.status_code == 200
        return
    assert response.status_code == 400
    assert [error["path"] for error in response.json["errors"]] == [path], response.text
    assert [kept["id"] for kept in own(api)["rules"]] == ["no-c"]
    assert drafted(api, [rule]).status_code == 400


def test_a_hundred_rules_are_enough(api: "Api") -> None:
    rules = [{**HIDE_C, "id": f"r{n}"} for n in range(101)]
    assert api.call("PATCH", "/v1/pages/default", {"rules": rules[:100]}).status_code == 200
    response = api.call("PATCH", "/v1/pages/default", {"rules": rules})
    assert (response.status_code, response.json["errors"][0]["path"]) == (400, "rules")
    twice = api.call("PATCH", "/v1/pages/default", {"rules": [HIDE_C, HIDE_C]})
    assert (twice.status_code, twice.json["errors"][0]["path"]) == (400, "rules")


def test_markup_in_a_name_is_kept_as_text(api: "Api") -> None:
    name = "<script>alert(1)</script>"
    api.switch(state="on", rules=[{**HIDE_C, "name": name}])
    assert own(api)["rules"][0]["name"] == name
    assert (
        api.call("PATCH", "/v1/pages/default", {"rules": [{**HIDE_C, "name": "x" * 201}]}).status_code == 400
    )


def test_each_rule_says_how_often_it_changed_a_list_and_why_it_did_not(api: "Api") -> None:
    rules = [
        HIDE_C,
        {**PIN_A, "id": "c-first", "item_id": "C"},
        {**HIDE_C, "id": "no-z", "match": {"item_ids": ["Z"]}},
        {**PIN_A, "id": "b-last", "item_id": "B", "index": 1, "soft": True},
        {**HIDE_C, "id": "past", "schedule": {"until": NOON}},
        {**HIDE_C, "id": "later", "schedule": {"from": NOON + 60}},
        {**HIDE_C, "id": "phones", "when": {"devices": ["mobile"]}},
    ]
    api.switch(state="on", holdout=0.0, rules=rules)
    for page in ("home", "category/shoes", "cart"):
        api.rank(PRICED, page=page)
    api.deps.tally.flush()
    told = api.call("GET", "/v1/rules/home").json
    assert told["source"] == "default"
    assert [
        (r["rule"]["id"], r["lists"], r["changed"], r["no_effect_because"], r["by"]) for r in told["rules"]
    ] == [
        ("no-c", 3, 3, None, None),
        ("c-first", 3, 0, "overridden", "no-c"),
        ("no-z", 3, 0, "matches_nothing", None),
        ("b-last", 3, 0, "same", None),
        ("past", 0, 0, "expired", None),
        ("later", 0, 0, "outside_schedule", None),
        ("phones", 0, 0, "no_list", None),
    ]
    api.clock.now += 26 * 3600
    assert api.call("GET", "/v1/rules/home").json["rules"][0]["lists"] == 0
