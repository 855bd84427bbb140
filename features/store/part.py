"""One server of several, and what is said to it in one round."""

import time
from collections.abc import Sequence
from typing import Final, NamedTuple

from redis.exceptions import RedisError

from features.store.circuit import PATIENCE_SECONDS, Circuit, Circuits
from features.store.lua import Command
from features.store.protocol import PartUnavailable, StoreUnavailable
from features.store.wire import Reply, Server, Wire

_ASKING: Final[Command] = ("ASKING",)


class Part(NamedTuple):
    """A server of several, and the circuits around it."""

    server: Server
    circuits: Circuits


class Sent(NamedTuple):
    """A command on its way: its place in the call, and whether it goes to who is only taking its slot over."""

    place: int
    command: Command
    asking: bool = False


class Talk:
    """Commands that go to one server together. What fails becomes the reply to each of them."""

    def __init__(self, part: Part, circuit: Circuit, sents: Sequence[Sent], timeout: float) -> None:
        self._part, self._circuit, self._sents, self._timeout = part, circuit, sents, timeout
        self._commands = [word for sent in sents for word in _words(sent)]
        self._began = time.monotonic()
        self._wire: Wire | None = None  # None: they could not be sent on a connection that was kept
        self._used = False
        self._failure: Exception | None = None
        try:
            circuit.admit()
            self._wire, self._used = part.server.take(timeout)
            self._wire.send(self._commands, timeout)
        except StoreUnavailable as error:  # it did not answer a moment ago
            self._failure = error
        except (RedisError, OSError) as error:
            self._broke(error)

    def finish(self, replies: list[Reply], timeout: float) -> bool:
        """Read the replies into their places; False where the server did not answer."""
        said = self._read(timeout) if self._failure is None else []
        if self._failure is not None:
            for sent in self._sents:
                replies[sent.place] = PartUnavailable(f"{self._part.server.name}: {self._failure}")
            return False
        self._circuit.succeeded()
        heard = iter(said)
        for sent in self._sents:
            if sent.asking:
                next(heard)
            replies[sent.place] = next(heard)
        return True

    def _read(self, timeout: float) -> list[Reply]:
        server = self._part.server
        try:
            if self._wire is not None:
                said = self._wire.receive(len(self._commands), timeout)
                server.give(self._wire)
                return server.taught(self._commands, said, timeout)
        except (RedisError, OSError) as error:
            self._broke(error)
        if self._failure is None:
            try:
                return server.replies(self._commands, timeout)
            except (RedisError, OSError) as error:
                self._failed(error)
        return []

    def _broke(self, error: Exception) -> None:
        """Have the commands sent again on a new connection, if the server closed this one while it lay idle."""
        if isinstance(error, TimeoutError) or not self._used:
            self._failed(error)
        else:
            self._part.server.close()  # the others are as dead
            self._wire = None

    def _failed(self, error: Exception) -> None:
        self._failure = error
        if self._timeout >= PATIENCE_SECONDS:
            self._circuit.failed(error, time.monotonic() - self._began)


def answers(server: Server, timeout: float) -> None:
    """Return if a server answers in time; raises StoreUnavailable."""
    try:
        server.ping(timeout)
    except (RedisError, OSError) as error:
        raise StoreUnavailable(f"{server.name}: {error}") from error


def _words(sent: Sent) -> tuple[Command, ...]:
    return (_ASKING, sent.command) if sent.asking else (sent.command,)
