"""Several servers on this machine: a cluster of masters and replicas, or a master and replicas under Sentinels."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import redis

from features.store import embedded
from tests.benchmarks.installation import free_port

HOST: Final = "127.0.0.1"
SLOTS: Final = 16_384
SERVICE: Final = "shop"
NODE_TIMEOUT_MS: Final = (
    1_000  # a master that is silent for so long is taken for dead; 15 s is the servers' own default
)
PATIENCE_SECONDS: Final = 60.0


@dataclass
class Fleet:
    """Server processes, by port; each has a directory of its own, and comes back to its data and its port."""

    directory: Path
    programs: Sequence[Path] = field(default_factory=lambda: list(embedded._programs())[-1:])  # noqa: SLF001 - the newest
    running: dict[int, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    _words: dict[int, list[str]] = field(default_factory=dict)

    def start(self, port: int, options: Mapping[str, object] | None = None) -> None:
        """Start a server with options (or one that was killed as it was), and wait until it answers."""
        if options is not None:
            said = {"port": port, "bind": HOST, "save": "", "dir": ".", "repl-diskless-sync-delay": 0} | dict(
                options
            )
            self._words[port] = [
                word for name, value in said.items() for word in (f"--{name}", *str(value).split(" "))
            ]
        self._launch(port)

    def watch(self, port: int, master: int) -> None:
        """Start a Sentinel of a master, which two must find dead."""
        told = {"down-after-milliseconds": NODE_TIMEOUT_MS, "failover-timeout": 5 * NODE_TIMEOUT_MS}
        lines = [f"port {port}", f"bind {HOST}", f"sentinel monitor {SERVICE} {HOST} {master} 2"]
        lines += [f"sentinel {name} {SERVICE} {value}" for name, value in told.items()]
        inside = self.directory / str(port)
        inside.mkdir(parents=True)
        (inside / "sentinel.conf").write_text("\n".join(lines) + "\n")
        self._words[port] = ["sentinel.conf", "--sentinel"]
        self._launch(port)

    def _launch(self, port: int) -> None:
        inside = self.directory / str(port)
        inside.mkdir(parents=True, exist_ok=True)
        with (inside / "log").open("ab") as log:
            process = subprocess.Popen(
                [self.programs[0], *self._words[port]], cwd=inside, stdout=log, stderr=log
            )
        self.running[port] = process
        until(lambda: self.answers(port) or process.poll() is not None)
        if process.poll() is not None:
            raise RuntimeError(f"the server stopped: {(inside / 'log').read_text()[-500:]}")

    def answers(self, port: int) -> bool:
        """Tell whether a server answers."""
        with suppress(redis.RedisError), closing(self.client(port)) as client:
            return bool(client.ping())
        return False

    def client(self, port: int, **options: Any) -> redis.Redis:
        """Return a client of one server."""
        return redis.Redis(host=HOST, port=port, socket_timeout=5.0, protocol=2, **options)

    def ask(self, port: int, *words: object) -> Any:
        """Ask one server something; the answer is as it comes."""
        with closing(self.client(port)) as client:
            client.response_callbacks.clear()
            return client.execute_command(*words)  # type: ignore[no-untyped-call]

    def kill(self, port: int) -> None:
        """Kill a server with -9."""
        process = self.running.pop(port)
        process.kill()
        process.wait()

    def pause(self, port: int) -> None:
        """Have a server be there and not answer, as one behind a broken network."""
        self.running[port].send_signal(signal.SIGSTOP)

    def resume(self, port: int) -> None:
        """Let it go on."""
        self.running[port].send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """Kill all."""
        for port in list(self.running):
            self.resume(port)
            self.kill(port)


@dataclass
class Cluster:
    """Masters and their replicas; `masters` are those at the start."""

    fleet: Fleet
    masters: list[int]
    replicas: dict[int, int]  # master's port by replica's

    @property
    def url(self) -> str:
        """What BALAD_REDIS_URL is."""
        return "redis+cluster://" + ",".join(f"{HOST}:{port}" for port in self.masters)

    def flush(self) -> None:
        """Empty it."""
        for port in self.masters:
            self.fleet.ask(port, "FLUSHALL")

    def owner(self, key: str) -> int:
        """Return the port of the master that has a key now."""
        slot = self.slot(key)
        for first, last, (_, port, *_), *_ in self.slots():
            if first <= slot <= last:
                return int(port)
        raise LookupError(f"nobody has slot {slot}")

    def slot(self, key: str) -> int:
        """Return a key's slot."""
        return int(self.fleet.ask(self._alive(), "CLUSTER", "KEYSLOT", key))

    def slots(self) -> list[Any]:
        """Return what a server that runs says of who has which slot."""
        found: list[Any] = self.fleet.ask(self._alive(), "CLUSTER", "SLOTS")
        return found

    def healthy(self) -> bool:
        """Tell whether each server that runs finds the cluster whole."""
        running = list(self.fleet.running)
        return all(b"cluster_state:ok" in self.fleet.ask(port, "CLUSTER", "INFO") for port in running)

    def node_id(self, port: int) -> str:
        """Return the name of a server within the cluster."""
        return str(self.fleet.ask(port, "CLUSTER", "MYID").decode())

    def _alive(self) -> int:
        return next(iter(self.fleet.running))


