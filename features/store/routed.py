"""Round trips to the servers of a cluster, or to the master that Sentinels name: one to each concerned, at once.

A key's slot says which server has it. Where a slot has moved, its commands are sent again to who has it now, within
the time of the call. A server that does not answer is left alone for a moment, by a circuit of its own.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import hiredis
from redis.crc import key_slot

from features.store.circuit import Circuits
from features.store.lua import Command
from features.store.part import Part, Sent, Talk, answers
from features.store.protocol import PartUnavailable
from features.store.topology import Owners, Place, Topology
from features.store.wire import Reply, Server

HOPS: Final = (
    6  # a slot that moves is found in two; keys of one that is half moved are waited for, 31 ms in all
)
LEAST_SECONDS: Final = 0.001  # what has come in meanwhile is read, however late it is
_AWAY: Final = ("CLUSTERDOWN", "MASTERDOWN", "READONLY", "LOADING", "MOVED", "ASK", "TRYAGAIN")
_KEY_AT: Final = {"EVALSHA": 3, "SCAN": 3}  # of others, it is the word after the name

Waiting: TypeAlias = dict[Place | None, list[Sent]]


class Routed:
    """Round trips by slot. `on_change` hears whether all masters answer, when that changes.

    A call is hurried that has no more time than two round trips of `hurried_seconds`.
    """

    def __init__(
        self,
        topology: Topology,
        options: Mapping[str, Any],
        on_change: Callable[[bool], None],
        hurried_seconds: float = 0.0,
    ) -> None:
        self._topology = topology
        self._options = options
        self._on_change = on_change
        self._hurried_seconds = hurried_seconds
        self._parts: dict[Place, Part] = {}
        self._owners: Owners = []

    def replies(self, commands: Sequence[Command], timeout: float) -> list[Reply]:
        """Send each command to who has its key, and return the replies, errors and failures among them."""
        deadline = time.monotonic() + timeout
        owners = self._known(timeout)
        waiting: Waiting = {}
        for place, command in enumerate(commands):
            waiting.setdefault(owners[slot_of(command)], []).append(Sent(place, command))
        replies: list[Reply] = [None] * len(commands)
        for hop in range(HOPS):
            self._round(waiting, replies, deadline)
            waiting, pauses = self._again(waiting, replies, deadline)
            if not waiting or time.monotonic() > deadline:
                break
            if pauses:
                time.sleep(min(0.001 * 2**hop, max(0.0, deadline - time.monotonic())))
        return [_away(reply) if isinstance(reply, hiredis.ReplyError) else reply for reply in replies]

    def ping(self, timeout: float) -> list[Reply]:
        """Ask every master whether it answers."""
        masters = [place for place in dict.fromkeys(self._known(timeout)) if place is not None]
        replies: list[Reply] = [None] * len(masters)
        asked: Waiting = {place: [Sent(n, ("PING",))] for n, place in enumerate(masters)}
        self._round(asked, replies, time.monotonic() + timeout)
        return replies

    def close(self) -> None:
        """Close the connections that nobody uses."""
        for part in self._parts.values():
            part.server.close()

    def _known(self, timeout: float) -> Owners:
        """Return who has which slot, and forget servers that have none any more."""
        owners = self._topology.owners(timeout)
        if owners is not self._owners:
            self._owners, current = owners, set(owners)
            for place in [place for place in self._parts if place not in current]:
                self._parts.pop(place).server.close()
            self._changed()
        return owners

    def _changed(self) -> None:
        self._on_change(all(part.circuits.closed for part in list(self._parts.values())))

    def _part(self, place: Place) -> Part:
        if place not in self._parts:
            host, port = place
            server = Server({**self._options, "host": host, "port": port})
            circuits = Circuits(
                time.monotonic,
                lambda _: self._changed(),
                server.name,
                lambda: answers(server, self._hurried_seconds),
            )
            self._parts.setdefault(place, Part(server, circuits))
        return self._parts[place]

    def _round(self, waiting: Waiting, replies: list[Reply], deadline: float) -> None:
        """Send to all who are concerned, then read from all: the slowest is waited for, not their sum."""
        talks = []
        for place, sents in waiting.items():
            if place is None:
                for sent in sents:
                    replies[sent.place] = PartUnavailable("no server of the cluster has its slot")
                self._topology.renew()
            else:
                left = max(deadline - time.monotonic(), LEAST_SECONDS)
                part = self._part(place)
                is_hurried = left <= 2 * self._hurried_seconds
                circuit = part.circuits.hurried if is_hurried else part.circuits.patient
                talks.append(Talk(part, circuit, sents, left))
        for talk in talks:
            if not talk.finish(replies, max(deadline - time.monotonic(), LEAST_SECONDS)):
                self._topology.renew()

    def _again(self, waiting: Waiting, replies: list[Reply], deadline: float) -> tuple[Waiting, bool]:
        """Return what is to be asked again, of whom, and whether to pause before: keys are on their way."""
        again: Waiting = {}
        pauses = False
        for asked, sents in waiting.items():
            for sent in sents:
                reply = replies[sent.place]
                word = str(reply).partition(" ")[0] if isinstance(reply, hiredis.ReplyError) else ""
                if word in {"MOVED", "ASK"}:
                    again.setdefault(self._followed(str(reply), asked), []).append(
                        sent._replace(asking=word == "ASK")
                    )
                elif word == "TRYAGAIN" and sent.command[0] == "MGET":
                    replies[sent.place] = self._one_by_one(sent.command, deadline)
                elif word == "TRYAGAIN":
                    again.setdefault(asked, []).append(sent)
                    pauses = True
                elif word in _AWAY:
                    self._topology.renew()
        return again, pauses

    def _followed(self, redirection: str, asked: Place | None) -> Place:
        """Return who is to be asked instead; who has a slot from now on is noted."""
        word, slot, named = redirection.split(" ", 2)
        place = _place(named, asked)
        if word == "MOVED":
            self._topology.moved(int(slot), place)
        return place

    def _one_by_one(self, command: Command, deadline: float) -> Reply:
        """Return what an MGET would: single keys of a slot that is half moved are found, several together are not."""
        gets = [("GET", key) for key in command[1:]]
        values = self.replies(gets, max(deadline - time.monotonic(), LEAST_SECONDS))
        return next((value for value in values if isinstance(value, Exception)), values)


def slot_of(command: Command) -> int:
    """Return the slot of a command's keys: those of one command share it.

    >>> slot_of(("GET", "balad:{acme:0}:work")) == slot_of(("EVALSHA", "sha", 1, "balad:{acme:0}:lease"))
    True
    """
    key = command[_KEY_AT.get(command[0], 1)]
    return key_slot(key.encode() if isinstance(key, str) else key)


def _place(named: str, asked: Place | None) -> Place:
    """Return the address in a redirection; one without a host is at the host that was asked.

    >>> _place("10.0.0.7:6379", None), _place(":6380", ("10.0.0.5", 6379))
    (('10.0.0.7', 6379), ('10.0.0.5', 6380))
    """
    host, _, port = named.rpartition(":")
    return host.strip("[]") or (asked[0] if asked else ""), int(port)


def _away(error: Exception) -> Exception:
    """Return an error that says that the server does not have, or not yet, what was asked for as what it means."""
    return PartUnavailable(str(error)) if str(error).startswith(_AWAY) else error
