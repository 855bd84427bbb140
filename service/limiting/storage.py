"""The limits library's storage in our Redis."""

from typing import TYPE_CHECKING, Any
from weakref import finalize

from limits.errors import StorageError
from limits.storage import RedisClusterStorage, RedisSentinelStorage, RedisStorage
from redis.connection import ConnectionPool, SSLConnection, parse_url
from redis.exceptions import RedisClusterException

from features.store.address import Address, address_of

if TYPE_CHECKING:
    from limits.storage import Storage

_SECONDS = 1.0  # nobody waits longer for a count


def storage(redis_url: str) -> "Storage":
    """Return the library's storage, whose connections are closed when nobody holds it.

    Raises:
        StorageError: A cluster could not be asked for its topology.
    """
    address = address_of(redis_url)
    made = _server(address) if address.kind == "server" else _servers(address)
    finalize(made, made.storage.close).atexit = False
    return made


def _server(address: Address) -> RedisStorage:
    pool = ConnectionPool.from_url(address.url)
    made = RedisStorage("redis://", connection_pool=pool, wrap_exceptions=True)
    finalize(made, pool.disconnect).atexit = False
    return made


def _servers(address: Address) -> RedisStorage:
    """Return a storage that is spread. The library reads hosts from its own URL, and takes the rest as options."""
    options: dict[str, Any] = parse_url(address.url)  # type: ignore[no-untyped-call]
    for taken in ("host", "port"):
        options.pop(taken)
    if options.pop("connection_class", None) is SSLConnection:
        options["ssl"] = True
    options |= {"socket_timeout": _SECONDS, "socket_connect_timeout": _SECONDS}
    hosts = ",".join(f"{host}:{port}" for host, port in address.hosts)
    if address.kind == "sentinel":
        greeting = {**options, "username": None, "password": None, "db": 0, **address.of_sentinels}
        url = f"redis+sentinel://{hosts}/{address.service}"
        return RedisSentinelStorage(
            url, use_replicas=False, sentinel_kwargs=greeting, wrap_exceptions=True, **options
        )
    options.pop("db", None)
    try:
        return RedisClusterStorage(f"redis+cluster://{hosts}", wrap_exceptions=True, **options)
    except RedisClusterException as error:
        raise StorageError(error) from error
