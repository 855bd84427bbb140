"""Who may do what: every route of the API and of the console, with every kind of caller.

A route that is not in the table fails the first test, so that nobody adds one without saying who may.
"""

import re
from typing import TYPE_CHECKING

import pytest

from service.api.auth import Access
from service.api.endpoints import ENDPOINTS
from service.console.routes import ROUTES
from service.people import Role
from tests.api.console import Person, person

if TYPE_CHECKING:
    from tests.api.conftest import Api

KEYED = [
    endpoint for endpoint in ENDPOINTS if endpoint.access is not Access.NONE
]  # test_keys.py: with which key
ANYBODY, VIEWER, MERCHANDISER, ADMIN = None, Role.VIEWER, Role.MERCHANDISER, Role.ADMIN

CONSOLE = {
    "GET /": VIEWER,
    "GET /login": ANYBODY,
    "POST /login": ANYBODY,
    "POST /logout": VIEWER,
    "POST /language": ANYBODY,
    "GET /components.css": ANYBODY,
    "POST /stop": MERCHANDISER,
    "POST /start": MERCHANDISER,
    "GET /overview": VIEWER,
    "GET /pages": VIEWER,
    "GET /pages/go": VIEWER,
    "GET /pages/figures/<path:page>": VIEWER,
    "GET /page/<path:page>": VIEWER,
    "POST /switch/<path:page>": MERCHANDISER,
    "POST /inherit/<path:page>": MERCHANDISER,
    "GET /rules/<path:page>": VIEWER,
    "GET /rule/<path:page>": MERCHANDISER,
    "POST /rule/<path:page>": MERCHANDISER,
    "POST /rule-remove/<path:page>": MERCHANDISER,
    "POST /draft-discard/<path:page>": MERCHANDISER,
    "POST /draft-publish/<path:page>": MERCHANDISER,
    "POST /rules-undo/<path:page>": MERCHANDISER,
    "GET /preview/<path:page>": VIEWER,
    "GET /ordering/<path:page>": VIEWER,
    "GET /history/<path:page>": VIEWER,
    "POST /history-revert/<change_id>": MERCHANDISER,
    "GET /data": VIEWER,
    "GET /models": VIEWER,
    "GET /models/<version>/report": VIEWER,
    "POST /models/<version>/promote": ADMIN,
    "POST /models/rollback": ADMIN,
    "POST /models/<version>/try": ADMIN,
    "POST /models/canary/step": ADMIN,
    "POST /models/canary/stop": ADMIN,
    "POST /models/<version>/shadow": ADMIN,
    "POST /models/shadow/stop": ADMIN,
    "GET /settings": ADMIN,
    "POST /settings/keys/<kind>": ADMIN,
    "POST /settings/revoke": ADMIN,
    "POST /settings/origins": ADMIN,
    "POST /settings/attributes": ADMIN,
    "GET /people": ADMIN,
    "POST /people": ADMIN,
    "POST /people/change": ADMIN,
    "GET /account": VIEWER,
    "POST /account": VIEWER,
    "GET /audit": VIEWER,
    "POST /audit/<change_id>/revert": MERCHANDISER,
}


def test_every_route_of_the_console_is_in_the_table(api: "Api") -> None:
    rules = {
        f"{method} {rule.rule.removeprefix('/console')}"
        for rule in api.client.application.url_map.iter_rules()
        for method in rule.methods or ()
        if rule.endpoint.startswith("console.") and method != "HEAD"
    }
    free = {"GET /static/<path:filename>", "OPTIONS /static/<path:filename>", "GET /<path:anything>"}
    assert rules - free == set(CONSOLE)
    assert {f"{route.method} {route.path}": route.role for route in ROUTES} == CONSOLE


def status(who: Person, line: str) -> int:
    """What a form or a link of the console answers with, sent as its own page would."""
    method, path = line.split(" ", 1)
    at = re.sub(r"<(?:\w+:)?(\w+)>", "none", path)
    return (who.send(at) if method == "POST" else who.get(at)).status_code


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.word)
def test_a_person_does_what_their_role_allows_and_no_more(api: "Api", role: Role) -> None:
    who = person(api, role)
    for line, needed in CONSOLE.items():
        if line == "POST /logout":
            continue
        allowed = needed is None or role >= needed
        assert (status(who, line) != 403) == allowed, line


def test_nobody_is_led_to_the_login(api: "Api") -> None:
    client = api.client.application.test_client()
    for line, needed in CONSOLE.items():
        if needed is not None:
            method, path = line.split(" ", 1)
            answer = client.open("/console" + path, method=method)
            assert (answer.status_code, "/console/login" in answer.headers["Location"]) == (303, True), line


@pytest.mark.parametrize("kind", ["pk", "sk"])
def test_a_key_opens_nothing_of_the_console(api: "Api", kind: str) -> None:
    for line, needed in CONSOLE.items():
        if needed is not None:
            method, path = line.split(" ", 1)
            answer = api.call(method, "/console" + path, key=kind)
            assert (answer.status_code, "/console/login" in answer.headers["Location"]) == (303, True), line


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.word)
def test_a_login_opens_nothing_of_the_api(api: "Api", role: Role) -> None:
    client = person(api, role).client
    client.set_cookie("balad_console", client.get_cookie("balad_console", path="/console/").value)  # type: ignore[union-attr]
    for endpoint in KEYED:
        path = re.sub(r"<(?:\w+:)?\w+>", "home", endpoint.path)
        answer = client.open(path, method=endpoint.method, json={} if endpoint.method != "GET" else None)
        assert answer.status_code == 401, endpoint.name
