"""The limits library's storage in our Redis."""

from typing import TYPE_CHECKING
from weakref import finalize

from limits.storage import RedisStorage

if TYPE_CHECKING:
    from limits.storage import Storage


def storage(redis_url: str) -> "Storage":
    """Return the library's storage, whose connections are closed when nobody holds it.

    It writes the scheme of a Unix socket in a way of its own.
    """
    url = redis_url.replace("unix://", "redis+unix://", 1) if redis_url.startswith("unix:") else redis_url
    made = RedisStorage(url, wrap_exceptions=True)
    finalize(made, made.storage.close).atexit = False
    return made
