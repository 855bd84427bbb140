"""Balad over HTTP on several servers, under load: a master killed with -9, slots moved from server to server."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Final, NamedTuple

from features.identity import PARTITIONS
from features.store.keys import stream_key
from tests.faults.fleet import Cluster, Fleet, cluster, until
from tests.faults.fleet import watched as under_sentinels
from tests.faults.kill_rounds import Sent, sending
from tests.faults.outages import p99, prepare, rank
from tests.faults.town import SHOP, Town, settled

OPTIONS: Final = {"cluster-require-full-coverage": "no", "appendonly": "yes"}
RANKINGS_PER_SECOND: Final = 100  # with six servers, the service and its clients on two cores
EVENTS_PER_SECOND: Final = 200
HEAD_START_SECONDS: Final = 1.0  # of the load, before something is done to the cluster

Waits = list[tuple[float, int]]


@dataclass(frozen=True, slots=True)
class Failover:
    """What a failover did; waits of rankings in milliseconds, each beside events of some hundred a second."""

    before_p99: float
    rankings: int  # while the master was killed and replaced
    not_200: int
    during_p99: float
    seconds: float  # from the kill until the others name the successor
    gap_seconds: float  # the longest time without an acknowledged event


@dataclass(frozen=True, slots=True)
class Moved:
    """What the moving of slots did."""

    seconds: float
    rankings: int  # meanwhile
    not_200: int
    p99: float  # ms
    gap_seconds: float  # the longest time without an acknowledged event


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of acknowledged events. A failover may lose what the replica had not heard of."""

    acknowledged: int
    missing: int
    oldest_loss_seconds: float  # how long before the kill a lost event was acknowledged
    doubled: int


class Clustered(NamedTuple):
    """What came of a cluster's failover, and of its moving slots."""

    failover: Failover
    moved: Moved
    kept: Kept


class Watched(NamedTuple):
    """What came of a failover under Sentinels."""

    failover: Failover
    kept: Kept


def clustered(seconds: float) -> Clustered:
    """Put three masters, each with a replica, under load for so long before, during and after a failover."""
    with (
        TemporaryDirectory(prefix="balad-cluster-") as data,
        cluster(Path(data) / "servers", replicas=1, options=OPTIONS) as made,
        settled(Path(data), made.url) as place,
    ):
        prepare(place)
        sent = Sent()
        with sending(place, sent, EVENTS_PER_SECOND):
            victim = made.owner(stream_key(SHOP, 0))
            kill = _Beside(lambda: _fail_over(made.fleet, victim, lambda: made.owner(stream_key(SHOP, 0))))
            before, during = _around(place, seconds, kill)
            made.fleet.start(victim)  # as a replica of its successor
            until(made.healthy)
            move = _Beside(lambda: _move_slots(made))
            moving = move.done_while(lambda: rank(place, seconds, RANKINGS_PER_SECOND))
        kept = _kept(place, sent, kill.began)
    gap = _longest_gap(sent.acknowledged.values(), move.began, move.began + move.seconds)
    moved = Moved(move.seconds, len(moving), _not_200(moving), p99(moving), gap)
    return Clustered(_failover(before, during, kill, sent, seconds), moved, kept)


def watched(seconds: float) -> Watched:
    """Put a master and its replica, under three Sentinels, under load for so long before and during a failover."""
    with (
        TemporaryDirectory(prefix="balad-sentinel-") as data,
        under_sentinels(Path(data) / "servers") as made,
        settled(Path(data), made.url) as place,
    ):
        prepare(place)
        sent = Sent()
        with sending(place, sent, EVENTS_PER_SECOND):
            kill = _Beside(lambda: _fail_over(made.fleet, made.master, made.leader))
            before, during = _around(place, seconds, kill)
        kept = _kept(place, sent, kill.began)
    return Watched(_failover(before, during, kill, sent, seconds), kept)


def _around(place: Town, seconds: float, kill: "_Beside") -> tuple[Waits, Waits]:
    """Rank half as long before, then so long while a master is killed and replaced."""
    before = rank(place, seconds / 2, RANKINGS_PER_SECOND)
    return before, kill.done_while(lambda: rank(place, seconds, RANKINGS_PER_SECOND))


def _failover(before: Waits, during: Waits, kill: "_Beside", sent: Sent, seconds: float) -> Failover:
    gap = _longest_gap(sent.acknowledged.values(), kill.began, kill.began + seconds)
    return Failover(p99(before), len(during), _not_200(during), p99(during), kill.seconds, gap)


def _kept(place: Town, sent: Sent, killed: float) -> Kept:
    """Stop the place, and compare its log with what was acknowledged."""
    place.finish()
    logged = place.logged()
    missing = [at for event, at in sent.acknowledged.items() if event not in logged]
    return Kept(
        len(sent.acknowledged),
        len(missing),
        max((killed - at for at in missing), default=0.0),
        sum(number > 1 for number in logged.values()),
    )


class _Beside:
    """Something that is done in a thread some time after a load began."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._failure: Exception | None = None
        self.began = self.seconds = 0.0

    def done_while(self, load: Callable[[], Waits]) -> Waits:
        """Run the load, and the work beside it; both are over then."""
        thread = Thread(target=self._run)
        thread.start()
        waits = load()
        thread.join()
        if self._failure is not None:
            raise self._failure
        return waits

    def _run(self) -> None:
        time.sleep(HEAD_START_SECONDS)
        self.began = time.monotonic()
        try:
            self._work()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is raised where it is waited for
            self._failure = error
        self.seconds = time.monotonic() - self.began


def _fail_over(fleet: Fleet, victim: int, master: Callable[[], int]) -> None:
    """Kill a master, and wait until those who are left name its successor."""
    fleet.kill(victim)
    until(lambda: master() != victim)


def _move_slots(made: Cluster) -> None:
    """Move each slot of the shop to another master, one after the other, as the server's own command does."""
    masters = list(dict.fromkeys(int(port) for _, _, (_, port, *_), *_ in made.slots()))
    for partition in range(PARTITIONS):
        key = stream_key(SHOP, partition)
        slot, source = made.slot(key), made.owner(key)
        target = masters[(masters.index(source) + 1) % len(masters)]
        node = made.node_id(target)
        made.fleet.ask(source, "CLUSTER", "MIGRATESLOTS", "SLOTSRANGE", slot, slot, "NODE", node)
        until(partial(_has, made, target, key))


def _has(made: Cluster, port: int, key: str) -> bool:
    return made.owner(key) == port


def _longest_gap(times: Iterable[float], since: float, upto: float) -> float:
    """Return the longest time between two moments of a period; it begins and ends with the nearest outside it.

    >>> _longest_gap([1.0, 2.0, 5.0, 5.5, 9.0], since=2.5, upto=5.2)
    3.0
    """
    return max(
        (
            after - before
            for before, after in pairwise(sorted(set(times)))
            if after >= since and before <= upto
        ),
        default=0.0,
    )


def _not_200(waits: Waits) -> int:
    return sum(status != 200 for _, status in waits)
