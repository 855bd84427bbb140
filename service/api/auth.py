"""Who calls: the shop and the kind of the key in `Authorization: Bearer <key>`."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from features.store.protocol import StoreUnavailable
from service.api.problems import Forbidden, Unauthorized
from service.directory import Directory, ShopSettings
from service.shops import KeyHash, KeyKind

_SCHEME: Final = "bearer "
_LONGEST_KEY: Final = 128
_CHALLENGE: Final = {"WWW-Authenticate": "Bearer"}


class Access(Enum):
    """Which key a call asks for."""

    NONE = "none"
    PUBLISHABLE = "publishable"  # or a secret one
    SECRET = "secret"  # noqa: S105 - a kind of key, no key


@dataclass(frozen=True, slots=True)
class Caller:
    """A shop that called, with which kind of key."""

    shop: ShopSettings
    key: KeyHash

    @property
    def is_trusted(self) -> bool:
        """Whether the call comes from the shop's own machines: the key is secret."""
        return self.key.kind is KeyKind.SECRET

    @property
    def shop_name(self) -> str:
        """The name that all of the shop's facts are kept under."""
        return self.shop.shop.name

    @property
    def key_name(self) -> str:
        """What the audit log calls the key: enough to tell it from the shop's others."""
        return f"{self.key.kind}_…{self.key.sha256[:8]}"


def authenticate(directory: Directory, header: str | None, access: Access) -> Caller:
    """Return who calls.

    Raises:
        Unauthorized: There is no key, or nobody has this one.
        Forbidden: The key is publishable where only a secret one will do.
        StoreUnavailable: No key was ever read, so none can be checked.
    """
    if header is None or header[: len(_SCHEME)].lower() != _SCHEME:
        raise Unauthorized("no_key", "Send a key: Authorization: Bearer pk_… or sk_…", headers=_CHALLENGE)
    key = header[len(_SCHEME) :].strip()
    found = directory.by_key(key) if 0 < len(key) <= _LONGEST_KEY else None
    if found is None:
        if directory.read_at is None:
            raise StoreUnavailable("no keys were read yet")
        raise Unauthorized("wrong_key", "No shop has this key", headers=_CHALLENGE)
    caller = Caller(*found)
    if access is Access.SECRET and not caller.is_trusted:
        raise Forbidden("secret_key_needed", "This call takes a secret key (sk_…)")
    return caller
