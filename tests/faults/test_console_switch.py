"""A merchant switches off in the console while fifty rankings a second run on two processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.cookiejar import CookieJar
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import orjson
import pytest

from features.attributes import DEFAULT
from features.bundle import Shelf
from features.store.exchange import Exchange
from features.store.redis_settings import RedisSettings
from service.models.promotion import Promotions
from service.pages.change import Author, change_page
from service.pages.settings import PageSettings
from service.people import Role, add_person
from service.settings import environment
from service.shops import create_shop
from tests.api.forms import form_of
from tests.api.test_models import FIRST, bundle
from tests.benchmarks.installation import free_port

Until = Callable[[Callable[[], bool]], None]
CONNECTIONS, PER_SECOND = 10, 5.0
EFFECTIVE_SECONDS = 2.0
WATCHED_SECONDS = 2.0  # beyond that
PASSWORD = "correct horse battery"
RANKED = {"page": "home", "visitor_id": "v-81", "consent": True, "items": ["A", "B"], "deadline_ms": 10_000}


class Storefront(Thread):
    """Ranks over one kept connection, which one process answers."""

    def __init__(self, port: int, key: str, ending: Event) -> None:
        super().__init__(daemon=True)
        self.answers: list[tuple[float, int, str | None]] = []  # when it was asked
        self._port, self._key, self._ending = port, key, ending

    def run(self) -> None:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        while not self._ending.wait(1 / PER_SECOND):
            at = time.monotonic()
            try:
                connection.request("POST", "/v1/rank", orjson.dumps(RANKED), headers)
                response = connection.getresponse()
                self.answers.append((at, response.status, orjson.loads(response.read()).get("reason")))
            except (OSError, ValueError):
                self.answers.append((at, 0, None))
                connection.close()
        connection.close()


@contextmanager
def serving(redis_url: str, data: Path) -> Iterator[int]:
    """Run `balad serve` with two processes; yield its port."""
    port = free_port()
    variables = environment(
        data=data, redis_url=redis_url, bind=f"127.0.0.1:{port}", workers=2, log_level="warning"
    )
    with subprocess.Popen([sys.executable, "-m", "service.cli", "serve"], env=variables) as process:
        try:
            yield port
        finally:
            os.kill(process.pid, signal.SIGTERM)


def opened_shop(redis_url: str, data: Path) -> str:
    """Make a shop that is on, with a model, and a merchandiser; return its publishable key."""
    exchange = Exchange(redis_url, 10.0)
    store, author = RedisSettings(exchange), Author("acme", "a test", time.time())
    made = create_shop(store, "acme", now=author.now)
    on = PageSettings(state="on", holdout=0.0)
    change_page(store, author, "home", lambda _: on, lambda _: True)
    add_person(store, author, "Paul", Role.MERCHANDISER, PASSWORD)
    shelf = Shelf(f"file://{data / 'models'}")
    shelf.write(bundle(FIRST, 1.0))
    Promotions(shelf, store).promote(author, FIRST, DEFAULT)
    exchange.close()
    return made.publishable_key


def send(browser: OpenerDirector, port: int, page: str, action: str, **said: str) -> None:
    """Open a screen, change a form of it, send it."""
    origin = f"http://127.0.0.1:{port}"
    with browser.open(f"{origin}{page}", timeout=60) as answer:
        form = form_of(answer.read().decode(), action)
    with browser.open(
        f"{origin}{action}", urlencode(form.with_(**said), doseq=True).encode(), timeout=60
    ) as answer:
        assert answer.status == 200


def is_ready(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", "/readyz")
        said = orjson.loads(connection.getresponse().read())
        return bool(said["shops"].get("acme", {}).get("model"))
    except OSError:
        return False
    finally:
        connection.close()


class Way(NamedTuple):
    """A form of a screen, what a merchant changes in it, and why rankings are not personalised then."""

    page: str
    action: str
    said: dict[str, str]
    reason: str


A_PAGE = Way("/console/page/home", "/console/switch/home", {"state": "off"}, "off_by_merchant")
EVERYTHING = Way("/console/audit", "/console/stop", {}, "kill_switch")


@pytest.mark.parametrize("way", [A_PAGE, EVERYTHING], ids=["a page", "everything"])
def test_every_process_follows_within_two_seconds_and_no_ranking_fails(
    redis_url: str, tmp_path: Path, until: Until, way: Way
) -> None:
    key, ending = opened_shop(redis_url, tmp_path), Event()
    with serving(redis_url, tmp_path) as port:
        until(lambda: is_ready(port))  # compiles what nobody compiled yet
        browser = build_opener(HTTPCookieProcessor(CookieJar()))
        send(browser, port, "/console/login", "/console/login", name="Paul", password=PASSWORD)
        storefronts = [Storefront(port, key, ending) for _ in range(CONNECTIONS)]
        for storefront in storefronts:
            storefront.start()
        until(lambda: all({None} == {r for _, _, r in s.answers[-5:]} and s.answers[4:] for s in storefronts))
        send(browser, port, way.page, way.action, **way.said)
        switched = time.monotonic()
        until(
            lambda: all(
                s.answers[-1][0] > switched + EFFECTIVE_SECONDS + WATCHED_SECONDS for s in storefronts
            )
        )
        ending.set()
        for storefront in storefronts:
            storefront.join()
    answers = [answer for storefront in storefronts for answer in storefront.answers]
    assert {status for _, status, _ in answers} == {200}
    assert {why for at, _, why in answers if at > switched + EFFECTIVE_SECONDS} == {way.reason}
