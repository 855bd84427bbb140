"""A whole Balad: data directory, embedded server, worker, web, one shop; gone at the end, whatever happens."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import redis

from features.bundle import Bundle, Shelf
from features.identity import PARTITIONS
from features.store import keys
from features.store.embedded import EmbeddedServer
from features.store.exchange import Exchange
from features.store.redis_settings import RedisSettings
from service.settings import Settings, environment
from service.shops import NewShop, create_shop
from tests.benchmarks import generated
from tests.benchmarks.client import Connection, prepared
from tests.benchmarks.machine import cpu_seconds, family, resident_bytes

PATIENCE_SECONDS: Final = 60.0
STOP_SECONDS: Final = 20.0
_POLL_SECONDS: Final = 0.05
_LISTENED_ON: Final = range(10_000, 32_768)  # below those that systems take for outgoing connections
_BATCH: Final = 1_000
_ANSWERS_TO_BELIEVE: Final = 40  # from new connections, so that each web process is among them


@dataclass(frozen=True, slots=True)
class Installation:
    """A running service and what it runs on."""

    settings: Settings
    shop: NewShop
    server_url: str
    store: redis.Redis
    processes: Mapping[str, int]  # by role; a role's descendants belong to it

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.settings.bind.rpartition(":")[2])

    def request(self, method: str, path: str, body: object) -> bytes:
        """Return a prepared request with the secret key."""
        return prepared(method, path, self.shop.secret_key, body)

    def call(self, method: str, path: str, body: object) -> Any:
        """Call on a connection of its own."""
        with Connection(self.port) as connection:
            return connection.send(self.request(method, path, body)).json()

    def put_items(self, count: int) -> None:
        """Fill the catalogue."""
        catalogue = list(generated.items(count))
        for first in range(0, count, _BATCH):
            self.call("PUT", "/v1/items", {"items": catalogue[first : first + _BATCH]})

    def send_events(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Send events; all must be accepted."""
        for first in range(0, len(events), _BATCH):
            answer = self.call("POST", "/v1/events", {"events": events[first : first + _BATCH]})
            if answer["rejected"] or answer["duplicates"]:
                raise RuntimeError(f"events were not accepted: {answer}")

    def publish(self, bundle: Bundle) -> str:
        """Write a model, promote it and wait until every web process ranks with it."""
        shelf = Shelf(self.settings.models_url)
        shelf.write(bundle)
        shelf.promote(self.shop.shop, bundle.manifest.version, time.time())
        self.wait_for_model(bundle.manifest.version)
        return bundle.manifest.version

    def wait_for_model(self, version: str) -> None:
        """Wait until every web process ranks with a version."""
        question = self.request("POST", "/v1/rank", generated.question(0, ["a", "b"]))
        until(lambda: all(self._model_of(question) == version for _ in range(_ANSWERS_TO_BELIEVE)))

    def _model_of(self, question: bytes) -> object:
        with Connection(self.port) as connection:
            return connection.send(question).json()["model"]

    def cpu_seconds(self) -> dict[str, float]:
        """Return the CPU time taken so far, by role."""
        return {role: cpu_seconds(family(pid)) for role, pid in self.processes.items()}

    def web_processes(self) -> list[int]:
        """Return the processes that answer, without the one that supervises them."""
        return family(self.processes["web"])[1:]

    def drained_after(self) -> float:
        """Wait until the worker has everything in the log and in the counters; return how long it took, in seconds."""
        began = time.monotonic()
        until(lambda: self.facts_waiting() == 0, 120.0)
        return time.monotonic() - began

    def worker_bytes(self) -> int:
        """Return the memory that the worker holds."""
        return sum(map(resident_bytes, family(self.processes["worker"])))

    def log_bytes(self) -> int:
        """Return how large the log is."""
        root = Path(self.settings.log_url.removeprefix("file://"))
        sizes = [file.stat().st_size for file in root.rglob("*.parquet")]
        if not sizes:
            raise RuntimeError(f"nothing is in the log at {root}")
        return sum(sizes)

    def facts_written(self) -> int:
        """Return how many facts were ever appended to the shop's streams."""
        streams = (keys.stream_key(self.shop.shop, partition) for partition in range(PARTITIONS))
        return sum(self.store.xinfo_stream(s)["entries-added"] for s in streams if self.store.exists(s))

    def facts_waiting(self) -> int:
        """Return how many facts the worker has not finished with."""
        streams = (keys.stream_key(self.shop.shop, partition) for partition in range(PARTITIONS))
        return sum(self.store.xlen(stream) for stream in streams)


@contextmanager
def installation(*, worker: bool = True, **settings: object) -> Iterator[Installation]:
    """Start all parts, with one shop that is personalised on every page; stop and remove all of it at the end."""
    with ExitStack() as stack:
        data = Path(tempfile.mkdtemp(prefix="balad-bench-"))
        stack.callback(shutil.rmtree, data, ignore_errors=True)
        chosen = Settings(data=data, bind=f"127.0.0.1:{free_port()}", log_level="warning").at(**settings)
        server = stack.enter_context(EmbeddedServer(data / "redis"))
        store = stack.enter_context(closing(redis.Redis.from_url(server.url)))
        processes = {"redis": int(store.info()["process_id"])}
        exchange = Exchange(server.url, 10.0)
        shop = create_shop(RedisSettings(exchange), generated.SHOP, now=time.time())
        exchange.close()
        if worker:
            processes["worker"] = stack.enter_context(running(command("worker"), chosen))
        processes["web"] = stack.enter_context(running(command("serve"), chosen))
        until(lambda: answers(chosen))
        balad = Installation(chosen, shop, server.url, store, processes)
        balad.call("PUT", "/v1/pages/default", {"state": "on", "holdout": 0.0})
        yield balad


@contextmanager
def running(program: Sequence[str], settings: Settings) -> Iterator[int]:
    """Run a program of ours with settings, and end it with all its children."""
    said = {name: getattr(settings, name) for name in settings.model_fields_set}
    process = subprocess.Popen(
        [sys.executable, *program],
        stdin=subprocess.PIPE,
        process_group=0,
        env=environment(**said),
    )
    try:
        yield process.pid
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def command(name: str) -> list[str]:
    """Return how Python runs a command of `balad` that ends when its standard input does: with us, even killed."""
    return ["-m", "service.cli", name, "--with-parent"]


def answers(settings: Settings) -> bool:
    try:
        with Connection(int(settings.bind.rpartition(":")[2])) as connection:
            return connection.send(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").status == 200
    except OSError:
        return False


def free_port() -> int:
    """Return a port that nobody listens on now, and that no outgoing connection is given before somebody does."""
    while True:
        port = secrets.choice(_LISTENED_ON)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def until(condition: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until a condition holds; raises TimeoutError where it does not in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("the service did not get ready in time")
        time.sleep(_POLL_SECONDS)
