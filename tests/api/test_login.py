"""Logging in to the console: who gets in, for how long, and what a stolen, old or made-up cookie opens."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import redis
from flask.sessions import SecureCookieSessionInterface

from features.store.protocol import StoreUnavailable
from features.store.settings import MemorySettings, Snapshot
from service.app import create_app
from service.console.routes import ROUTES
from service.console.sessions import IDLE_SECONDS, LONGEST_SECONDS
from service.pages.change import Author
from service.people import Role, change_password, change_role, log_out_everywhere, remove_person
from service.shops import create_shop
from tests.api.console import PASSWORD, browser, hired, person

if TYPE_CHECKING:
    from tests.api.conftest import Api

POSTS = [route for route in ROUTES if route.method == "POST"]


def author(api: "Api") -> Author:
    return Author("acme", "a test", api.clock.now)


def test_whoever_knows_the_password_is_in(api: "Api") -> None:
    marie = hired(api, name="Marie")
    assert not marie.is_in()
    answer = marie.log_in()
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/")
    assert marie.is_in()


def test_a_name_is_written_as_one_likes(api: "Api") -> None:
    hired(api, name="Marie")
    assert browser(api, " mARIE ").log_in().status_code == 303


@pytest.mark.parametrize("name", ["marie", "nobody", "", "x" * 5000, "\x00", "people/marie"])
@pytest.mark.parametrize("password", ["wrong", "", "x" * 5000])
def test_a_wrong_password_and_a_wrong_name_are_told_the_same(api: "Api", name: str, password: str) -> None:
    hired(api, name="marie")
    answer = browser(api, name).log_in(password)
    assert answer.status_code == 401
    assert "Name or password is wrong." in answer.text


def test_a_person_of_one_shop_is_nobody_in_another(api: "Api") -> None:
    create_shop(api.deps.shop_settings, "bolt", now=api.clock.now)
    marie = hired(api, name="marie")
    assert marie.log_in(shop="bolt").status_code == 401
    assert marie.log_in(shop="").status_code == 401
    assert marie.log_in(shop="acme").status_code == 303


def test_the_eleventh_attempt_waits_and_elsewhere_the_password_still_opens(api: "Api") -> None:
    marie = hired(api, name="marie")
    for _ in range(10):
        assert marie.log_in("wrong").status_code == 401
    assert marie.log_in().status_code == 429
    assert marie.log_in(address="10.0.0.7").status_code == 303


def test_many_names_from_one_address_wait_too(api: "Api") -> None:
    statuses = [browser(api, f"somebody {at // 9}").log_in("x" * 300).status_code for at in range(3)]
    assert statuses == [401, 401, 401]  # never counted: no such password can be
    limited = [api.deps.attempts.allow("acme", f"somebody {at}", "10.0.0.7") for at in range(61)]
    assert limited == [True] * 60 + [False]


def test_attempts_are_forgiven_to_who_gets_in(api: "Api") -> None:
    marie = hired(api, name="marie")
    for _ in range(9):
        marie.log_in("wrong")
    assert marie.log_in().status_code == 303
    assert [marie.log_in("wrong").status_code for _ in range(9)] == [401] * 9


def test_a_login_takes_a_new_session_so_that_none_can_be_planted(api: "Api") -> None:
    marie = hired(api, name="marie")
    marie.token()
    planted = marie.cookie()
    marie.log_in()
    thief = browser(api)
    thief.client.set_cookie("balad_console", planted, path="/console/")
    assert marie.is_in()
    assert not thief.is_in()


def test_a_second_login_ends_the_session_before(api: "Api") -> None:
    marie = person(api, name="marie")
    before = marie.cookie()
    marie.log_in()
    thief = browser(api)
    thief.client.set_cookie("balad_console", before, path="/console/")
    assert not thief.is_in()


def test_a_copied_cookie_opens_nothing_after_logging_out(api: "Api") -> None:
    marie = person(api)
    thief = browser(api)
    thief.client.set_cookie("balad_console", marie.cookie(), path="/console/")
    assert thief.is_in()
    marie.send("/logout")
    assert not marie.is_in()
    assert not thief.is_in()


def test_who_was_removed_logged_out_or_given_another_password_is_out_at_once(api: "Api") -> None:
    store = api.deps.shop_settings
    person(api)  # somebody stays
    one, two, three = (person(api, Role.VIEWER, name) for name in ("one", "two", "three"))
    remove_person(store, author(api), "one")
    log_out_everywhere(store, author(api), "two")
    change_password(store, author(api), "three", "another " + PASSWORD)
    assert [who.is_in() for who in (one, two, three)] == [False] * 3
    assert two.log_in().status_code == 303
    assert three.log_in().status_code == 401


def test_somebody_of_the_same_name_later_is_somebody_else(api: "Api") -> None:
    person(api)
    paul = person(api, Role.VIEWER, "paul")
    remove_person(api.deps.shop_settings, author(api), "paul")
    hired(api, Role.ADMIN, "paul")
    assert not paul.is_in()


def test_another_role_counts_from_the_next_click(api: "Api") -> None:
    person(api)
    paul = person(api, Role.MERCHANDISER, "paul")
    assert paul.send("/stop").status_code == 303
    change_role(api.deps.shop_settings, author(api), "paul", Role.VIEWER)
    assert paul.send("/start").status_code == 403


def test_a_cookie_that_somebody_else_signed_opens_nothing(api: "Api") -> None:
    marie = person(api, name="marie")
    app = api.client.application
    signer = SecureCookieSessionInterface()
    with_ours = signer.get_signing_serializer(app)
    app.secret_key, ours = b"guessed", app.secret_key
    with_theirs = signer.get_signing_serializer(app)
    app.secret_key = ours
    assert with_ours is not None
    assert with_theirs is not None
    held = with_ours.loads(marie.cookie())
    for value in (with_theirs.dumps(held), marie.cookie()[:-2], "", "."):
        thief = browser(api)
        thief.client.set_cookie("balad_console", value, path="/console/")
        assert not thief.is_in(), value


def test_a_session_ends_after_half_a_day_of_silence_and_after_a_week(api: "Api", redis_url: str) -> None:
    marie = person(api)
    with redis.Redis.from_url(redis_url) as client:
        (key,) = client.keys("balad:console:session:*")
        client.expire(key, 60)
        assert marie.is_in()
        assert IDLE_SECONDS - 60 < client.ttl(key) <= IDLE_SECONDS
    api.clock.now += LONGEST_SECONDS - 1.0
    assert marie.is_in()
    api.clock.now += 1.0
    assert not marie.is_in()


def test_nothing_in_the_store_opens_a_session(api: "Api", redis_url: str) -> None:
    marie = person(api)
    with redis.Redis.from_url(redis_url) as client:
        (key,) = client.keys("balad:console:session:*")
        kept = key.decode() + repr(client.get(key))
    held = SecureCookieSessionInterface().get_signing_serializer(api.client.application)
    assert held is not None
    assert held.loads(marie.cookie())["id"] not in kept


def test_the_cookie_is_for_the_console_alone_and_no_script_reads_it(api: "Api") -> None:
    plain = browser(api).get("/login").headers["Set-Cookie"]
    assert all(word in plain for word in ("HttpOnly", "SameSite=Lax", "Path=/console/"))
    assert "Secure" not in plain
    secure = api.client.application.test_client().get("/console/login", base_url="https://balad.example")
    assert "Secure" in secure.headers["Set-Cookie"]
    for path in ("/v1/models", "/healthz", "/docs"):
        assert "Set-Cookie" not in api.call("GET", path).headers


@pytest.mark.parametrize("token", [None, "", "wrong", "of another"])
def test_a_form_without_the_token_of_its_session_does_nothing(api: "Api", token: str | None) -> None:
    marie = person(api)
    before = api.deps.shop_settings.read("acme")
    said = browser(api).token() if token == "of another" else token
    fields = {} if said is None else {"csrf_token": said}
    for route in POSTS:
        path = "/console" + re.sub(r"<(?:\w+:)?\w+>", "sk", route.path)
        answer = marie.client.post(path, data={"name": "x", "state": "on", "do": "remove", **fields})
        assert answer.status_code == 400, route.name
    assert api.deps.shop_settings.read("acme") == before
    assert marie.is_in()


@pytest.mark.parametrize(
    "to", ["//evil.example/", "https://evil.example/console/", "/\\evil.example", "/v1/models", "console/"]
)
def test_a_login_leads_nowhere_but_to_the_console(api: "Api", to: str) -> None:
    marie = hired(api)
    data = {"name": marie.name, "password": PASSWORD, "csrf_token": marie.token()}
    answer = marie.client.post("/console/login", query_string={"to": to}, data=data)
    assert answer.headers["Location"] == "/console/"


def test_a_login_leads_back_to_where_one_wanted_to_go(api: "Api") -> None:
    asked = browser(api).get("/audit?actor=marie")
    marie = hired(api)
    data = {"name": marie.name, "password": PASSWORD, "csrf_token": marie.token()}
    assert (
        marie.client.post(asked.headers["Location"], data=data).headers["Location"]
        == "/console/audit?actor=marie"
    )


def test_without_the_store_the_console_says_so(api: "Api") -> None:
    class Away(MemorySettings):
        def read(self, shop: str) -> Snapshot:
            raise StoreUnavailable(f"{shop} is away")

    marie = person(api)
    other = create_app(replace(api.deps, shop_settings=Away())).test_client()
    other.set_cookie("balad_console", marie.cookie(), path="/console/")
    answer = other.get("/console/audit")
    assert (answer.status_code, "The store does not answer" in answer.text) == (503, True)
