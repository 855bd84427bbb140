"""A whole Balad as plain processes, any of which may be killed with -9 and started again."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from features.bundle import Shelf
from features.log.place import Log
from features.log.reader import rows
from features.log.schema import Kind
from features.store.embedded import EmbeddedServer
from features.store.exchange import Exchange
from features.store.redis import connect
from features.store.redis_settings import RedisSettings
from service.settings import Settings, environment
from service.shops import NewShop, create_shop
from tests.benchmarks import generated
from tests.benchmarks.client import Connection
from tests.benchmarks.installation import STOP_SECONDS, answers, command, free_port, until
from tests.benchmarks.machine import family

SHOP: Final = generated.SHOP
Role = Literal["web", "worker", "redis"]
PATIENCE_SECONDS: Final = 300.0  # a machine that others use may stand still for some minutes
ROLES: Final[tuple[Role, ...]] = ("web", "worker", "redis")


@dataclass
class Town:
    """The processes of one installation, by role."""

    settings: Settings
    shop: NewShop
    own_server: EmbeddedServer | None = None  # None where the state is elsewhere
    running: dict[Role, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    @property
    def server(self) -> EmbeddedServer:
        """The embedded server."""
        if self.own_server is None:
            raise LookupError("the state is in servers of somebody else")
        return self.own_server

    @property
    def port(self) -> int:
        """Where the service listens."""
        return int(self.settings.bind.rpartition(":")[2])

    def start(self, role: Role) -> None:
        """Start what is not there, and wait until it works."""
        if role == "redis":
            self.server.start()
            return
        self._launch(role)
        if role == "web":
            until(self._serves, PATIENCE_SECONDS)

    def _serves(self) -> bool:
        """Tell whether the web answers. One that found the port taken, by what was just killed, is started again."""
        if self.running["web"].poll() is not None:
            self._end("web")
            self._launch("web")
        return answers(self.settings)

    def _launch(self, role: Role) -> None:
        said = {name: getattr(self.settings, name) for name in self.settings.model_fields_set}
        with (self.settings.data / "processes.log").open("ab") as told:
            self.running[role] = subprocess.Popen(
                [sys.executable, *command({"web": "serve"}.get(role, role))],
                stdin=subprocess.PIPE,
                stdout=told,
                stderr=told,
                process_group=0,
                env=environment(**said),
            )

    def kill(self, role: Role, draw: random.Random) -> None:
        """Kill one process of a role with -9, and start the role again where that was its first."""
        if role == "redis":
            os.kill(self.server_pid(), signal.SIGKILL)
            self.server.start()
            return
        first = self.running[role].pid
        victim = draw.choice(family(first))
        with suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
        if victim == first:
            self._end(role)
            self.start(role)

    def restart(self, role: Role) -> None:
        """Stop a role and start it with the settings as they are now."""
        self.running[role].terminate()
        self._end(role)
        self.start(role)

    def publish(self) -> None:
        """Give the shop a model; it serves within some seconds."""
        shelf, made = Shelf(self.settings.models_url), generated.bundle(shop=SHOP)
        shelf.write(made)
        shelf.promote(SHOP, made.manifest.version, time.time())

    def server_pid(self) -> int:
        """Return the process of Redis."""
        return int((self.server.directory / "server.pid").read_text())

    def stop(self) -> None:
        """Stop the web and, once it has done what there is to do, the worker."""
        for role in ("web", "worker"):
            if role in self.running:
                process = self.running[role]
                process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(STOP_SECONDS * 3)
                self._end(role)

    def finish(self) -> None:
        """Wait until the worker has done all there is to do, and stop: one that was killed holds its lease a while."""
        until(lambda: self._waiting() == 0, PATIENCE_SECONDS)
        self.stop()

    def _end(self, role: Role) -> None:
        process = self.running.pop(role)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdin is not None:
            process.stdin.close()

    def _waiting(self) -> int:
        """Return how many facts are not in the log yet, or not counted."""
        with closing(connect(str(self.settings.redis_url), stream_bound=1)) as store:
            return store.stream_state(SHOP).length

    def logged(self) -> "Counter[str]":
        """Return the ids of the events in the log, each as often as it stands in a file."""
        log = Log(self.settings.log_url)
        parts = log.parts(SHOP, Kind.EVENTS)
        return Counter(row["event_id"] for part in parts for row in rows(log, part))


@contextmanager
def town(data: Path, appendfsync: Literal["everysec", "always"], **settings: object) -> Iterator[Town]:
    """Start all parts on a data directory; stop them at the end, whatever happens."""
    with (
        EmbeddedServer(data / "redis", appendfsync) as server,
        settled(data, server.url, server, **settings) as made,
    ):
        yield made


@contextmanager
def settled(
    data: Path, redis_url: str, own_server: EmbeddedServer | None = None, **settings: object
) -> Iterator[Town]:
    """Start web and worker on a state that is there; stop them at the end, whatever happens."""
    bind = f"127.0.0.1:{free_port()}"
    chosen = Settings(data=data, bind=bind, workers=2, log_level="error").at(redis_url=redis_url, **settings)
    with closing(Exchange(redis_url, 10.0)) as exchange:
        shop = create_shop(RedisSettings(exchange), SHOP, now=time.time())
    made = Town(chosen, shop, own_server)
    try:
        made.start("worker")
        made.start("web")
        yield made
    finally:
        made.stop()


def send(port: int, request: bytes) -> int:
    """Send a request on a connection of its own; the status, 0 where nobody answered."""
    try:
        with Connection(port) as connection:
            return connection.send(request).status
    except (OSError, ValueError):
        return 0
