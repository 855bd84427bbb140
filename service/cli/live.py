"""The live state a command works on: the Redis of the settings, or the embedded server for as long as it takes."""

from collections.abc import Iterator
from contextlib import contextmanager

from features.store.embedded import attach_or_start
from service.settings import Settings


@contextmanager
def live(settings: Settings) -> Iterator[Settings]:
    """Yield settings whose `redis_url` is there to connect to.

    Where no Redis is set, the embedded server of the data directory is joined, or started, and left again.
    """
    if settings.redis_url is not None:
        yield settings
        return
    server = attach_or_start(settings.data, settings.appendfsync)
    try:
        yield settings.at(redis_url=server.url)
    finally:
        server.stop()
