"""The application behind a socket, for tests whose client is a browser or a program of its own."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server


class Silent(WSGIRequestHandler):
    """Answers without a line for each request."""

    def log_request(self, *_: object) -> None:
        """Say nothing."""


def whole(app: Any) -> Any:
    """The application, each answer taken whole and closed before the first byte of it is sent.

    A browser that leaves a page drops connections; werkzeug's server then forgets to close what it was sending,
    and a file left open is an error in these tests.
    """

    def answered(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        parts = app(environ, start)
        try:
            return [b"".join(parts)]
        finally:
            if hasattr(parts, "close"):
                parts.close()

    return answered


@dataclass
class Server:
    """A WSGI application on a port of its own, that may go away and come back."""

    app: Any
    port: int = 0
    _running: tuple[BaseWSGIServer, Thread] | None = None

    def start(self) -> None:
        server = make_server("127.0.0.1", self.port, whole(self.app), threaded=True, request_handler=Silent)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        self.port, self._running = server.server_port, (server, thread)

    def stop(self) -> None:
        if self._running is not None:
            server, thread = self._running
            server.shutdown()
            thread.join()
            server.server_close()
            self._running = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def served(app: Any) -> Iterator[str]:
    """Run the application on a free port; yields its address."""
    server = Server(app)
    server.start()
    try:
        yield server.url
    finally:
        server.stop()
