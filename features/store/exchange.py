"""Round trips to Redis over the driver's sockets, one write and one read each, however many commands.

The driver connects, greets and authenticates; its parser reads. What lies between, its client, costs 70 µs of a core
per call, and a ranking has two calls.
"""

import hashlib
import os
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from typing import Any, Final, TypeAlias
from weakref import finalize

import hiredis
from redis.backoff import NoBackoff
from redis.connection import ConnectionPool
from redis.exceptions import RedisError
from redis.retry import Retry

from features.store.protocol import Backlog, StoreUnavailable

Command: TypeAlias = tuple[Any, ...]
Reply: TypeAlias = Any

CONNECT_SECONDS: Final = 0.25
_NO_SCRIPT: Final = "NOSCRIPT"
_FULL: Final = ("BACKLOG", "OOM")  # what a script of ours, and the server, say when they refuse to grow
_CHUNK: Final = 1 << 16


class Wire:
    """A greeted connection: commands out, replies in."""

    def __init__(self, connection: Any) -> None:  # noqa: ANN401 - the driver publishes no types
        connection.connect()
        self._connection = connection
        self._socket = connection._sock  # noqa: SLF001 - TCP, TLS or Unix: the driver gives it no other name
        self._reader = hiredis.Reader(protocolError=OSError)
        finalize(self, connection.disconnect).atexit = False  # nobody need close what nobody holds

    def talk(self, commands: Sequence[Command], timeout: float) -> list[Reply]:
        """Write all commands, read all replies, errors among them; a failure leaves the connection closed."""
        replies: list[Reply] = []
        try:
            self._socket.settimeout(timeout)
            self._socket.sendall(b"".join(map(hiredis.pack_command, commands)))
            while len(replies) < len(commands):
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
            if isinstance(reply, hiredis.ReplyError):
                raise _refusal(reply) from reply
        return replies

    def close(self) -> None:
        """Close the connections that nobody uses."""
        while self._idle:
            self._idle.pop().close()

    def _replies(self, commands: Sequence[Command], timeout: float) -> list[Reply]:
        wire, used = self._take()
        try:
            replies = wire.talk(commands, timeout)
        except TimeoutError:
            raise
        except OSError:
            if not used:
                raise
            self.close()  # the others are as dead
            wire = self._connect()
            replies = wire.talk(commands, timeout)
        missing = [i for i, reply in enumerate(replies) if _is_unknown_script(reply)]
        if missing:  # a server that started since, or flushed its scripts
            wire.talk(_loads(), timeout)
            again = wire.talk([commands[i] for i in missing], timeout)
            for i, reply in zip(missing, again, strict=True):
                replies[i] = reply
        self._idle.append(wire)
        return replies

    def _take(self) -> tuple[Wire, bool]:
        if self._pid != os.getpid():  # forked: these sockets are the parent's
            self._idle, self._pid = [], os.getpid()
        try:
            return self._idle.pop(), True
        except IndexError:
            return self._connect(), False

    def _connect(self) -> Wire:
        return Wire(self._make(**self._options))


def _is_unknown_script(reply: Reply) -> bool:
    return isinstance(reply, hiredis.ReplyError) and str(reply).startswith(_NO_SCRIPT)


def _loads() -> list[Command]:
    """Return the commands that make all scripts known to a server."""
    names = (entry.name for entry in resources.files(__package__).joinpath("scripts").iterdir())
    return [("SCRIPT", "LOAD", script(n.removesuffix(".lua")).text) for n in names if n.endswith(".lua")]


def _refusal(error: Exception) -> StoreUnavailable:
    return (Backlog if str(error).startswith(_FULL) else StoreUnavailable)(str(error))
