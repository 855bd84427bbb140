"""`balad simulate --url` against the real application, over a socket."""

import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner

from tests.served import served
from training.simulate.client import Client, RefusedError, ServiceAwayError
from training.simulate.command import simulate


@pytest.fixture
def url(api: Any) -> Iterator[str]:
    """The application of `api` on a free port."""
    with served(api.client.application) as address:
        yield address


def run(*arguments: str) -> str:
    result = CliRunner().invoke(
        simulate, ["--seed", "17", "--items", "300", *arguments], catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    return result.output


def test_shoppers_are_ranked_and_what_they_do_is_taken(api: Any, url: str) -> None:
    api.rank(["a", "b"])  # what is compiled at the first call is compiled now
    before = api.deps.store.stream_state("acme").length
    options = ("--url", url, "--key", api.shop.publishable_key, "--sessions", "12")
    told = run(*options, "--shoppers", "40", "--speed", "2000", "--per-minute", "20000")
    rankings, events = re.findall(r"^(\d+) rankings .*?(\d+) events", told.splitlines()[-1])[0]
    assert "rejected" not in told
    assert "without answer" not in told
    assert int(rankings) > 0
    assert int(events) > 0
    assert api.deps.store.stream_state("acme").length >= before + int(events)


def test_quiet_shoppers_say_nothing(api: Any, url: str) -> None:
    options = ("--url", url, "--key", api.shop.publishable_key, "--sessions", "1")
    assert run(*options, "--speed", "5000", "--quiet") == ""


def test_a_wrong_key_is_refused_in_words(url: str) -> None:
    with pytest.raises(RefusedError, match="/v1/rank answers 401"):
        Client(url, "pk_wrong").post("/v1/rank", {})


def test_an_address_without_a_host_is_refused() -> None:
    with pytest.raises(RefusedError, match="no address of a service"):
        Client("localhost:8000", "pk_1")


def test_a_closed_port_is_a_service_that_is_away() -> None:
    with pytest.raises(ServiceAwayError, match="nothing answers"):
        Client("http://127.0.0.1:9", "pk_1").post("/v1/rank", {})


class Fickle(BaseHTTPRequestHandler):
    """Closes the connection after each answer without saying so, as an idle timeout does; then answers 503."""

    protocol_version = "HTTP/1.1"
    answers: tuple[int, ...] = (200, 200, 503)
    served = 0

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.answers[Fickle.served])
        Fickle.served += 1
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_connection_closed_while_idle_is_opened_again_and_503_is_a_service_that_is_away() -> None:
    server = HTTPServer(("127.0.0.1", 0), Fickle)
    thread = Thread(target=server.serve_forever)
    thread.start()
    client = Client(f"http://127.0.0.1:{server.server_port}", "pk_1")
    try:
        assert client.post("/v1/rank", {}) == {}
        assert client.post("/v1/rank", {}) == {}
        with pytest.raises(ServiceAwayError, match="answers 503"):
            client.post("/v1/rank", {})
    finally:
        client.close()
        server.shutdown()
        thread.join()
        server.server_close()
