"""The composition root: the one place that builds what a web process works with."""

import time
from collections.abc import Callable
from typing import Final

from flask import Flask

from features.bundle import Shelf
from features.store.exchange import Exchange
from features.store.protocol import Store
from features.store.redis import RedisStore
from features.store.redis_settings import RedisSettings
from features.store.settings import SettingsStore
from service.app import create_app
from service.circuit import Circuit
from service.deps import Deps, Models
from service.directory import REFRESH_SECONDS, Directory
from service.guarded import GuardedStore
from service.identify import ranking_id
from service.metrics import Metrics
from service.models import Models as Registry
from service.refresher import Refresher
from service.settings import Settings
from service.tables import Tables

STORE_SECONDS: Final = (
    1.0  # the longest that a call waits for the store; a ranking waits for its deadline at most
)


def wired(settings: Settings) -> Flask:
    """Return the application of one web process, with its local copies read and kept fresh."""
    if settings.redis_url is None:
        raise ValueError(
            "no Redis to work with: `balad serve` joins the embedded server, or set BALAD_REDIS_URL"
        )
    exchange = Exchange(settings.redis_url, STORE_SECONDS)
    store = RedisStore(exchange, settings.stream_bound)
    models = registry(settings, lambda: deps)
    deps = assemble(settings, store, RedisSettings(exchange), models)
    Refresher([deps.directory.refresh], REFRESH_SECONDS).start()
    # A thread of its own: a model takes a second to load, and a switch that a merchant turns does not wait for it.
    Refresher([models.refresh], REFRESH_SECONDS).start()
    return create_app(deps)


def registry(settings: Settings, deps: Callable[[], Deps]) -> Registry:
    """Return the models of the shops that `deps`, asked for later, knows."""
    return Registry(
        Shelf(settings.models_url),
        shops=lambda: {name: known.shop.attributes for name, known in deps().directory.shops.items()},
        on_refused=lambda shop: deps().metrics.model_refused(shop)(),
    )


def assemble(
    settings: Settings,
    store: Store,
    shop_settings: SettingsStore,
    models: Models,
    clock: Callable[[], float] = time.time,
) -> Deps:
    """Return the handles of one process around its stores and models, none of them touched yet."""
    metrics = Metrics()
    circuit = Circuit(time.perf_counter, metrics.store_available)
    return Deps(
        settings=settings,
        clock=clock,
        timer=time.perf_counter,
        new_id=ranking_id,
        store=GuardedStore(store, circuit),
        circuit=circuit,
        shop_settings=shop_settings,
        directory=Directory(shop_settings, clock),
        tables=Tables(),
        models=models,
        metrics=metrics,
    )
