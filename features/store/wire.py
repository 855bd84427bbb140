"""One server's connections: commands out, replies in, over the driver's sockets.

The driver connects, greets and authenticates; its parser reads. What lies between, its client, costs 70 µs of a core
per call, and a ranking has two calls.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias
from weakref import finalize

import hiredis
from redis.backoff import NoBackoff
from redis.connection import Connection
from redis.retry import Retry

from features.store.lua import Command, loads

Reply: TypeAlias = Any

CONNECT_SECONDS: Final = 0.25
_NO_SCRIPT: Final = "NOSCRIPT"
_CHUNK: Final = 1 << 16


class Wire:
    """A greeted connection."""

    def __init__(self, connection: Any) -> None:  # noqa: ANN401 - the driver publishes no types
        connection.connect()
        self._connection = connection
        self._socket = connection._sock  # noqa: SLF001 - TCP, TLS or Unix: the driver gives it no other name
        self._reader = hiredis.Reader(protocolError=OSError)
        finalize(self, connection.disconnect).atexit = False  # nobody need close what nobody holds

    def send(self, commands: Sequence[Command], timeout: float) -> None:
        """Write all commands; a failure leaves the connection closed."""
        try:
            self._socket.settimeout(timeout)
            self._socket.sendall(b"".join(map(hiredis.pack_command, commands)))
        except BaseException:
            self.close()
            raise

    def receive(self, count: int, timeout: float | None = None) -> list[Reply]:
        """Read that many replies, errors among them; a failure leaves the connection closed.

        Without a timeout, that of `send` goes on.
        """
        replies: list[Reply] = []
        try:
            if timeout is not None:
                self._socket.settimeout(timeout)
            while len(replies) < count:
                if (reply := self._reader.gets()) is not False:
                    replies.append(reply)
                elif data := self._socket.recv(_CHUNK):
                    self._reader.feed(data)
                else:
                    raise ConnectionResetError("the server closed the connection")  # noqa: TRY301 - as one that broke
        except BaseException:
            self.close()
            raise
        return replies

    def close(self) -> None:
        """Close the socket."""
        self._connection.disconnect()


class Server:
    """Connections to one server, taken and given back; a thread has at most one.

    `options` are the driver's, as its `parse_url` returns them.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        options = dict(options)
        self._make = options.pop("connection_class", Connection)
        self._options = options | {"protocol": 2, "retry": Retry(NoBackoff(), 0), "driver_info": None}
        self.name = str(options.get("path") or f"{options.get('host')}:{options.get('port')}")
        self._idle: list[Wire] = []
        self._pid = os.getpid()

    def replies(self, commands: Sequence[Command], timeout: float) -> list[Reply]:
        """Send all commands at once and return their replies, errors among them.

        A connection that the server closed while it lay idle is replaced once; a timeout is never waited for twice.
        """
        return self.taught(commands, self._said(commands, timeout), timeout)

    def _said(self, commands: Sequence[Command], timeout: float) -> list[Reply]:
        wire, used = self.take(timeout)
        try:
            wire.send(commands, timeout)
            replies = wire.receive(len(commands))
        except TimeoutError:
            raise
        except OSError:
            if not used:
                raise
            self.close()  # the others are as dead
            wire = self.connect(timeout)
            wire.send(commands, timeout)
            replies = wire.receive(len(commands))
        self._idle.append(wire)
        return replies

    def taught(self, commands: Sequence[Command], replies: list[Reply], timeout: float) -> list[Reply]:
        """Return the replies, those of scripts after a second try: a server that started since knows none."""
        missing = [
            i
            for i, reply in enumerate(replies)
            if isinstance(reply, hiredis.ReplyError) and str(reply).startswith(_NO_SCRIPT)
        ]
        if missing:
            lessons = loads()
            said = self._said([*lessons, *(commands[i] for i in missing)], timeout)
            refused = next((each for each in said[: len(lessons)] if isinstance(each, Exception)), None)
            for i, reply in zip(missing, said[len(lessons) :], strict=True):
                replies[i] = refused or reply
        return replies

    def take(self, timeout: float) -> tuple[Wire, bool]:
        """Return a connection, and whether it was used before; a new one within about the timeout."""
        if self._pid != os.getpid():  # forked: these sockets are the parent's
            self._idle, self._pid = [], os.getpid()
        try:
            return self._idle.pop(), True
        except IndexError:
            return self.connect(timeout), False

    def give(self, wire: Wire) -> None:
        """Take a connection back."""
        self._idle.append(wire)

    def connect(self, timeout: float) -> Wire:
        """Return a new connection: no step of making it takes longer than the timeout."""
        limits = {"socket_timeout": timeout, "socket_connect_timeout": min(CONNECT_SECONDS, timeout)}
        return Wire(self._make(**self._options, **limits))

    def ping(self, timeout: float) -> list[Reply]:
        """Ask whether it answers."""
        return self.replies([("PING",)], timeout)

    def close(self) -> None:
        """Close the connections that nobody uses."""
        while self._idle:
            self._idle.pop().close()
