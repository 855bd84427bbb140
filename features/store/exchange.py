"""Round trips to the live state, wherever its URL says it is; one write and one read each, however many commands."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, Protocol

import hiredis
from redis.connection import parse_url
from redis.exceptions import RedisError

from features.store.address import Address, address_of
from features.store.lua import Command
from features.store.protocol import Backlog, StoreUnavailable
from features.store.routed import Routed
from features.store.topology import Topology, finder
from features.store.wire import Reply, Server

_SCAN_COUNT: Final = 1_000
_REFUSES: Final = (
    "BACKLOG",
    "OOM",
    "NOREPLICAS",
    "MISCONF",
)  # a script of ours, and the server, that write no more


class Servers(Protocol):
    """One server, or several that share the slots."""

    def replies(self, commands: Sequence[Command], timeout: float) -> list[Reply]:
        """Send all commands at once and return their replies, errors among them."""

    def ping(self, timeout: float) -> list[Reply]:
        """Ask each whether it answers."""

    def close(self) -> None:
        """Close the connections that nobody uses."""


class Exchange:
    """Connections to the state. `on_change` hears whether all parts of a cluster answer, when that changes.

    A part is left alone by calls with a deadline until it answers in `hurried_seconds`, of which one has two.
    """

    def __init__(
        self,
        url: str,
        timeout_seconds: float,
        on_change: Callable[[bool], None] = lambda _: None,
        hurried_seconds: float = 0.0,
    ) -> None:
        self._servers = _servers(address_of(url), on_change, hurried_seconds)
        self._timeout = timeout_seconds

    def run(self, commands: Sequence[Command], timeout_seconds: float | None = None) -> list[Reply]:
        """Send all commands at once and return their replies.

        Raises Backlog where the server or a script refuses to write, StoreUnavailable for any other failure. A
        connection that the server closed while it lay idle is replaced once; a timeout is never waited for twice.
        """
        replies = self.each(commands, timeout_seconds)
        for reply in replies:
            if isinstance(reply, Exception):
                raise _refusal(reply) from reply
        return replies

    def each(self, commands: Sequence[Command], timeout_seconds: float | None = None) -> list[Reply]:
        """Do the same where some may fail: an error takes the place of the reply to a command that did.

        Raises StoreUnavailable where all fail for one reason.
        """
        if not commands:
            return []
        try:
            return self._servers.replies(commands, timeout_seconds or self._timeout)
        except (RedisError, OSError) as error:
            raise StoreUnavailable(f"{type(error).__name__}: {error}") from error

    def ping(self, timeout_seconds: float | None = None) -> None:
        """Return if every server answers; raises StoreUnavailable."""
        try:
            replies = self._servers.ping(timeout_seconds or self._timeout)
        except (RedisError, OSError) as error:
            raise StoreUnavailable(f"{type(error).__name__}: {error}") from error
        for reply in replies:
            sound(reply)

    def scan(self, pattern: str) -> Iterator[list[bytes]]:
        """Yield the keys that match, a page at a time; the pattern begins with a hash tag: one slot's.

        Walks over all keys of the server that has the slot: for rare work only. Keys of a slot that moves meanwhile
        may be missed.
        """
        cursor: Reply = b"0"
        while True:
            ((cursor, found),) = self.run([("SCAN", cursor, "MATCH", pattern, "COUNT", _SCAN_COUNT)])
            if found:
                yield found
            if cursor == b"0":
                return

    def close(self) -> None:
        """Close the connections that nobody uses."""
        self._servers.close()


def _servers(address: Address, on_change: Callable[[bool], None], hurried_seconds: float) -> Servers:
    options = parse_url(address.url)  # type: ignore[no-untyped-call]
    if address.kind == "server":
        return Server(options)
    return Routed(Topology(finder(address, options)), options, on_change, hurried_seconds)


def sound(reply: Reply) -> Reply:
    """Return a reply of `Exchange.each`; raise Backlog or StoreUnavailable where it is an error."""
    if isinstance(reply, Exception):
        raise _refusal(reply) from reply
    return reply


def _refusal(error: Exception) -> StoreUnavailable:
    if isinstance(error, StoreUnavailable):
        return error
    if isinstance(error, hiredis.ReplyError) and str(error).startswith("MOVED"):
        return StoreUnavailable("the server is one of a cluster, whose URL begins with redis+cluster://")
    return (Backlog if str(error).startswith(_REFUSES) else StoreUnavailable)(str(error))
