"""Who is logged in to the console, and the secret its cookies are signed with.

    key                              value                                        life
    balad:console:session:DIGEST     JSON of one login (service.console.sessions) 12 h after its last use
    balad:console:secret             32 random bytes, made by whoever needs them  for good
                                     first
    LIMITS:balad:console/…           attempts to log in, kept by `limits`         at most an hour

A session is kept under a digest of its id: who reads the store cannot log in with what is there. Losing these keys
logs everybody out and nothing else, so they are in no log.
"""

import secrets
from dataclasses import dataclass, field
from typing import Final, Protocol

SECRET_BYTES: Final = 32


class Sessions(Protocol):
    """Where logins are kept. Every method raises StoreUnavailable where the store does not answer."""

    def secret(self) -> bytes:
        """Return the secret of this installation, the same for all processes."""
        ...

    def put(self, digest: str, body: bytes, life_seconds: int) -> None:
        """Keep a session for a while."""
        ...

    def get(self, digest: str, life_seconds: int) -> bytes | None:
        """Return a session, and keep it for a while from now; None where there is none."""
        ...

    def delete(self, digest: str) -> None:
        """Forget a session; one that is not there is fine."""
        ...


@dataclass
class MemorySessions:
    """The same promises in this process, but for lives: nothing ends by itself."""

    _secret: bytes = field(default_factory=lambda: secrets.token_bytes(SECRET_BYTES))
    _kept: dict[str, bytes] = field(default_factory=dict)

    def secret(self) -> bytes:
        """Return the secret."""
        return self._secret

    def put(self, digest: str, body: bytes, life_seconds: int) -> None:  # noqa: ARG002 - the protocol's
        """Keep a session."""
        self._kept[digest] = body

    def get(self, digest: str, life_seconds: int) -> bytes | None:  # noqa: ARG002 - the protocol's
        """Return a session."""
        return self._kept.get(digest)

    def delete(self, digest: str) -> None:
        """Forget a session."""
        self._kept.pop(digest, None)
