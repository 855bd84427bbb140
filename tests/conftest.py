"""What every test may ask for."""

import time
from collections.abc import Callable, Iterator

import hypothesis
import pytest
import redis

from features.store.embedded import EmbeddedServer

# Enough for a busy machine and a first start without compiled code; no test waits it out to pass.
PATIENCE_SECONDS = 60.0

# The same examples every time, so that a red test is red for everyone; no limit of time, which a busy machine breaks.
hypothesis.settings.register_profile("balad", derandomize=True, deadline=None)
hypothesis.settings.load_profile("balad")


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


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], None]:
    """How a test waits for another process or thread: on a condition, with a bound."""

    def wait(condition: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < end, "the condition did not come true in time"
            time.sleep(0.005)

    return wait
