"""What every test may ask for."""

from collections.abc import Iterator

import pytest
import redis

from features.store.embedded import EmbeddedServer


@pytest.fixture(scope="session")
def embedded_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """The one real server of this test run."""
    with EmbeddedServer(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def redis_url(embedded_server: EmbeddedServer) -> str:
    """A real server, empty at the start of each test."""
    with redis.Redis.from_url(embedded_server.url) as client:
        client.flushall()
    return embedded_server.url
