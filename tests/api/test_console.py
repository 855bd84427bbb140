"""The console's screens over the real application: what forms do, what is shown, and what never is."""

import re
from typing import TYPE_CHECKING

import pytest

from service.console.routes import ROUTES
from service.people import Role, people_of
from service.shops import Shop
from tests.api.console import PASSWORD, browser, person
from tests.api.forms import form_of
from tests.api.test_models import FIRST, SECOND, bundle

if TYPE_CHECKING:
    from service.console.route import Route
    from tests.api.conftest import Api

SCRIPT = "<script>alert(1)</script>"
SHOWN_ONCE = re.compile(r'id="secret" value="([^"]+)"')
SCREENS = [route for route in ROUTES if route.method == "GET" and route.role is not None]


def shop(api: "Api") -> Shop:
    return Shop.of(api.deps.shop_settings.read("acme").values["shop"])


def published(api: "Api", *versions: str) -> None:
    for version in versions:
        api.deps.shelf.write(bundle(version, 1.0))


def address(route: "Route") -> str:
    return re.sub(r"<(?:\w+:)?\w+>", "home", route.path)


def test_stopping_everything_stops_it_and_starting_again_undoes_it(api: "Api") -> None:
    paul = person(api, Role.MERCHANDISER)
    assert api.rank(["A", "B"])["personalized"]
    assert "Everything is stopped." not in paul.get("/audit").text
    paul.send("/stop", to="/console/audit")
    api.deps.directory.refresh()
    assert api.rank(["A", "B"])["reason"] == "kill_switch"
    assert "Everything is stopped." in paul.get("/audit").text
    paul.send("/start")
    api.deps.directory.refresh()
    assert api.rank(["A", "B"])["personalized"]


def test_a_key_is_rotated_without_a_gap(api: "Api") -> None:
    marie = person(api)
    old = shop(api).keys[1]
    shown = SHOWN_ONCE.search(marie.send("/settings/keys/sk").text)
    assert shown is not None
    api.deps.directory.refresh()
    assert api.call("GET", "/v1/pages", key=shown[1]).status_code == 200
    assert api.call("GET", "/v1/pages").status_code == 200
    marie.send("/settings/revoke", key=old.mark)
    api.deps.directory.refresh()
    assert api.call("GET", "/v1/pages", key=shown[1]).status_code == 200
    assert api.call("GET", "/v1/pages").status_code == 401
    assert shown[1] not in marie.get("/settings").text + marie.get("/audit").text


def test_the_last_key_of_a_kind_stays(api: "Api") -> None:
    marie = person(api)
    for key in shop(api).keys:
        marie.send("/settings/revoke", key=key.mark)
    assert len(shop(api).keys) == 2
    assert marie.send("/settings/keys/nonsense").status_code == 303
    assert len(shop(api).keys) == 2


def test_the_second_of_two_admins_is_told_and_overwrites_nothing(api: "Api") -> None:
    marie = person(api)
    marie.send("/settings/origins", origins="https://one.example", seen="")
    marie.send("/settings/origins", origins="https://two.example", seen="")
    assert shop(api).origins == ("https://one.example",)
    assert "Somebody else changed the origins meanwhile" in marie.get("/settings").text


@pytest.mark.parametrize(
    ("names", "kinds", "says"),
    [
        (["size", "size"], ["multi", "multi"], "declared once"),
        (["a", "b", "c", "d"], ["multi"] * 4, "Six places"),
        (["a"], ["nonsense"], "no such kind"),
        (["a:b"], ["numeric"], "without a colon"),
        (["x" * 65], ["numeric"], "64 printable"),
    ],
)
def test_a_wrong_declaration_is_told_at_the_field_and_changes_nothing(
    api: "Api", names: list[str], kinds: list[str], says: str
) -> None:
    marie, before = person(api), shop(api)
    answer = marie.send("/settings/attributes", name=names, kind=kinds)
    assert (answer.status_code, says in answer.text, 'href="#attributes"' in answer.text) == (400, True, True)
    assert shop(api) == before


