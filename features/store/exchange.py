"""Round trips to Redis over the driver's connections, one write and one read each, however many commands.

The driver's own client costs 70 µs of a core per call where its bare connection costs 20; a ranking has two calls.
"""

import hashlib
import os
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from typing import Any, Final, Protocol, TypeAlias

from redis.backoff import NoBackoff
from redis.connection import ConnectionPool
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import NoScriptError, OutOfMemoryError, RedisError, ResponseError
from redis.exceptions import TimeoutError as Late
from redis.retry import Retry

from features.store.protocol import Backlog, StoreUnavailable

Command: TypeAlias = tuple[Any, ...]
Reply: TypeAlias = Any

CONNECT_SECONDS: Final = 0.25
_FULL: Final = "BACKLOG"


class Wire(Protocol):
    """What is used of the driver's connection, which has no types."""

    def connect(self) -> None:
        """Open the socket and greet the server."""

    def disconnect(self) -> None:
        """Close the socket."""

    def pack_commands(self, commands: Sequence[Command]) -> list[bytes]:
        """Encode commands."""

    def send_packed_command(self, command: list[bytes]) -> None:
        """Write encoded commands."""

    def read_response(self, *, timeout: float) -> Reply:
        """Read one reply; an error that the server replied is raised."""


class Script:
    """A Lua script of this package, called by its digest."""

    def __init__(self, name: str) -> None:
        self.text = resources.files(__package__).joinpath("scripts", f"{name}.lua").read_text()
        self._sha = hashlib.sha1(self.text.encode(), usedforsecurity=False).hexdigest()

    def call(self, keys: Sequence[str], args: Iterable[Any]) -> Command:
        """Return the command that runs it."""
        return ("EVALSHA", self._sha, len(keys), *keys, *args)


@cache
def script(name: str) -> Script:
    """Return a script, read once."""
    return Script(name)


class Exchange:
    """Connections to one server, taken and given back; a thread has at most one."""

    def __init__(self, url: str, timeout_seconds: float) -> None:
        pool = ConnectionPool.from_url(
            url,
            protocol=2,
            socket_timeout=timeout_seconds,
            socket_connect_timeout=min(CONNECT_SECONDS, timeout_seconds),
            retry=Retry(NoBackoff(), 0),
            driver_info=None,
        )
        self._make = pool.connection_class
        self._options = pool.connection_kwargs
        self._timeout = timeout_seconds
        self._idle: list[Wire] = []
        self._pid = os.getpid()

    def run(self, commands: Sequence[Command], timeout_seconds: float | None = None) -> list[Reply]:
        """Send all commands at once and return their replies.

        Raises Backlog where the server or a script refuses to grow, StoreUnavailable for any other failure. A
        connection that the server closed while it lay idle is replaced once; a timeout is never waited for twice.
        """
        if not commands:
            return []
        try:
            replies = self._replies(commands, timeout_seconds or self._timeout)
        except (RedisError, OSError) as error:
            raise StoreUnavailable(f"{type(error).__name__}: {error}") from error
        for reply in replies:
            if isinstance(reply, ResponseError):
                raise _refusal(reply) from reply
        return replies

    def close(self) -> None:
        """Close the connections that nobody uses."""
        while self._idle:
            self._idle.pop().disconnect()

    def _replies(self, commands: Sequence[Command], timeout: float) -> list[Reply]:
        connection, used = self._take()
        try:
            replies = _talk(connection, commands, timeout)
        except Late:
            raise
        except (Disconnected, OSError):
            if not used:
                raise
            self.close()  # the others are as dead
            connection = self._connect()
            replies = _talk(connection, commands, timeout)
        missing = [i for i, reply in enumerate(replies) if isinstance(reply, NoScriptError)]
        if missing:  # a server that started since, or flushed its scripts
            _talk(connection, _loads(), timeout)
            again = _talk(connection, [commands[i] for i in missing], timeout)
            for i, reply in zip(missing, again, strict=True):
                replies[i] = reply
        self._idle.append(connection)
        return replies

    def _take(self) -> tuple[Wire, bool]:
        if self._pid != os.getpid():  # forked: these sockets are the parent's
            self._idle, self._pid = [], os.getpid()
        try:
            return self._idle.pop(), True
        except IndexError:
            return self._connect(), False

    def _connect(self) -> Wire:
        connection: Wire = self._make(**self._options)
        connection.connect()
        return connection


def _talk(connection: Wire, commands: Sequence[Command], timeout: float) -> list[Reply]:
    """Write all commands, read all replies; a failure leaves the connection closed."""
    connection.send_packed_command(connection.pack_commands(commands))
    replies: list[Reply] = []
    for _ in commands:
        try:
            replies.append(connection.read_response(timeout=timeout))
        except ResponseError as error:
            replies.append(error)
    return replies


def _loads() -> list[Command]:
    """Return the commands that make all scripts known to a server."""
    names = (entry.name for entry in resources.files(__package__).joinpath("scripts").iterdir())
    return [("SCRIPT", "LOAD", script(n.removesuffix(".lua")).text) for n in names if n.endswith(".lua")]


def _refusal(error: ResponseError) -> StoreUnavailable:
    full = isinstance(error, OutOfMemoryError) or str(error).startswith(_FULL)
    return (Backlog if full else StoreUnavailable)(str(error))
