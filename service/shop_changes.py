"""What an admin changes of a shop: its keys, the origins of its pages, the attributes of its items."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from features.attributes import Attribute
from features.store.settings import SettingsStore
from service.changes import change
from service.origins import origin_of
from service.pages.change import Author, Stale
from service.shops import SHOP_SETTING, KeyHash, KeyKind, Shop, ShopError, hash_of, new_key

MOST_KEYS: Final = 10  # of a shop: a key per place that uses one, and its successor


def add_key(store: SettingsStore, author: Author, kind: KeyKind) -> str:
    """Make another key and return it, this once. The others go on, so that nothing stops while it is handed out.

    Raises:
        ShopError: There are too many.
        Stale: Somebody changed the shop meanwhile.
    """
    key = new_key(kind)

    def with_it(shop: Shop) -> Shop:
        kept = [key for key in shop.keys if key.holds(author.now)]
        if len(kept) >= MOST_KEYS:
            raise ShopError(f"a shop has at most {MOST_KEYS} keys; revoke one that is not used any more")
        return replace(shop, keys=(*kept, KeyHash(kind, hash_of(key), author.now)))

    _change(store, author, with_it)
    return key


def revoke_key(store: SettingsStore, author: Author, mark: str) -> KeyHash:
    """Take a key out of use, everywhere within two seconds, and return what was kept of it.

    Raises:
        ShopError: There is no such key, or it is the last of its kind.
        Stale: Somebody changed the shop meanwhile.
    """
    revoked: list[KeyHash] = []

    def without_it(shop: Shop) -> Shop:
        found = next((key for key in shop.keys if key.mark == mark), None)
        if found is None:
            raise ShopError(f"the shop has no key {mark}")
        if is_last(shop, found):
            raise ShopError(f"{mark} is the shop's last key of its kind; make another one first")
        revoked.append(found)
        return replace(shop, keys=tuple(key for key in shop.keys if key is not found))

    _change(store, author, without_it)
    return revoked[0]


def is_last(shop: Shop, key: KeyHash) -> bool:
    """Tell whether nothing of its kind would stay that does not end and is for all calls."""
    lasting = [one for one in shop.keys if one.kind is key.kind and one.until is None and not one.scopes]
    return lasting == [key]


def set_shop_origins(
    store: SettingsStore, author: Author, origins: Sequence[str], seen: Sequence[str]
) -> Shop:
    """Say which web pages may call with the publishable key, in place of those that were `seen`.

    Raises:
        OriginError: One of them is no origin.
        Stale: Somebody changed them meanwhile.
    """
    said = tuple(dict.fromkeys(origin_of(origin) for origin in origins))

    def with_them(shop: Shop) -> Shop:
        if shop.origins != tuple(seen):
            raise Stale
        return replace(shop, origins=said)

    return _change(store, author, with_them)


def set_attributes(
    store: SettingsStore, author: Author, attributes: Sequence[Attribute], seen: Sequence[Attribute]
) -> Shop:
    """Declare other attributes than those that were `seen`. Raises Stale where somebody changed them meanwhile."""

    def with_them(shop: Shop) -> Shop:
        if shop.attributes != tuple(seen):
            raise Stale
        return replace(shop, attributes=tuple(attributes))

    return _change(store, author, with_them)


def _change(store: SettingsStore, author: Author, new: Callable[[Shop], Shop]) -> Shop:
    before = store.read(author.shop).values[SHOP_SETTING]
    after = new(Shop.of(before))
    text = after.text()
    if text != before and not change(
        store, author.shop, SHOP_SETTING, before, text, actor=author.actor, now=author.now
    ):
        raise Stale
    return after