def test_the_second_of_two_merchants_at_one_page_is_told_and_overwrites_nothing(api: "Api") -> None:
    api.switch("home", state="off")
    marie, paul = person(api, Role.MERCHANDISER, "Marie"), person(api, Role.MERCHANDISER, "Paul")
    seen_by = [form_of(who.get("/page/home").text, "/console/switch/home") for who in (marie, paul)]
    first = marie.client.post("/console/switch/home", data=seen_by[0].with_(state="shadow"))
    assert first.status_code == 303
    stands = api.deps.shop_settings.read("acme")
    second = paul.client.post("/console/switch/home", data=seen_by[1].with_(state="test", traffic="30"))
    assert second.status_code == 409
    assert 'role="alert"' in second.text or 'role="status"' in second.text
    assert api.deps.shop_settings.read("acme") == stands
    assert form_of(second.text, "/console/switch/home").fields["state"] == ["test"]  # what Paul said is kept
    again = form_of(second.text, "/console/switch/home")
    assert paul.client.post("/console/switch/home", data=again.fields).status_code == 303
    assert api.call("GET", "/v1/pages/home").json["state"] == "test"


def test_attributes_are_declared(api: "Api") -> None:
    seen = [f"{one.name}:{one.kind}" for one in shop(api).attributes]
    person(api).send("/settings/attributes", name=["size", ""], kind=["multi", "numeric"], seen=seen)
    assert [(one.name, one.kind) for one in shop(api).attributes] == [("size", "multi")]


def test_a_wrong_origin_is_told_at_the_field(api: "Api") -> None:
    answer = person(api).send("/settings/origins", origins="shop.example")
    assert (answer.status_code, 'href="#origins"' in answer.text) == (400, True)
    assert shop(api).origins == ()


def test_a_new_person_gets_a_password_that_opens(api: "Api") -> None:
    marie = person(api)
    shown = SHOWN_ONCE.search(marie.send("/people", name="Paul", role="merchandiser").text)
    assert shown is not None
    assert browser(api, "Paul").log_in(shown[1]).status_code == 303
    again = marie.send("/people", name="pAUL", role="admin")
    assert (again.status_code, 'href="#name"' in again.text) == (400, True)


def test_the_only_admin_cannot_go(api: "Api") -> None:
    marie = person(api, name="marie")
    person(api, Role.VIEWER, "vera")
    for form in ({"do": "remove"}, {"do": "role", "role": "viewer"}):
        marie.send("/people/change", name="marie", **form)
    marie.send("/people/change", name="vera", do="role", role="admin")
    marie.send("/people/change", name="marie", do="remove")
    values = api.deps.shop_settings.read("acme").values
    assert [(one.name, one.role) for one in people_of(values)] == [("vera", Role.ADMIN)]


def test_ones_own_password_is_changed_with_the_old_one(api: "Api") -> None:
    vera = person(api, Role.VIEWER)
    new = "quite another one"
    wrong = [
        {"current": "wrong", "password": new, "again": new},
        {"current": PASSWORD, "password": new, "again": new + "x"},
        {"current": PASSWORD, "password": "short", "again": "short"},
    ]
    assert [vera.send("/account", **form).status_code for form in wrong] == [400] * 3
    elsewhere = browser(api, vera.name)
    elsewhere.log_in()
    assert vera.send("/account", current=PASSWORD, password=new, again=new).status_code == 303
    assert (vera.is_in(), elsewhere.is_in()) == (True, False)
    assert [elsewhere.log_in(one).status_code for one in (PASSWORD, new)] == [401, 303]


def test_a_change_is_told_from_what_to_what_and_taken_back(api: "Api") -> None:
    paul = person(api, Role.MERCHANDISER, "Paul")
    api.switch("home", state="off")
    text = paul.get("/audit?name=page/home").text
    assert "<ins>off</ins>" in text
    change = re.search(r'action="(/console/audit/\w+/revert)"', text)
    assert change is not None
    paul.send(change[1].removeprefix("/console"))
    assert api.call("GET", "/v1/pages/home").json["state"] == "on"
    assert "Paul" in paul.get("/audit?name=page/home").text
    assert "cannot be taken back" in paul.client.get(paul.send("/audit/0000/revert").headers["Location"]).text


def test_no_hash_is_shown(api: "Api") -> None:
    marie = person(api)
    values = api.deps.shop_settings.read("acme").values
    secrets = [key.sha256 for key in shop(api).keys] + [one.password for one in people_of(values)]
    secrets += [one.epoch for one in people_of(values)]
    for route in SCREENS:
        text = marie.get(address(route)).text
        assert not [secret for secret in secrets if secret in text], route.name


