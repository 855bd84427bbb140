"""Who calls: the shop and the kind of the key in `Authorization: Bearer <key>`.

A publishable key may stand in the address instead (`?key=pk_…`): `sendBeacon` sets no header, and a call without one
needs no preflight.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from features.store.protocol import StoreUnavailable
from service.api.problems import Forbidden, Unauthorized
from service.directory import Directory, ShopSettings
from service.origins import may_call
from service.shops import KeyHash, KeyKind, Shop

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
        return self.key.mark


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request says about who sends it; None where it says nothing."""

    header: str | None = None  # Authorization
    query: str | None = None  # ?key=
    origin: str | None = None  # of the web page that calls; whatever is no browser sends none
    host: str = ""  # what this service was called


def authenticate(directory: Directory, said: Credentials, access: Access) -> Caller:
    """Return who calls.

    Raises:
        Unauthorized: There is no key, or nobody has this one.
        Forbidden: The key may not do this, or not from this web page, or not from an address.
        StoreUnavailable: No key was ever read, so none can be checked.
    """
    key = _key(said)
    found = directory.by_key(key) if 0 < len(key) <= _LONGEST_KEY else None
    if found is None:
        if directory.read_at is None:
            raise StoreUnavailable("no keys were read yet")
        raise Unauthorized("wrong_key", "No shop has this key", headers=_CHALLENGE)
    caller = Caller(*found)
    if access is Access.SECRET and not caller.is_trusted:
        raise Forbidden("secret_key_needed", "This call takes a secret key (sk_…)")
    if caller.is_trusted and said.header is None:
        raise Forbidden("secret_key_in_address", "An address is logged; send a secret key as Authorization")
    if said.origin is not None and not caller.is_trusted:
        _check_origin(caller.shop.shop, said.origin, said.host)
    return caller


def check_scope(caller: Caller, scope: str) -> None:
    """Raise Forbidden where the key was made for other calls."""
    if caller.key.scopes and scope not in caller.key.scopes:
        may = ", ".join(caller.key.scopes)
        raise Forbidden("out_of_scope", f"This key was made for {may} only")


def _key(said: Credentials) -> str:
    if said.header is None and said.query is not None:
        return said.query
    if said.header is None or said.header[: len(_SCHEME)].lower() != _SCHEME:
        raise Unauthorized("no_key", "Send a key: Authorization: Bearer pk_… or sk_…", headers=_CHALLENGE)
    return said.header[len(_SCHEME) :].strip()


def _check_origin(shop: Shop, origin: str, host: str) -> None:
    if not may_call(origin, shop.origins, host):
        message = f"Pages of {origin!r} may not call: `balad shop origins {shop.name} ORIGIN…` says which may"
        raise Forbidden("origin_not_declared", message)
