"""The stores that every promise is asked of."""

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator

import pytest
import redis

from features.store import embedded, redis_work
from features.store.exchange import Exchange
from features.store.memory_work import MemoryWorkStore
from features.store.protocol import StoreUnavailable, WorkStore


@pytest.fixture
def bound() -> int:
    """How many facts a stream of these tests may hold."""
    return 50


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A cluster of one master: it owns all slots, and refuses a call that spans two."""
    directory, port = tmp_path_factory.mktemp("cluster"), _free_port()
    options = {"cluster-enabled": "yes", "port": port, "bind": "127.0.0.1", "save": "", "dir": str(directory)}
    words = [str(word) for name, value in options.items() for word in (f"--{name}", value)]
    program = next(embedded._programs())  # noqa: SLF001 - the tests run the server that the product would
    with subprocess.Popen([program, *words], stdout=subprocess.DEVNULL) as process:
        try:
            _take_all_slots(port)
            yield f"redis://127.0.0.1:{port}"
        finally:
            process.kill()


def _free_port() -> int:
    """Return a port that is free, as is its neighbour for the cluster's own bus (10,000 above)."""
    for port in range(17_000, 17_200):
        with contextlib.suppress(OSError), socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", port))
            two.bind(("127.0.0.1", port + 10_000))
            return port
    raise OSError("no free port for a cluster")


def _take_all_slots(port: int) -> None:
    end = time.monotonic() + 20.0
    exchange, taken = Exchange(f"redis://127.0.0.1:{port}", 1.0), False
    with contextlib.closing(exchange):
        while time.monotonic() < end:
            with contextlib.suppress(StoreUnavailable):
                taken = taken or bool(exchange.run([("CLUSTER", "ADDSLOTSRANGE", 0, 16383)]))
                if b"cluster_state:ok" in exchange.run([("CLUSTER", "INFO")])[0]:
                    return
            time.sleep(0.01)
    raise TimeoutError("the cluster did not come up")


@pytest.fixture(params=["memory", "redis", "cluster"])
def store(request: pytest.FixtureRequest, bound: int) -> Iterator[WorkStore]:
    """A store that holds nothing."""
    if request.param == "memory":
        yield MemoryWorkStore(stream_bound=bound)
        return
    url = request.getfixturevalue("cluster" if request.param == "cluster" else "redis_url")
    with contextlib.closing(redis.Redis.from_url(url)) as client:
        client.flushall()
    opened = redis_work.connect(url, stream_bound=bound)
    yield opened
    opened.close()
