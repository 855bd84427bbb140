"""Which model each shop is ranked with, followed from the pointers on the shelf."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Generic, Protocol, TypeAlias, TypeVar

from features.attributes import Attribute
from features.bundle import Bundle, BundleError, Pointer
from features.table import feature_table
from service.models.loading import load
from service.models.warm_up import warm_up

_LOG: Final = logging.getLogger(__name__)


class Live(Protocol):
    """A model that serves."""

    @property
    def version(self) -> str:
        """Its name."""
        ...

    @property
    def table_hash(self) -> str:
        """What it was trained on: see `ModelKind`."""
        ...


M = TypeVar("M", bound=Live)


@dataclass(frozen=True, slots=True)
class ModelKind(Generic[M]):
    """How one kind of model is loaded, and which table of columns it must have been trained on."""

    load: Callable[[Bundle, tuple[Attribute, ...]], M]
    table_hash: Callable[[tuple[Attribute, ...]], str]


Shops: TypeAlias = Mapping[str, tuple[Attribute, ...]]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A version that does not serve although it should, and why, in one line."""

    version: str
    table_hash: str  # of the shop when it was tried: another declaration of attributes is another try
    why: str


class Bundles(Protocol):
    """Where bundles and their pointer are: a shelf, or one seen through another of its pointers."""

    def live(self, shop: str) -> Pointer | None:
        """Return which version is meant."""
        ...

    def read(self, shop: str, version: str) -> Bundle:
        """Return a bundle, verified."""
        ...


class Models(Generic[M]):
    """The models of all shops in this process.

    `current` is what a request calls: one look at one reference, no lock. `refresh` is what one thread calls each
    second: it loads, verifies and warms up a newly promoted version, and only then swaps the reference; a request
    keeps the model it began with. A version that fails a check is refused with one line, and the model that served
    goes on. The model served before stays in memory, so that a rollback costs nothing.
    """

    def __init__(
        self,
        shelf: Bundles,
        kind: ModelKind[M],
        shops: Callable[[], Shops],
        on_refused: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._kind = kind
        self._shelf = shelf
        self._shops = shops
        self._on_refused = on_refused
        self._live: dict[str, M] = {}
        self._before: dict[str, M] = {}
        self._refused: dict[str, Refusal] = {}
        self._unreadable: set[str] = set()
        self._warm = False

    def current(self, shop: str) -> M | None:
        """Return the live model; None where none was published, or the one that was is refused."""
        return self._live.get(shop)

    def refusal(self, shop: str) -> Refusal | None:
        """Return which version should serve and why it does not; None where all is well."""
        return self._refused.get(shop)

    def refresh(self) -> None:
        """Follow the pointers of all shops; a shop that fails does not hold up the others."""
        if not self._warm:
            warm_up()
            self._warm = True
        shops = self._shops()
        for shop in self._live.keys() - shops.keys():
            self._forget(shop)
        for shop, attributes in shops.items():
            try:
                self._follow(shop, attributes)
            except Exception as error:  # noqa: BLE001 - the model that serves goes on, whatever it is
                self._unread(shop, error)
            else:
                self._unreadable.discard(shop)

    def _follow(self, shop: str, attributes: tuple[Attribute, ...]) -> None:
        pointer = self._shelf.live(shop)
        if pointer is None:
            self._forget(shop)
            return
        table_hash = self._kind.table_hash(attributes)
        live = self._live.get(shop)
        if live is not None and live.table_hash != table_hash:
            self._forget(shop)  # its columns read attributes that the shop no longer declares
            live = None
        if live is not None and live.version == pointer.version:
            self._refused.pop(shop, None)
            return
        refused = self._refused.get(shop)
        if refused is None or (refused.version, refused.table_hash) != (pointer.version, table_hash):
            self._serve(shop, pointer, attributes)

    def _serve(self, shop: str, pointer: Pointer, attributes: tuple[Attribute, ...]) -> None:
        """Swap to the promoted version; where it is refused and nothing serves yet, to the one before it."""
        try:
            self._swap(shop, self._loaded(shop, pointer.version, attributes))
            self._refused.pop(shop, None)
        except BundleError as error:
            self._refused[shop] = Refusal(pointer.version, self._kind.table_hash(attributes), str(error))
            self._on_refused(shop)
            if shop not in self._live and pointer.previous is not None:
                self._serve_previous(shop, pointer.previous, attributes)
            live = self._live.get(shop)
            goes_on = "no model serves" if live is None else f"{live.version} goes on"
            _LOG.error("model %s of shop %s is refused, %s: %s", pointer.version, shop, goes_on, error)

    def _serve_previous(self, shop: str, version: str, attributes: tuple[Attribute, ...]) -> None:
        try:
            self._swap(shop, self._loaded(shop, version, attributes))
        except BundleError as error:
            _LOG.error("model %s of shop %s, the one before, is refused as well: %s", version, shop, error)

    def _loaded(self, shop: str, version: str, attributes: tuple[Attribute, ...]) -> M:
        before = self._before.get(shop)
        if before is not None and before.version == version:
            return before
        return self._kind.load(self._shelf.read(shop, version), attributes)

    def _swap(self, shop: str, model: M) -> None:
        served = self._live.get(shop)
        self._live[shop] = model
        if served is not None:
            self._before[shop] = served
        _LOG.info("model %s of shop %s serves", model.version, shop)

    def _unread(self, shop: str, error: Exception) -> None:
        """Log that a shop's models cannot be read, once until they can."""
        if shop in self._unreadable:
            return
        self._unreadable.add(shop)
        ours = isinstance(error, OSError | BundleError)
        _LOG.error(
            "the models of shop %s are not refreshed: %s", shop, error, exc_info=None if ours else error
        )

    def _forget(self, shop: str) -> None:
        for kept in (self._live, self._before, self._refused):
            kept.pop(shop, None)


@lru_cache(maxsize=1024)
def _table_hash(attributes: tuple[Attribute, ...]) -> str:
    return feature_table(attributes).hash


LISTINGS: Final = ModelKind(load, _table_hash)
