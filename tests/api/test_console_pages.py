"""The console's screens of pages: the switch, rules, previews and texts, as forms and over the real application."""

import re
from typing import TYPE_CHECKING, Any

import pytest

from service.people import Role
from tests.api.console import Person, person

if TYPE_CHECKING:
    from tests.api.conftest import Api

TAG = re.compile(r'name="tag" value="([^"]+)"')
TEST: dict[str, Any] = {
    "state": "test",
    "traffic": "40",
    "holdout": "5",
    "objective": "balanced",
    "time_zone": "UTC",
}


@pytest.fixture
def paul(api: "Api") -> Person:
    return person(api, Role.MERCHANDISER, "Paul")


def found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    assert match is not None
    return match[1]


def switch(somebody: Person, page: str, **fields: Any) -> Any:
    tag = fields.pop("tag", None) or found(TAG, somebody.get(f"/page/{page}").text)
    return somebody.send(f"/switch/{page}", **{**TEST, "tag": tag, **fields})


def own(api: "Api", page: str) -> Any:
    return api.call("GET", f"/v1/pages/{page}").json["own"]


def test_a_page_goes_through_its_states(api: "Api", paul: Person) -> None:
    for state in ("off", "shadow", "test"):
        assert switch(paul, "home", state=state).status_code == 303
        assert own(api, "home")["state"] == state
    assert own(api, "home")["traffic"] == 0.4
    assert switch(paul, "home", state="on").status_code == 303
    assert own(api, "home")["state"] == "on"


def test_who_turns_on_what_was_off_is_offered_a_test_first(api: "Api", paul: Person) -> None:
    switch(paul, "home", state="off")
    offered = switch(paul, "home", state="on")
    assert "Test first?" in offered.text
    assert own(api, "home")["state"] == "off"
    assert switch(paul, "home", state="on", untested="yes").status_code == 303
    assert own(api, "home")["state"] == "on"


def test_a_schedule_is_of_its_own_time_zone(api: "Api", paul: Person) -> None:
    fields = {"since": "2026-12-01T09:00", "days": ["mon", "fri"], "hours": "09:00-12:30, 14h00-18h00"}
    assert switch(paul, "home", **fields, time_zone="Europe/Paris").status_code == 303
    assert own(api, "home")["schedule"] == {
        "from": 1_796_112_000.0,
        "days": ["mon", "fri"],
        "hours": [{"from": "09:00", "until": "12:30"}, {"from": "14:00", "until": "18:00"}],
        "time_zone": "Europe/Paris",
    }
    assert 'value="2026-12-01T09:00"' in paul.get("/page/home").text


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
        ({"traffic": "170"}, "traffic", "between 0 and 100 percent"),
        ({"traffic": "half"}, "traffic", "percentage"),
        ({"holdout": "21"}, "holdout", "between 0 and 20 percent"),
        ({"since": "2026-12-02T00:00", "until": "2026-12-01T00:00"}, "until", "after the start"),
        ({"since": "soon"}, "since", "a date and a time"),
        ({"hours": "09:00-12:00, 11:00-13:00"}, "hours", "overlap"),
        ({"hours": "in the morning"}, "hours", "Write hours such as"),
        ({"hours": "25:00-26:00"}, "hours", "characters"),
        ({"time_zone": "Mars/Olympus", "days": ["mon"]}, "time_zone", "no such time zone"),
        ({"state": "maybe"}, "state", "Choose one"),
        ({"objective": "margin"}, "objective", "Choose one"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_the_old_settings_stay(
    api: "Api", paul: Person, fields: dict[str, Any], field: str, says: str
) -> None:
    switch(paul, "home")
    before = own(api, "home")
    answer = switch(paul, "home", **{**TEST, **fields})
    assert answer.status_code == 400
    assert f'href="#{field}"' in answer.text
    assert says in answer.text
    assert own(api, "home") == before


def test_the_second_of_two_is_told_sees_both_versions_and_overwrites_nothing(
    api: "Api", paul: Person
) -> None:
    switch(paul, "home")
    seen = found(TAG, paul.get("/page/home").text)
    switch(person(api, Role.MERCHANDISER, "Marie"), "home", traffic="60")
    answer = switch(paul, "home", traffic="30", tag=seen)
    assert answer.status_code == 409
    assert "Somebody else has changed this page meanwhile" in answer.text
    assert "<td>30</td><td>60</td>" in answer.text
    assert own(api, "home")["traffic"] == 0.6
    assert switch(paul, "home", traffic="30", tag=found(TAG, answer.text)).status_code == 303
    assert own(api, "home")["traffic"] == 0.3


def test_a_page_inherits_again(api: "Api", paul: Person) -> None:
    switch(paul, "home")
    paul.send("/inherit/home", tag="stale")
    assert own(api, "home") is not None
    paul.send("/inherit/home", tag=found(TAG, paul.get("/page/home").text))
    assert own(api, "home") is None


@pytest.mark.parametrize("path", ["a/../b", "a//b", "%00", "x" * 257])
def test_a_page_that_cannot_be_is_not_found_and_told_at_the_field(paul: Person, path: str) -> None:
    assert paul.get(f"/page/{path}").status_code in {301, 308, 404}
    answer = paul.get(f"/pages/go?page={path}")
    assert (answer.status_code, 'href="#page"' in answer.text or 'id="page-error"' in answer.text) == (
        400,
        True,
    )


def test_any_page_is_gone_to(paul: Person) -> None:
    assert paul.get("/pages/go?page=category/new").headers["Location"] == "/console/page/category/new"


def test_overview_and_pages_are_shown_before_there_is_anything(paul: Person) -> None:
    assert "not enough data" in paul.get("/overview").text
    assert "default" in paul.get("/pages").text
    assert "not enough data" in paul.get("/pages/figures/home").text


def test_the_text_for_shoppers_is_shown_in_both_languages(paul: Person) -> None:
    text = paul.get("/ordering/home").text
    assert "an order of your own" in text
    assert "un ordre qui vous est propre" in text


def test_a_change_is_taken_back_from_the_pages_own_history(api: "Api", paul: Person) -> None:
    switch(paul, "home", traffic="40")
    switch(paul, "home", traffic="60")
    text = paul.get("/history/home").text
    assert "40.0% → 60.0%" in text
    change = re.search(r"/history-revert/(\w+)", text)
    assert change is not None
    paul.send(f"/history-revert/{change[1]}", page="home")
    assert own(api, "home")["traffic"] == 0.4


def test_a_viewer_looks_and_has_nothing_to_press(api: "Api") -> None:
    vera = person(api, Role.VIEWER)
    text = vera.get("/page/home").text
    assert "Your role may look, not change." in text
    assert ">Save<" not in text
    assert "Add a rule" not in vera.get("/rules/home").text
