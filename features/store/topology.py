"""Which server has which slot: asked of a cluster or of Sentinels by the driver, in a thread of its own.

A call never waits for it but where nothing is known yet, and then for as long as its own time lasts.
"""

import logging
import os
import time
from collections.abc import Callable, Mapping
from threading import Event, Lock, Thread
from typing import Any, Final, TypeAlias

from redis.cluster import ClusterNode, NodesManager
from redis.connection import SSLConnection
from redis.crc import REDIS_CLUSTER_HASH_SLOTS
from redis.exceptions import RedisClusterException, RedisError
from redis.sentinel import Sentinel

from features.store.address import Address
from features.store.protocol import StoreUnavailable
from features.store.wire import CONNECT_SECONDS

SLOTS: Final = REDIS_CLUSTER_HASH_SLOTS
RENEW_SECONDS: Final = 5.0  # a master that was replaced while it still answers is noticed within this time
PAUSE_SECONDS: Final = 0.1  # between two looks while servers fail; a failover takes a second and more
_ANSWER_SECONDS: Final = 1.0
_LOG: Final = logging.getLogger(__name__)

Place: TypeAlias = tuple[str, int]  # host and port
Owners: TypeAlias = list[Place | None]  # by slot; None where nobody has it


def finder(address: Address, options: Mapping[str, Any]) -> Callable[[], Owners]:
    """Return what asks for the owners of all slots. `options` are the driver's for a server of them."""
    kwargs = {k: v for k, v in options.items() if k not in {"host", "port", "connection_class", "db"}}
    kwargs |= {"socket_timeout": _ANSWER_SECONDS, "socket_connect_timeout": CONNECT_SECONDS}
    kwargs |= {"protocol": 2, "driver_info": None}
    if options.get("connection_class") is SSLConnection:
        kwargs["ssl"] = True
    return _Sentinels(address, kwargs) if address.kind == "sentinel" else _Cluster(address, kwargs)


class _Cluster:
    """The masters of a cluster. Nodes of the URL are asked first, so that new addresses behind its names are found."""

    def __init__(self, address: Address, kwargs: dict[str, Any]) -> None:
        self._named = [ClusterNode(*place) for place in address.hosts]  # type: ignore[no-untyped-call]
        self._kwargs = kwargs
        self._manager: NodesManager | None = None

    def __call__(self) -> Owners:
        if self._manager is None:
            self._manager = NodesManager(self._named, dynamic_startup_nodes=False, **self._kwargs)
        else:
            met = [(node.host, node.port) for node in self._manager.nodes_cache.values()]
            self._manager.initialize(met)
        slots = self._manager.slots_cache
        return [(slots[n][0].host, slots[n][0].port) if slots.get(n) else None for n in range(SLOTS)]


class _Sentinels:
    """The one master of a service."""

    def __init__(self, address: Address, kwargs: dict[str, Any]) -> None:
        greeting = {**kwargs, "username": None, "password": None, **address.of_sentinels}
        self._sentinel = Sentinel(address.hosts, sentinel_kwargs=greeting)  # type: ignore[no-untyped-call]
        self._service = address.service

    def __call__(self) -> Owners:
        master: Place = self._sentinel.discover_master(self._service)  # type: ignore[no-untyped-call]
        return [master] * SLOTS


class Topology:
    """The owners of the slots as they were last heard of."""

    def __init__(self, find: Callable[[], Owners]) -> None:
        self._find = find
        self._owners: Owners = []
        self._known = Event()
        self._lock = Lock()
        self._asking = False
        self._next = 0.0  # on the monotonic clock
        self._why = "nobody was asked yet"
        self._pid = os.getpid()

    def owners(self, timeout: float) -> Owners:
        """Return the owner of each slot.

        Raises:
            StoreUnavailable: Nobody could be asked yet, and that within the timeout.
        """
        if not self._known.is_set():
            self._first_heard(time.monotonic() + timeout)
        elif time.monotonic() > self._next + RENEW_SECONDS:
            self.renew()
        return self._owners

    def _first_heard(self, deadline: float) -> None:
        """Ask until somebody has answered: an attempt fails where a connection meets a server that starts."""
        while not self._known.is_set():
            if (left := deadline - time.monotonic()) <= 0:
                raise StoreUnavailable(f"no server says who holds what: {self._why}")
            self.renew()
            self._known.wait(min(left, PAUSE_SECONDS))

    def moved(self, slot: int, owner: Place) -> None:
        """Note that a slot has another owner, and ask about the others."""
        self._owners[slot] = owner
        self.renew()

    def renew(self) -> None:
        """Ask again, in a thread, unless that was done a moment ago."""
        if self._pid != os.getpid():  # forked: the thread is the parent's
            self._pid, self._asking, self._lock = os.getpid(), False, Lock()
        with self._lock:
            if self._asking or time.monotonic() < self._next:
                return
            self._asking = True
        Thread(target=self._ask, daemon=True, name="topology").start()

    def _ask(self) -> None:
        try:
            self._owners = self._find()
            self._known.set()
        except (RedisError, RedisClusterException, OSError) as error:
            self._why = f"{error}"
            _LOG.info("nobody says which server holds what: %s", error)
        finally:
            self._next = time.monotonic() + PAUSE_SECONDS
            self._asking = False
