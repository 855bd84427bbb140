"""The composition root: the one place that builds what a web process works with."""

import time
from collections.abc import Callable
from typing import Final

from flask import Flask

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
    models = Registry()
    deps = assemble(settings, store, RedisSettings(exchange), models)
    Refresher([deps.directory.refresh, models.refresh], REFRESH_SECONDS).start()
    return create_app(deps)


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


class Registry:
    """No models yet."""

    def refresh(self) -> None: ...
    def current(self, shop: str) -> None: ...
