"""The stores that every promise is asked of."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
import redis

from features.store import redis_work
from features.store.address import address_of
from features.store.memory_work import MemoryWorkStore
from features.store.protocol import WorkStore
from tests.faults import fleet

CONFIGURATION: Final = Path(__file__).resolve().parents[2] / "deploy" / "redis.conf"


@pytest.fixture
def bound() -> int:
    """How many facts a stream of these tests may hold."""
    return 50


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[fleet.Cluster]:
    """A cluster of three masters, each with a third of the slots; one refuses what is another's, or spans two.

    The stores connect as the user of deploy/redis.conf, who may do what that file says and nothing else.
    """
    (user,) = re.findall(r"^# user (balad .*)$", CONFIGURATION.read_text(), flags=re.MULTILINE)
    with fleet.cluster(tmp_path_factory.mktemp("cluster")) as made:
        for port in made.masters:
            made.fleet.ask(port, "ACL", "SETUSER", *user.split())
        yield made


@pytest.fixture
def cluster_url(cluster: fleet.Cluster) -> str:
    """The cluster, empty at the start of each test."""
    cluster.flush()
    return cluster.url.replace("://", "://balad:PASSWORD@")


@pytest.fixture(params=["redis", "cluster"])
def server_url(request: pytest.FixtureRequest) -> str:
    """Where the live state is: one server, or a cluster; empty."""
    return _url(request)


@pytest.fixture
def client(server_url: str) -> Iterator[redis.Redis]:
    """The driver's own client of it, to look behind a store."""
    made = _cluster_client(server_url) if "cluster" in server_url else redis.Redis.from_url(server_url)
    yield made
    made.close()


def _url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue("cluster_url" if request.param == "cluster" else "redis_url")
    return url


def _cluster_client(url: str) -> redis.Redis:
    host, port = address_of(url).hosts[0]
    return redis.RedisCluster(host=host, port=port)  # type: ignore[return-value]  # the same calls


@pytest.fixture(params=["memory", "redis", "cluster"])
def store(request: pytest.FixtureRequest, bound: int) -> Iterator[WorkStore]:
    """A store that holds nothing."""
    if request.param == "memory":
        yield MemoryWorkStore(stream_bound=bound)
        return
    opened = redis_work.connect(_url(request), stream_bound=bound)
    yield opened
    opened.close()