def test_a_model_is_promoted_and_rolled_back_on_record(api: "Api") -> None:
    published(api, FIRST, SECOND)
    marie = person(api, name="Marie")
    marie.send(f"/models/{FIRST}/promote")
    marie.send(f"/models/{SECOND}/promote")
    assert api.call("GET", "/v1/models").json["live"] == SECOND
    marie.send("/models/rollback")
    assert api.call("GET", "/v1/models").json["live"] == FIRST
    assert f"<del>{SECOND}</del>" in marie.get("/audit?actor=Marie").text
    api.call("POST", f"/v1/models/{SECOND}/promote", {"share": 0.05})
    assert "<ins>0.05</ins>" in marie.get("/audit?name=canary").text
    assert marie.send("/models/2020-01-01T00-00-00Z-ffff/promote").status_code == 303
    assert "There is no such model." in marie.get("/models").text


def test_a_report_may_do_nothing_but_be_looked_at(api: "Api") -> None:
    published(api, FIRST)
    answer = person(api, Role.VIEWER).get(f"/models/{FIRST}/report")
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "script-src" not in policy
    assert person(api).get("/models/none/report").status_code == 404


def test_data_says_what_is_missing_before_there_is_any(api: "Api") -> None:
    text = person(api, Role.VIEWER).get("/data").text
    assert "None yet. Send some to /v1/events" in text
    assert "0 listings are followed by a click" in text


def test_data_counts_what_came_and_what_was_refused(api: "Api") -> None:
    viewed = {"name": "view_item", "visitor_id": "v", "items": [{"item_id": "A"}]}
    api.send({**viewed, "event_id": "e-1"}, {**viewed, "event_id": "e-2"})
    api.call("POST", "/v1/events", {"events": [{"name": "nonsense", "event_id": "e-3"}]})
    text = person(api, Role.VIEWER).get("/data").text
    assert re.search(r'<code>view_item</code></th><td class="num">2</td>', text)
    codes = api.deps.metrics.rejections("acme")
    assert list(codes.values()) == [1]
    assert re.search(rf'<code>{next(iter(codes))}</code></th><td class="num">1</td>', text)


@pytest.mark.parametrize("route", SCREENS, ids=lambda route: route.name)
def test_no_markup_of_others_is_markup_here(api: "Api", route: "Route") -> None:
    items = [
        {"item_id": SCRIPT, "item_name": SCRIPT * 300, "item_brand": SCRIPT, "item_category": "shoes"},
        {"item_id": "B", "item_name": f'"><img src=x onerror=alert(1)>{SCRIPT}', "price": 9.0},
    ]
    api.call("PUT", "/v1/items", {"items": items})
    rule = {"id": "r-1", "name": SCRIPT, "kind": "pin", "item_id": SCRIPT, "index": 0}
    api.switch("home", state="on", rules=[rule])
    api.call("PUT", "/v1/drafts/home", {"rules": [rule]})
    api.send({"name": "view_item", "event_id": "e", "visitor_id": SCRIPT, "items": [{"item_id": SCRIPT}]})
    marie = person(api, name=SCRIPT)
    answer = marie.get(address(route))
    assert "<script>" not in answer.text
    assert "<img src=x" not in answer.text
    assert "<main" not in answer.text or "&lt;script&gt;" in answer.text  # Marie's own name, at least


@pytest.mark.parametrize("code", ["en", "fr"])
@pytest.mark.parametrize("route", SCREENS, ids=lambda route: route.name)
def test_a_screen_has_a_language_one_heading_and_nothing_inline(
    api: "Api", route: "Route", code: str
) -> None:
    marie = person(api)
    marie.send("/language", language=code, to="/console/audit")
    answer = marie.get(address(route))
    if answer.status_code in {303, 404} or "<html" not in answer.text:
        return  # it leads elsewhere, or is a piece that another screen fetches
    text = answer.text
    assert f'<html lang="{code}">' in text
    assert len(re.findall(r"<h1\b", text)) == 1
    assert not re.findall(r"<style|<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=|javascript:", text)
    assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', text)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_page_that_is_not_there_says_so_in_html(api: "Api") -> None:
    answer = browser(api).get("/nonsense")
    assert (answer.status_code, "<h1>" in answer.text) == (404, True)
    assert api.call("GET", "/nonsense", key=None).headers["Content-Type"] == "application/problem+json"


def test_a_form_larger_than_any_is_refused(api: "Api") -> None:
    assert person(api).send("/people", name="x" * 600_000).status_code == 413
