"""People at browsers, for tests of the console."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service.pages.change import Author
from service.people import Role, add_person

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.api.conftest import Api

PASSWORD = "correct horse battery"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Person:
    """Somebody's browser."""

    client: "FlaskClient"
    name: str

    def get(self, path: str) -> "TestResponse":
        """Open a screen; `path` is below /console."""
        return self.client.get("/console" + path)

    def send(self, path: str, **fields: Any) -> "TestResponse":
        """Send a form as its own page would."""
        return self.client.post("/console" + path, data={"csrf_token": self.token(), **fields})

    def log_in(self, password: str = PASSWORD, address: str = "127.0.0.1", **fields: Any) -> "TestResponse":
        """Send the login form."""
        data = {"name": self.name, "password": password, "csrf_token": self.token(), **fields}
        return self.client.post("/console/login", data=data, environ_base={"REMOTE_ADDR": address})

    def token(self) -> str:
        """The token that a form of this browser holds."""
        found = TOKEN.search(self.client.get("/console/login").text)
        assert found is not None
        return found[1]

    def cookie(self) -> str:
        """What the browser sends."""
        kept = self.client.get_cookie("balad_console", path="/console/")
        assert kept is not None
        return kept.value

    def is_in(self) -> bool:
        """Whether a screen opens."""
        return self.get("/audit").status_code == 200


def browser(api: "Api", name: str = "nobody") -> Person:
    """An empty browser."""
    return Person(api.client.application.test_client(), name)


def hired(api: "Api", role: Role = Role.ADMIN, name: str | None = None) -> Person:
    """Somebody new of the shop, not logged in."""
    who = name or role.word
    author = Author(api.shop.shop, "a test", api.clock.now)
    add_person(api.deps.shop_settings, author, who, role, PASSWORD)
    return browser(api, who)


def person(api: "Api", role: Role = Role.ADMIN, name: str | None = None) -> Person:
    """Somebody new of the shop, logged in."""
    somebody = hired(api, role, name)
    assert somebody.log_in().status_code == 303
    return somebody
