"""How every page is ordered now, with the live model's weights, and noting where that changes."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from features.bundle import BundleError, Shelf
from features.pages import DEFAULT_PAGE
from service.directory import ShopSettings
from service.ordering.ordering import Ordering, ordering_of
from service.ordering.parameters import Parameter, weights_of
from service.ordering.periods import note
from service.pages.status import Circumstances, status_of
from service.ranking import Model, ModelTextError
from service.ranking.gains import gains_of

if TYPE_CHECKING:  # it holds the weights
    from service.deps import Deps

NOTING_SECONDS: Final = 5.0
_MOST_KEPT: Final = 64  # models whose weights are at hand


class Weights:
    """What models go by, by shop and version; read once, from their bundles."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._kept: OrderedDict[tuple[str, str], Mapping[Parameter, float]] = OrderedDict()

    def of(self, shop: str, model: Model) -> Mapping[Parameter, float]:
        """Return a model's weights; none where its bundle cannot be read, or is none of LightGBM's."""
        key = shop, model.version
        if key not in self._kept:
            self._kept[key] = self._read(shop, model)
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return self._kept.get(key, {})

    def _read(self, shop: str, model: Model) -> Mapping[Parameter, float]:
        try:
            return weights_of(gains_of(self._shelf.read(shop, model.version).model), model.table)
        except (BundleError, ModelTextError, OSError):
            return {}


def ordering_now(deps: "Deps", shop: ShopSettings, page: str) -> Ordering:
    """Return how a page of a shop is ordered now."""
    name = shop.shop.name
    model = deps.models.current(name)
    at = Circumstances(deps.clock(), deps.settings.kill_switch or shop.kill_switch, model is not None)
    status = status_of(shop.pages, page, at)
    ruling = shop.pages.get(status.rules_source or "")
    rules = [] if ruling is None else ruling.rules or []
    weights = {} if model is None else deps.weights.of(name, model)
    return ordering_of(status, rules, None if model is None else model.version, weights)


class Noting:
    """Notes how the pages of all shops are ordered, where settings or models changed since the last time."""

    def __init__(self, deps: "Deps") -> None:
        self._deps = deps
        self._seen: dict[str, tuple[ShopSettings, str | None]] = {}

    def note(self) -> None:
        """Note what changed. Raises StoreUnavailable; the next time tries again."""
        for name, shop in self._deps.directory.shops.items():
            model = self._deps.models.current(name)
            version = None if model is None else model.version
            before = self._seen.get(name)
            if before is not None and before[0] is shop and before[1] == version:
                continue
            if self._live(name) != version:
                continue  # this process does not serve what it should: others may, and they note
            for page in {DEFAULT_PAGE, *shop.pages}:
                ordering = ordering_now(self._deps, shop, page)
                note(self._deps.shop_settings, name, page, ordering, self._deps.clock())
            self._seen[name] = shop, version

    def _live(self, shop: str) -> str | None:
        try:
            pointer = self._deps.shelf.live(shop)
        except BundleError:
            return None
        return None if pointer is None else pointer.version
