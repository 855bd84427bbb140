"""This process's copy of all shops and their settings, at most a second old while the store answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from features.attributes import Attribute
from features.store.settings import SettingsStore, Snapshot
from service.kill_switch import kill_switch_of
from service.pages.compiled import Compiled, compiled
from service.pages.settings import KeptPage
from service.pages.tree import pages_of
from service.rollout.state import Canary, canary_of
from service.shops import SHOP_SETTING, KeyHash, Shop, hash_of

REFRESH_SECONDS: Final = 1.0
_AGAIN_SECONDS: Final = 0.2  # a key nobody knows may be new: look again, but not for every wrong key


@dataclass(frozen=True, slots=True)
class ShopSettings:
    """A shop, what its pages were set to, and their rules as the ranker applies them, by the page they were set on."""

    shop: Shop
    pages: Mapping[str, KeptPage]
    rules: Mapping[str, tuple[Compiled, ...]] = field(default_factory=dict)
    kill_switch: bool = False
    canary: Canary | None = None  # that a share of the visitors gets now
    latest_canary: Canary | None = None  # the same, or how it ended


@dataclass(frozen=True, slots=True)
class Known:
    """One consistent view; replaced whole, never changed."""

    revisions: Mapping[str, int] = field(default_factory=dict)
    shops: Mapping[str, ShopSettings] = field(default_factory=dict)
    keys: Mapping[str, tuple[KeyHash, ShopSettings]] = field(default_factory=dict)
    read_at: float | None = None


class Directory:
    """Shops by name and by key."""

    def __init__(self, store: SettingsStore, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._known = Known()
        self._tried_at: float | None = None
        self._is_answered = True  # the last try

    @property
    def read_at(self) -> float | None:
        """When the store last answered; None before the first time."""
        return self._known.read_at

    @property
    def shops(self) -> Mapping[str, ShopSettings]:
        """All shops by name."""
        return MappingProxyType(dict(self._known.shops))

    def attributes(self) -> dict[str, tuple[Attribute, ...]]:
        """Return what each shop declares."""
        return {name: settings.shop.attributes for name, settings in self._known.shops.items()}

    def refresh(self) -> None:
        """Read what changed. Raises StoreUnavailable; the copy then stays as it is."""
        before, self._tried_at, self._is_answered = self._known, self._clock(), False
        changed = self._store.changed(before.revisions)
        now, self._is_answered = self._clock(), True
        revisions = {**before.revisions, **{name: s.revision for name, s in changed.items()}}
        shops = {**before.shops, **_shops(changed)}
        keys = {key.sha256: (key, shop) for shop in shops.values() for key in shop.shop.keys}
        self._known = Known(revisions, shops, keys, now)

    def by_key(self, key: str) -> tuple[ShopSettings, KeyHash] | None:
        """Return the shop of a key, and what is kept of the key; None for a key that nobody has."""
        found = self._by_key(key)
        if found is None and self._may_be_new():
            self.refresh()
            found = self._by_key(key)
        return found

    def _by_key(self, key: str) -> tuple[ShopSettings, KeyHash] | None:
        # What an attacker's timing could tell of the lookup is a hash, which he cannot steer towards ours.
        kept, shop = self._known.keys.get(hash_of(key), (None, None))
        if kept is None or shop is None or not kept.matches(key) or not kept.holds(self._clock()):
            return None
        return shop, kept

    def _may_be_new(self) -> bool:
        """Tell whether a call may look; none waits for a store that did not answer whoever looked last."""
        if not self._is_answered:
            return False
        return self._tried_at is None or not 0 <= self._clock() - self._tried_at < _AGAIN_SECONDS


def _shops(changed: Mapping[str, Snapshot]) -> dict[str, ShopSettings]:
    shops = {}
    for name, snapshot in changed.items():
        if (text := snapshot.values.get(SHOP_SETTING)) is not None:
            shop, pages = Shop.of(text), pages_of(snapshot.values)
            rules = {
                p: compiled(own.rules, shop.attributes) for p, own in pages.items() if own.rules is not None
            }
            canary = canary_of(snapshot.values)
            tried = canary if canary is not None and canary.is_on else None
            shops[name] = ShopSettings(shop, pages, rules, kill_switch_of(snapshot.values), tried, canary)
    return shops
