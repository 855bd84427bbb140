"""The console's screens of rules: drafts, what is wrong at its field, previews of both orders."""

import html
import re
from typing import TYPE_CHECKING, Any

import pytest

from service.people import Role
from tests.api.console import Person, person
from tests.api.test_console_pages import found, own
from tests.api.test_insights import archived

if TYPE_CHECKING:
    from tests.api.conftest import Api

DRAFT = re.compile(r'name="draft" value="([^"]+)"')
RULE_ID = re.compile(r'name="id" value="([^"]+)"')
SCRIPT = "<script>alert(1)</script>"
HIDE = {"kind": "hide", "name": "Sold out", "stock": "no"}


@pytest.fixture
def paul(api: "Api") -> Person:
    return person(api, Role.MERCHANDISER, "Paul")


def draft(somebody: Person, page: str, **fields: Any) -> Any:
    form = somebody.get(f"/rule/{page}").text
    return somebody.send(f"/rule/{page}", draft=found(DRAFT, form), **fields)


def test_a_rule_is_drafted_previewed_published_and_undone(api: "Api", paul: Person) -> None:
    assert draft(paul, "home", **HIDE).status_code == 303
    assert own(api, "home") is None
    text = paul.get("/rules/home").text
    assert "Sold out" in text
    paul.send("/draft-publish/home", draft=found(DRAFT, text))
    (rule,) = own(api, "home")["rules"]
    assert (rule["kind"], rule["match"]) == ("hide", {"in_stock": False})
    assert [
        i["item_id"] for i in api.rank(["A", {"item_id": "B", "in_stock": False}], page="home")["items"]
    ] == ["A"]
    draft(paul, "home", kind="pin", name="Star", item_id="B7", index="1")
    paul.send("/draft-publish/home", draft=found(DRAFT, paul.get("/rules/home").text))
    assert [r["kind"] for r in own(api, "home")["rules"]] == ["hide", "pin"]
    paul.send("/rules-undo/home")
    assert [r["kind"] for r in own(api, "home")["rules"]] == ["hide"]


def test_a_rule_of_the_draft_is_edited_and_removed(paul: Person) -> None:
    draft(paul, "home", **HIDE)
    text = paul.get("/rules/home").text
    rule = re.search(r"/rule/home\?id=(\w+)", text)
    assert rule is not None
    form = paul.get(f"/rule/home?id={rule[1]}").text
    assert found(RULE_ID, form) == rule[1]
    changed = {**HIDE, "id": rule[1], "name": "Other name", "draft": found(DRAFT, form)}
    paul.send("/rule/home", **changed)
    text = paul.get("/rules/home").text
    assert "Other name" in text
    assert "Sold out" not in text
    paul.send("/rule-remove/home", id=rule[1], draft=found(DRAFT, text))
    assert "Other name" not in paul.get("/rules/home").text


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "hide"}, "items"),
        ({"kind": "pin", "index": "1"}, "item_id"),
        ({"kind": "pin", "item_id": "A", "index": "0"}, "index"),
        ({"kind": "pin", "item_id": "A", "index": "first"}, "index"),
        ({"kind": "boost", "stock": "yes", "factor": "0.5"}, "factor"),
        ({"kind": "boost", "stock": "yes", "factor": "much"}, "factor"),
        ({"kind": "hide", "match_attribute": "mood", "values": "sad"}, "match_attribute"),
        ({"kind": "hide", "match_attribute": "brand"}, "values"),
        ({"kind": "diversity", "attribute": "mood", "at_most": "2"}, "attribute"),
        ({"kind": "hide", "price_from": "9", "price_to": "1"}, "price_from"),
        ({"kind": "hide", "stock": "no", "pages": "a//b"}, "pages"),
        ({"kind": "hide", "stock": "no", "since": "2026-12-02T00:00", "until": "2026-12-01T00:00"}, "until"),
        ({"kind": "hide", "stock": "no", "name": "x" * 201}, "name"),
        ({"kind": "dance"}, "kind"),
    ],
)
def test_what_is_wrong_with_a_rule_stands_at_its_field(
    paul: Person, fields: dict[str, str], field: str
) -> None:
    answer = draft(paul, "home", **fields)
    assert (answer.status_code, f'href="#{field}"' in answer.text) == (400, True)
    assert "There is none. A rule that you add" in paul.get("/rules/home").text


