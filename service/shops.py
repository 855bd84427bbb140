"""Shops and their keys. A key is shown once, when it is made; only its hash is kept."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest
from typing import Any, Final

import orjson

from features.attributes import DEFAULT, Attribute, declared
from features.store.settings import SettingsStore
from service.changes import change
from service.origins import origin_of

SHOP_SETTING: Final = "shop"  # the name of the setting that holds the shop itself
_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?")  # it is part of keys, paths and URLs
_SECRET_BYTES: Final = 24  # 192 bits: nobody guesses one, so a fast hash keeps it


class KeyKind(StrEnum):
    """What a key may do: one that may sit in a browser, and one that may do everything."""

    PUBLISHABLE = "pk"
    SECRET = "sk"  # noqa: S105 - a kind of key, no key


class ShopError(ValueError):
    """A shop cannot be made or found; the message says why."""


@dataclass(frozen=True, slots=True)
class KeyHash:
    """A key as it is kept.

    `until` is when it ends, Unix seconds (None: never); `scopes` are the calls it was made for (empty: all).
    """

    kind: KeyKind
    sha256: str
    created_at: float | None = None  # None: with the shop, by a version that did not say
    until: float | None = None
    scopes: tuple[str, ...] = ()

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "KeyHash":
        """Read a key; those of older versions say less."""
        named = {name: said.get(name) for name in ("created_at", "until")}
        return cls(KeyKind(said["kind"]), said["sha256"], **named, scopes=tuple(said.get("scopes", ())))

    def holds(self, now: float) -> bool:
        """Whether it has not ended."""
        return self.until is None or now < self.until

    @property
    def mark(self) -> str:
        """What people and the audit log call the key: enough to tell it from the shop's others."""
        return f"{self.kind}_…{self.sha256[:8]}"

    def matches(self, key: str) -> bool:
        """Compare in constant time."""
        return compare_digest(self.sha256, hash_of(key))


@dataclass(frozen=True, slots=True)
class Shop:
    """A tenant: nothing of it is ever seen by another."""

    name: str
    attributes: tuple[Attribute, ...]
    keys: tuple[KeyHash, ...]
    created_at: float
    origins: tuple[str, ...] = ()  # of the web pages that may call with the publishable key

    @classmethod
    def of(cls, text: bytes) -> "Shop":
        """Read the setting `shop`."""
        said = orjson.loads(text)
        keys = tuple(map(KeyHash.of, said["keys"]))
        origins = tuple(said.get("origins", ()))
        return cls(said["shop"], declared(said["attributes"]), keys, said["created_at"], origins)

    def text(self) -> bytes:
        """Write the setting `shop`.

        >>> acme = Shop("acme", DEFAULT, (KeyHash(KeyKind.SECRET, "0f"),), 12.0)
        >>> Shop.of(acme.text()) == acme
        True
        """
        return orjson.dumps(
            {
                "shop": self.name,
                "attributes": [f"{a.name}:{a.kind}" for a in self.attributes],
                "keys": [asdict(key) for key in self.keys],
                "created_at": self.created_at,
                "origins": self.origins,
            }
        )


@dataclass(frozen=True, slots=True)
class NewShop:
    """A shop just made, with its keys for the one time they are shown."""

    shop: str
    publishable_key: str
    secret_key: str


def hash_of(key: str) -> str:
    """Return what is kept of a key."""
    return sha256(key.encode()).hexdigest()


def create_shop(
    store: SettingsStore, name: str, attributes: Sequence[Attribute] = DEFAULT, *, now: float
) -> NewShop:
    """Make a shop, off on every page, with one key of each kind.

    Raises:
        ShopError: The name is taken, or is not 1 to 64 of a-z, 0-9, `-` and `_`, from a letter or digit to another.
    """
    if not _NAME.fullmatch(name):
        raise ShopError(
            f"shop {name!r}: a name is 1 to 64 of a-z, 0-9, - and _, and ends in a letter or digit"
        )
    new = NewShop(name, new_key(KeyKind.PUBLISHABLE), new_key(KeyKind.SECRET))
    keys = (
        KeyHash(KeyKind.PUBLISHABLE, hash_of(new.publishable_key), now),
        KeyHash(KeyKind.SECRET, hash_of(new.secret_key), now),
    )
    shop = Shop(name, tuple(attributes), keys, now)
    if not change(store, name, SHOP_SETTING, None, shop.text(), actor="command line", now=now):
        raise ShopError(f"shop {name!r} exists already")
    return new


def shop_of(store: SettingsStore, name: str) -> Shop:
    """Return a shop.

    Raises:
        ShopError: There is none of this name; the message lists those there are.
    """
    return Shop.of(text_of(store, name))


def set_origins(store: SettingsStore, name: str, origins: Sequence[str], *, now: float) -> Shop:
    """Say which web pages may call with a shop's publishable key, in place of what was said before.

    Raises:
        ShopError: There is no such shop, or somebody changed it meanwhile.
        OriginError: One of them is no origin.
    """
    before = text_of(store, name)
    new = replace(Shop.of(before), origins=tuple(dict.fromkeys(origin_of(origin) for origin in origins)))
    if not change(store, name, SHOP_SETTING, before, new.text(), actor="command line", now=now):
        raise ShopError(f"shop {name!r} was changed meanwhile; try again")
    return new


def text_of(store: SettingsStore, name: str) -> bytes:
    """Return the setting `shop` of a shop. Raises ShopError where there is none of this name."""
    if (text := store.read(name).values.get(SHOP_SETTING)) is None:
        known = ", ".join(sorted(store.shops())) or "none yet"
        raise ShopError(f"no shop {name!r}; there are: {known} (make one with `balad shop create {name}`)")
    return text


def new_key(kind: KeyKind) -> str:
    """Return a key that nobody guesses."""
    return f"{kind}_{secrets.token_urlsafe(_SECRET_BYTES)}"
