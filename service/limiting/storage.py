"""Where the library `limits` counts."""

from typing import cast

from limits.storage import Storage, storage_from_string


def storage(redis_url: str) -> Storage:
    """Return the library's storage in Redis; it writes the scheme of a Unix socket otherwise."""
    url = redis_url.replace("unix://", "redis+unix://", 1) if redis_url.startswith("unix:") else redis_url
    return cast("Storage", storage_from_string(url, wrap_exceptions=True))