@contextmanager
def cluster(
    directory: Path, masters: int = 3, replicas: int = 0, options: Mapping[str, object] | None = None
) -> Iterator[Cluster]:
    """Start a cluster whose masters share the slots evenly; gone at the end, whatever happens."""
    fleet = Fleet(directory)
    made = Cluster(fleet, [free_port() for _ in range(masters)], {})
    try:
        shared: dict[str, object] = {
            "cluster-enabled": "yes",
            "cluster-node-timeout": NODE_TIMEOUT_MS,
        } | dict(options or {})
        bus = {port: free_port() for port in made.masters}
        for number, port in enumerate(made.masters):
            fleet.start(port, shared | {"cluster-port": bus[port]})
            first, last = (SLOTS * n // masters for n in (number, number + 1))
            fleet.ask(port, "CLUSTER", "ADDSLOTSRANGE", first, last - 1)
            fleet.ask(port, "CLUSTER", "SET-CONFIG-EPOCH", number + 1)
        for n in range(masters * replicas):
            port = free_port()
            bus[port] = free_port()
            fleet.start(port, shared | {"cluster-port": bus[port]})
            made.replicas[port] = made.masters[n % masters]
        _introduce(made, bus)
        yield made
    finally:
        fleet.stop()


@dataclass
class Watched:
    """A master and its replica under three Sentinels."""

    fleet: Fleet
    master: int
    replica: int
    sentinels: list[int]

    @property
    def url(self) -> str:
        """What BALAD_REDIS_URL is."""
        return "redis+sentinel://" + ",".join(f"{HOST}:{port}" for port in self.sentinels) + f"/{SERVICE}"

    def leader(self) -> int:
        """Return the port of the master, as the first Sentinel has it."""
        return int(self.fleet.ask(self.sentinels[0], "SENTINEL", "GET-MASTER-ADDR-BY-NAME", SERVICE)[1])


@contextmanager
def watched(directory: Path) -> Iterator[Watched]:
    """Start a master, its replica and three Sentinels that know each other; gone at the end, whatever happens."""
    fleet = Fleet(directory)
    made = Watched(fleet, free_port(), free_port(), [free_port() for _ in range(3)])
    try:
        fleet.start(made.master, {})
        fleet.start(made.replica, {"replicaof": f"{HOST} {made.master}"})
        until(lambda: b"master_link_status:up" in fleet.ask(made.replica, "INFO"))
        for port in made.sentinels:
            fleet.watch(port, made.master)
        until(
            lambda: all(_knows_all(fleet.ask(port, "SENTINEL", "MASTER", SERVICE)) for port in made.sentinels)
        )
        yield made
    finally:
        fleet.stop()


def _knows_all(told: Sequence[bytes]) -> bool:
    said = dict(zip(told[::2], told[1::2], strict=True))
    return (said[b"num-slaves"], said[b"num-other-sentinels"]) == (b"1", b"2")


def _introduce(made: Cluster, bus: Mapping[int, int]) -> None:
    fleet, first = made.fleet, made.masters[0]
    for port in fleet.running:
        if port != first:
            fleet.ask(port, "CLUSTER", "MEET", HOST, first, bus[first])
    number = len(fleet.running)
    until(lambda: all(fleet.ask(p, "CLUSTER", "NODES").count(b"\n") == number for p in fleet.running))
    until(made.healthy)
    for replica, master in made.replicas.items():
        fleet.ask(replica, "CLUSTER", "REPLICATE", made.node_id(master))
    until(lambda: all(b"master_link_status:up" in fleet.ask(replica, "INFO") for replica in made.replicas))


def until(condition: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait for a condition, with a bound."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("it did not come true in time")
        time.sleep(0.02)
