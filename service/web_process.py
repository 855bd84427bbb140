"""A web process under gunicorn: short calls are answered where they are read, all others on threads.

Handing a call to a thread and back wakes two threads, each of which waits for the interpreter.
"""

import re
import selectors
import socket
import struct
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Any, Final

from gunicorn.workers.gthread import ThreadWorker

from service.connections import Connections

SHORT: Final = (b"POST /v1/rank ", b"POST /v1/recommend ", b"GET /healthz ")
PEEKED_BYTES: Final = 1 << 15  # what does not fit takes longer, and threads share the interpreter meanwhile
SEND_SECONDS: Final = 2  # a client that takes no byte of its answer for so long is given up
HEAD_START_SECONDS: Final = 0.1  # for a process with fewer connections to take a new one
LOOK_SECONDS: Final = 0.002
FIRST_CALL_SECONDS: Final = 5  # where no idle connection is kept, a new one still has time for its first call
_TIMEVAL: Final = struct.pack("ll", SEND_SECONDS, 0)
_LENGTH: Final = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,9})[ \t]*(?:\r\n|\Z)", re.IGNORECASE)
_CHUNKED: Final = b"transfer-encoding"


def is_short(peeked: bytes) -> bool:
    r"""Tell whether what a client sent is one whole call of those that take a few milliseconds.

    >>> is_short(b"POST /v1/rank HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}")
    True
    >>> is_short(b"POST /v1/rank HTTP/1.1\r\nContent-Length: 2\r\n\r\n{")
    False
    """
    if not peeked.startswith(SHORT):
        return False
    head, end, body = peeked.partition(b"\r\n\r\n")
    if not end or _CHUNKED in head.lower():
        return False
    said = _LENGTH.search(head)
    return head.startswith(b"GET ") if said is None else int(said[1]) <= len(body)


@dataclass(frozen=True, slots=True)
class _Done:
    """What gunicorn asks of a call that has ended."""

    kept: object  # whether the connection stays

    def cancelled(self) -> bool:
        return False

    def result(self) -> object:
        return self.kept


class WebProcess(ThreadWorker):  # type: ignore[misc]  # it publishes no types
    """gunicorn's threads, and before them a loop that answers short calls by itself."""

    connections: Connections  # of all web processes; `service.web` gives them to each
    head_start_seconds = HEAD_START_SECONDS

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - gunicorn's
        super().__init__(*arguments, **named)
        self._stands_back_until: float | None = None

    def enqueue_req(self, conn: Any) -> None:  # noqa: ANN401 - gunicorn publishes no types
        """Answer a call that is short, wait on for one that has not begun, and have a thread do any other."""
        try:
            here = self._is_answered_here(conn)
        except BlockingIOError:
            self._wait_on(conn)
            return
        if not here:
            super().enqueue_req(conn)
            return
        if not conn.initialized:
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _TIMEVAL)
        conn.data_ready = True
        if self.handle(conn):
            self.finish_request(conn, _Done(kept=True))
        else:
            self.nr_conns -= 1
            self.tpool.submit(conn.close, graceful=True)  # it waits for the client to close its side

    def _is_answered_here(self, conn: Any) -> bool:  # noqa: ANN401 - as above
        """Look at what there is to be read without reading it; the end of a connection takes no time either."""
        if self.cfg.is_ssl or (conn.parser is not None and conn.parser.unreader.buf.getvalue()):
            return False
        try:
            peeked = conn.sock.recv(PEEKED_BYTES, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except ConnectionError:
            return True
        return not peeked or is_short(peeked)

    def _wait_on(self, conn: Any) -> None:  # noqa: ANN401 - as above
        """Wait for the first call of a new connection, without a thread."""
        conn.timeout = monotonic() + max(self.cfg.keepalive, FIRST_CALL_SECONDS)
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def _cap_keepalive(self, deadline: float) -> None:
        """Give up connections without a call at a deadline: the process stops."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)

    def accept(self, listener: socket.socket) -> None:
        """Take a new connection, unless a process that has fewer takes it within its head start."""
        if self._stands_back_until is None and self._has_more():
            self._stands_back_until = monotonic() + self.head_start_seconds
        else:
            super().accept(listener)

    def set_accept_enabled(self, enabled: bool) -> None:  # noqa: FBT001 - gunicorn's
        """Listen to new connections or not."""
        super().set_accept_enabled(enabled and not self._stands_back())

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Wait for what clients send; gunicorn calls it again and again."""
        if self.alive:
            self.connections.hold(self.age, self.nr_conns)
        else:
            self.connections.leave(self.age)
        # gunicorn asks only where it wants a change, and knows nothing of standing back.
        self.set_accept_enabled(self.alive and self.nr_conns < self.worker_connections)
        stands_back, until = self._stands_back(), self._stands_back_until
        super().wait_for_and_dispatch_events(LOOK_SECONDS if stands_back else timeout)
        if until is not None and not stands_back:  # it was taken just now, or by another process before
            self._stands_back_until = None

    def _stands_back(self) -> bool:
        """Tell whether a new connection is left to others for now."""
        until = self._stands_back_until
        return until is not None and monotonic() < until and self._has_more()

    def _has_more(self) -> bool:
        held: int = self.nr_conns
        return held > self.connections.fewest()
