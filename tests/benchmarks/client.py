"""A storefront's connection that costs next to nothing: prepared bytes out, whole answers in."""

import socket
from time import perf_counter
from typing import Any, Final, NamedTuple, Self

import orjson

TIMEOUT_SECONDS: Final = 20.0
_CHUNK: Final = 1 << 18
_HEADER_END: Final = b"\r\n\r\n"
_LENGTH: Final = b"content-length:"


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: bytes
    seconds: float

    def json(self) -> Any:
        """Return the body's value; raises RuntimeError for anything but 200."""
        if self.status != 200:
            raise RuntimeError(f"answered {self.status}: {self.body[:500]!r}")
        return orjson.loads(self.body)


def prepared(method: str, path: str, key: str, body: object) -> bytes:
    """Return the bytes of a request."""
    text = body if isinstance(body, bytes) else orjson.dumps(body)
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n"
    )
    return head.encode() + text


class Connection:
    """One keep-alive connection over loopback."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), TIMEOUT_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, request: bytes) -> Answer:
        """Send a prepared request and return the whole answer."""
        began = perf_counter()
        self._socket.sendall(request)
        received = self._socket.recv(_CHUNK)
        while (end := received.find(_HEADER_END)) < 0:
            received += self._more()
        head = received[:end].lower()
        after = head.find(_LENGTH) + len(_LENGTH)
        length = end + len(_HEADER_END) + int(head[after:].split(b"\r\n", 1)[0])
        while len(received) < length:
            received += self._more()
        return Answer(int(received[9:12]), received[end + len(_HEADER_END) :], perf_counter() - began)

    def _more(self) -> bytes:
        more = self._socket.recv(_CHUNK)
        if not more:
            raise ConnectionError("the service closed the connection")
        return more
