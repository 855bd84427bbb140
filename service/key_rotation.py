"""New keys for a shop: in place of old ones, which go on for a while, or beside them, for some calls only."""

from collections.abc import Sequence
from dataclasses import replace

from features.store.settings import SettingsStore
from service.changes import change
from service.shops import SHOP_SETTING, KeyHash, KeyKind, Shop, ShopError, hash_of, new_key, text_of

ACTOR = "command line"


def rotate(store: SettingsStore, name: str, kind: KeyKind, *, until: float, now: float) -> str:
    """Make a key in place of the shop's unscoped ones of its kind, which end at `until`, and return it, this once.

    Keys that have ended already are forgotten.

    Raises:
        ShopError: There is no such shop, or somebody changed it meanwhile.
    """
    before = text_of(store, name)
    shop, key = Shop.of(before), new_key(kind)
    old = [_ending(each, until) if each.kind is kind and not each.scopes else each for each in shop.keys]
    _keep(store, shop, before, [*old, KeyHash(kind, hash_of(key), now)], now)
    return key


def add(store: SettingsStore, name: str, scopes: Sequence[str], *, now: float) -> str:
    """Make a secret key for some calls only, and return it, this once. Raises ShopError as `rotate` does."""
    before = text_of(store, name)
    shop, key = Shop.of(before), new_key(KeyKind.SECRET)
    new = KeyHash(KeyKind.SECRET, hash_of(key), now, scopes=tuple(dict.fromkeys(scopes)))
    _keep(store, shop, before, [*shop.keys, new], now)
    return key


def _ending(key: KeyHash, until: float) -> KeyHash:
    return replace(key, until=until if key.until is None else min(key.until, until))


def _keep(store: SettingsStore, shop: Shop, before: bytes, keys: Sequence[KeyHash], now: float) -> None:
    after = replace(shop, keys=tuple(key for key in keys if key.holds(now))).text()
    if not change(store, shop.name, SHOP_SETTING, before, after, actor=ACTOR, now=now):
        raise ShopError(f"shop {shop.name!r} was changed meanwhile; try again")