def test_a_hundred_and_first_rule_is_refused(api: "Api", paul: Person) -> None:
    rules = [{"id": f"r{n}", "kind": "pin", "item_id": f"i{n}", "index": n} for n in range(100)]
    api.call("PUT", "/v1/drafts/home", {"rules": rules})
    answer = draft(paul, "home", **HIDE)
    assert (answer.status_code, "at most 100 rules" in answer.text) == (400, True)
    assert len(api.call("GET", "/v1/drafts/home").json["rules"]) == 100


def test_two_people_at_one_draft_overwrite_nothing(api: "Api", paul: Person) -> None:
    seen = found(DRAFT, paul.get("/rule/home").text)
    draft(person(api, Role.MERCHANDISER, "Marie"), "home", **{**HIDE, "name": "Of Marie"})
    answer = paul.send("/rule/home", **HIDE, draft=seen)
    assert (answer.status_code, "Somebody else has changed this meanwhile" in answer.text) == (409, True)
    assert [r["name"] for r in api.call("GET", "/v1/drafts/home").json["rules"]] == ["Of Marie"]


def test_names_are_text_and_never_markup(api: "Api", paul: Person) -> None:
    long = SCRIPT * 400
    api.call("PUT", "/v1/items", {"items": [{"item_id": "A", "item_name": SCRIPT}]})
    refused = api.call("PUT", "/v1/items", {"items": [{"item_id": "B", "item_name": long}]}).json
    draft(paul, "home", **{**HIDE, "name": SCRIPT})
    for path in ("/rules/home", "/pages/go?page=" + SCRIPT, "/preview/home?q=" + SCRIPT, "/history/home"):
        text = paul.get(path).text
        assert SCRIPT not in text, path
    assert html.escape(SCRIPT) in paul.get("/rules/home").text
    assert refused["rejected"][0]["path"] == "item_name"


SHOWN = [{"item_id": "A", "price": 5.0}, {"item_id": "B", "price": 9.0}, {"item_id": "C", "price": 7.0}]


@pytest.fixture
def seen(api: "Api") -> None:
    """A listing of the page home, in the log; the model puts the dearest first."""
    items = [
        {**item, "item_name": f"Item {item['item_id']}", "in_stock": item["item_id"] != "C"} for item in SHOWN
    ]
    api.call("PUT", "/v1/items", {"items": items})
    api.rank(SHOWN, page="home")
    archived(api)


@pytest.mark.usefixtures("seen")
def test_a_preview_shows_both_orders_and_who_moved(api: "Api", paul: Person) -> None:
    text = paul.get("/preview/home").text
    assert re.findall(r"Item (\w)</span><span class=\"note", text) == ["A", "B", "C", "B", "C", "A"]
    assert re.findall(r"[↑↓]\d", text) == ["↑1", "↑1", "↓2"]
    api.deps.tally.flush()
    assert api.deps.tally.last_day("acme") == {}


@pytest.mark.usefixtures("seen")
def test_a_preview_has_the_rules_that_one_asks_for(paul: Person) -> None:
    draft(paul, "home", **HIDE)
    assert "Hidden by rules:" in paul.get("/preview/home?rules=draft").text
    assert "Hidden by rules:" in paul.get("/preview/home").text
    for which in ("page", "none"):
        assert "Hidden by rules:" not in paul.get(f"/preview/home?rules={which}").text


@pytest.mark.usefixtures("seen")
def test_a_preview_is_of_a_session_that_one_composes(paul: Person) -> None:
    text = paul.get("/preview/home?viewed=A&viewed=B").text
    assert "has just viewed, the newest last:" in text
    assert text.count('class="viewed"') == 4
    assert "+ <span" in paul.get("/preview/home?q=item c").text
    assert "No item has that" in paul.get("/preview/home?q=item d").text


@pytest.mark.usefixtures("seen")
def test_pages_that_were_seen_stand_in_the_tree(paul: Person) -> None:
    text = paul.get("/pages").text
    assert "/console/page/home" in text
    assert "/console/pages/figures/default" in text
