"""What training reads: a shop's declared attributes, and its log as listings."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal, Protocol

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from features.attributes import Attribute, declared
from features.log.place import Log
from features.log.reader import Fact, Window, facts
from features.log.schema import Kind
from features.objectives import Objective
from features.readiness import Observed
from features.store.embedded import attach_or_start
from features.store.exchange import Exchange
from features.store.redis_settings import RedisSettings
from training.objectives import objectives_in

KINDS: Final = (Kind.ITEMS, Kind.EXPOSURES, Kind.EVENTS)
_SETTING: Final = "shop"  # the setting under which the service keeps the shop itself
_PATIENCE_SECONDS: Final = 10.0


class Installation(Protocol):
    """What training needs to know of an installation; the service's settings are one."""

    @property
    def data(self) -> Path:
        """The data directory of this machine."""
        ...

    @property
    def log_url(self) -> str:
        """Where the log lives."""
        ...

    @property
    def models_url(self) -> str:
        """Where bundles live."""
        ...

    @property
    def redis_url(self) -> str | None:
        """Where the live state is; None: in the embedded server."""
        ...

    @property
    def appendfsync(self) -> Literal["everysec", "always"]:
        """How the embedded server writes to disk."""
        ...


class UnknownShopError(ValueError):
    """There is no shop of this name."""


def observing(seen: Observed, log: Iterable[Fact]) -> Iterator[Fact]:
    """Yield the facts of a log while they are observed."""
    for fact in log:
        seen.take(fact.kind.value, fact.row)
        yield fact


def read_log(place: Installation, shop: str, until: float) -> Iterator[Fact]:
    """Yield what a shop's log received before `until`, in order."""
    return facts(Log(place.log_url), shop, KINDS, Window(until=until))


def objectives_of(place: Installation, shop: str, until: float) -> dict[str, Objective]:
    """Return what each page of a shop was to be good for, as of `until`; see `objectives_in`."""
    return objectives_in(facts(Log(place.log_url), shop, (Kind.SETTINGS,), Window(until=until)))


def facts_in(place: Installation, shop: str) -> int:
    """Return how many facts a shop's log holds, about: duplicates count, files that cannot be read do not."""
    log, total = Log(place.log_url), 0
    for part in (part for kind in KINDS for part in log.parts(shop, kind)):
        with suppress(pa.ArrowException, OSError), log.files.open(log.path(part), "rb") as file:
            total += pq.ParquetFile(file).metadata.num_rows
    return total


def attributes_of(place: Installation, shop: str) -> tuple[Attribute, ...]:
    """Return what a shop declares: from its log, else, where the log has no settings yet, from the live state.

    Raises UnknownShopError where neither knows the shop.
    """
    said = None
    for fact in facts(Log(place.log_url), shop, (Kind.SETTINGS,)):
        if fact.row["name"] == _SETTING:
            said = fact.row["after"]
    said = said or _live_setting(place, shop)
    if said is None:
        raise UnknownShopError(f"there is no shop {shop!r}; `balad shop create {shop}` makes one")
    return declared(orjson.loads(said)["attributes"])


def _live_setting(place: Installation, shop: str) -> bytes | None:
    if place.redis_url is not None:
        return _setting_at(place.redis_url, shop)
    server = attach_or_start(place.data, place.appendfsync)
    try:
        return _setting_at(server.url, shop)
    finally:
        server.stop()


def _setting_at(url: str, shop: str) -> bytes | None:
    return RedisSettings(Exchange(url, _PATIENCE_SECONDS)).read(shop).values.get(_SETTING)
