"""Logins in Redis; the key schema is in `features.store.sessions`."""

import secrets
from typing import Final

from features.store.exchange import Exchange
from features.store.sessions import SECRET_BYTES

_SECRET: Final = "balad:console:secret"  # noqa: S105 - a key in Redis


class RedisSessions:
    """Sessions over an exchange."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def secret(self) -> bytes:
        """Return the secret; the first process that asks makes it."""
        made = ("SET", _SECRET, secrets.token_bytes(SECRET_BYTES), "NX")
        _, kept = self._exchange.run([made, ("GET", _SECRET)])
        return bytes(kept)

    def put(self, digest: str, body: bytes, life_seconds: int) -> None:
        """Keep a session for a while."""
        self._exchange.run([("SET", _key(digest), body, "EX", life_seconds)])

    def get(self, digest: str, life_seconds: int) -> bytes | None:
        """Return a session, and keep it for a while from now."""
        (body,) = self._exchange.run([("GETEX", _key(digest), "EX", life_seconds)])
        return None if body is None else bytes(body)

    def delete(self, digest: str) -> None:
        """Forget a session."""
        self._exchange.run([("DEL", _key(digest))])


def _key(digest: str) -> str:
    return f"balad:console:session:{digest}"
