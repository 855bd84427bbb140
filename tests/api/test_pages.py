"""/v1/pages: the switch, inheritance, and two merchants at once."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson
import pytest
import redis
from pydantic import TypeAdapter

from service.api.pages import PageAnswer, PagesAnswer
from service.app import create_app
from service.directory import Directory

if TYPE_CHECKING:
    from tests.api.conftest import Answer, Api

ON = {"state": "on", "holdout": 0.05}
NOON = 1_795_348_800.0
OFF = {"state": "off", "holdout": 0.05}


@pytest.fixture
def fresh(make_api: Callable[..., "Api"]) -> "Api":
    """A shop that nobody has switched anything on in."""
    made = make_api()
    made.publish()
    return made


def get(api: "Api", page: str) -> dict[str, Any]:
    return dict(api.call("GET", f"/v1/pages/{page}").json)


def change(api: "Api", method: str, page: str, body: Any = None, *, if_match: str | None = None) -> "Answer":
    headers = {} if if_match is None else {"If-Match": if_match}
    return api.call(method, f"/v1/pages/{page}", body, headers=headers)


def test_a_new_shop_is_off_everywhere(fresh: "Api") -> None:
    answer = get(fresh, "category/shoes")
    assert answer == {
        "page": "category/shoes",
        "state": "off",
        "holdout": 0.05,
        "traffic": 0.5,
        "exploration": 0.02,
        "schedule": None,
        "objective": "balanced",
        "source": None,
        "rules_source": None,
        "rules": 0,
        "experiment": None,
        "window": None,
        "own": None,
        "why_not_active": "off_by_merchant",
    }
    TypeAdapter(PageAnswer).validate_python(answer)


def test_a_page_inherits_from_its_nearest_ancestor_then_from_default(fresh: "Api") -> None:
    fresh.switch("default", state="on", holdout=0.1)
    fresh.switch("category", state="off")
    fresh.switch("category/shoes", state="on", holdout=0.0)
    found = {
        page: get(fresh, page) for page in ("home", "category/hats", "category/shoes/boots", "categoryx")
    }
    assert {page: (a["state"], a["holdout"], a["source"]) for page, a in found.items()} == {
        "home": ("on", 0.1, "default"),
        "category/hats": ("off", 0.05, "category"),
        "category/shoes/boots": ("on", 0.0, "category/shoes"),
        "categoryx": ("on", 0.1, "default"),
    }
    assert fresh.rank(["A"], page="category/hats")["reason"] == "off_by_merchant"
    assert fresh.rank(["A"], page="category/shoes/boots")["reason"] is None


def test_pages_with_settings_are_listed(fresh: "Api") -> None:
    fresh.switch("home", state="on")
    answer = fresh.call("GET", "/v1/pages").json
    assert [(page["page"], page["own"]) for page in answer["pages"]] == [("home", ON)]
    assert (answer["otherwise"]["page"], answer["otherwise"]["state"]) == ("default", "off")
    TypeAdapter(PagesAnswer).validate_python(answer)


def test_a_change_says_within_how_long_it_holds_everywhere(fresh: "Api") -> None:
    answer = change(fresh, "PUT", "home", {"state": "on"}).json
    assert (answer["own"], answer["source"], answer["effective_within_seconds"]) == (ON, "home", 2)


def test_a_patch_starts_from_what_holds(fresh: "Api") -> None:
    fresh.switch("default", state="on", holdout=0.2)
    assert change(fresh, "PATCH", "home", {"state": "off"}).json["own"] == {"state": "off", "holdout": 0.2}
    assert change(fresh, "PATCH", "home", {"holdout": 0.0}).json["own"] == {"state": "off", "holdout": 0.0}


def test_a_page_without_settings_again_inherits(fresh: "Api") -> None:
    fresh.switch("default", state="on")
    fresh.switch("home", state="off")
    answer = change(fresh, "DELETE", "home").json
    assert (answer["own"], answer["state"], answer["source"]) == (None, "on", "default")
    assert change(fresh, "DELETE", "home").status_code == 404


def test_two_merchants_cannot_overwrite_each_other_unseen(fresh: "Api") -> None:
    seen = fresh.call("GET", "/v1/pages/home").headers["ETag"]
    first = change(fresh, "PUT", "home", {"state": "on"}, if_match=seen)
    assert first.status_code == 200
    second = change(fresh, "PUT", "home", {"state": "off"}, if_match=seen)
    assert (second.status_code, second.json["type"]) == (412, "/docs#changed_meanwhile")
    assert get(fresh, "home")["own"] == ON
    assert fresh.call("GET", "/v1/pages/home").headers["ETag"] == first.headers["ETag"] != seen
    assert change(fresh, "DELETE", "home", if_match=seen).status_code == 412
    assert (
        change(fresh, "PATCH", "home", {"state": "off"}, if_match=f'"x", {first.headers["ETag"]}').status_code
        == 200
    )
    assert change(fresh, "PUT", "home", {"state": "on"}, if_match="*").status_code == 200


def test_without_if_match_the_last_change_stands(fresh: "Api") -> None:
    fresh.switch("home", state="on")
    fresh.switch("home", state="off")
    assert get(fresh, "home")["own"] == OFF


def test_every_change_is_recorded_with_before_and_after(fresh: "Api", redis_url: str) -> None:
    fresh.switch("home", state="on")
    fresh.switch("home", state="on")
    change(fresh, "DELETE", "home")
    with redis.Redis.from_url(redis_url) as client:
        entries = client.xrange("balad:{acme:0}:stream")
    facts = [orjson.loads(fields[b"b"]) for _, fields in entries if fields[b"k"] == b"s"]
    made, on, deleted = facts
    assert (made["name"], made["actor"], made["before"]) == ("shop", "command line", None)
    assert (on["name"], on["before"], orjson.loads(on["after"])) == (
        "page/home",
        None,
        ON | {"window": NOON},
    )
    assert (deleted["before"], deleted["after"]) == (on["after"], None)
    assert on["actor"].startswith("key sk_…")
    assert fresh.shop.secret_key not in orjson.dumps(facts).decode()


def test_another_process_follows_at_its_next_refresh(fresh: "Api") -> None:
    directory = Directory(fresh.deps.shop_settings, fresh.clock)
    directory.refresh()
    other = replace(fresh, client=create_app(replace(fresh.deps, directory=directory)).test_client())
    fresh.switch("default", state="on", holdout=0.0)
    assert other.rank(["A"])["reason"] == "off_by_merchant"
    directory.refresh()
    assert other.rank(["A"])["reason"] is None


def test_what_a_later_version_wrote_is_off_here(fresh: "Api") -> None:
    fresh.switch("default", state="on", holdout=0.0)
    later = b'{"state":"canary","traffic":0.5,"holdout":0.05}'
    fresh.deps.shop_settings.restore("acme", "page/home", later)
    fresh.deps.directory.refresh()
    assert fresh.rank(["A"], page="home")["reason"] == "off_by_merchant"
    assert fresh.rank(["A"], page="cart")["reason"] is None


def test_the_kill_switch_is_why_a_page_is_not_active(make_api: Callable[..., "Api"]) -> None:
    api = make_api(kill_switch=True)
    api.switch("home", state="on")
    assert get(api, "home")["why_not_active"] == "kill_switch"
