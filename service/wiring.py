"""The composition root: the one place that builds what a web process works with."""

import time
from collections.abc import Callable, Iterator
from typing import Final

from flask import Flask

from features import heap
from features.bundle import CANARY, NEXT_ITEMS, SHADOW, Following, Shelf
from features.store.circuit import PATIENCE_SECONDS, Circuits
from features.store.exchange import Exchange
from features.store.findings import RedisFindings
from features.store.privacy import PrivacyStore
from features.store.protocol import WorkStore
from features.store.redis_privacy import RedisPrivacy
from features.store.redis_sessions import RedisSessions
from features.store.redis_settings import RedisSettings
from features.store.redis_work import RedisWorkStore
from features.store.rule_counts import RedisRuleCounts
from service.app import create_app
from service.console.attempts import Attempts
from service.deps import Deps
from service.directory import REFRESH_SECONDS, Directory
from service.guarded import GuardedStore
from service.identify import ranking_id
from service.insights.data import DataHealth
from service.insights.insights import Insights
from service.insights.traffic import Traffic
from service.limiting.rates import Rates
from service.metrics import Metrics
from service.models import LISTINGS, Models
from service.models.next_items import NEXT_ITEM_MODELS
from service.ordering.orderings import NOTING_SECONDS, Noting, Weights
from service.privacy.desk import Desk
from service.privacy.objections import Objections
from service.ranking import Model
from service.rankings.tally import Tally
from service.recent import RecentSessions
from service.refresher import Refresher
from service.settings import Settings
from service.shedding import Shedding
from service.tables import Tables

STORE_SECONDS: Final = 1.0  # the longest that a call waits for the store; a ranking waits until its deadline


def wired(settings: Settings) -> Flask:
    """Return the application of one web process, with its local copies read and kept fresh."""
    deps, models = handles(settings)
    Refresher(
        [deps.directory.refresh, deps.objections.refresh, deps.tally.flush, deps.metrics.timings.flush],
        REFRESH_SECONDS,
    ).start()
    Refresher([deps.rates.tell], REFRESH_SECONDS).start()
    # A thread of its own: a model takes a second to load, and a switch that a merchant turns does not wait for it.
    others = [more.refresh for more in (deps.canaries, deps.shadows) if isinstance(more, Models)]
    Refresher([models.refresh, *others, deps.next_items.refresh], REFRESH_SECONDS).start()
    Refresher([deps.recent.refresh], REFRESH_SECONDS).start(at_once=False)
    Refresher([Noting(deps).note], NOTING_SECONDS).start()
    Refresher([heap.give_back], heap.GIVE_BACK_SECONDS).start()
    return create_app(deps)


def handles(settings: Settings, clock: Callable[[], float] = time.time) -> tuple[Deps, Models[Model]]:
    """Return the handles of one process, and the models among them as their refresher sees them.

    Nothing is connected to, read or loaded yet.
    """
    redis_url, hurried = _redis_of(settings), _hurried_seconds(settings)
    exchange = Exchange(redis_url, STORE_SECONDS, (metrics := Metrics()).store_available, hurried)
    shop_settings = RedisSettings(exchange)
    directory = Directory(shop_settings, clock)
    shelf = Shelf(settings.models_url)
    models, canaries, shadows = _listing_models(shelf, directory, metrics)
    next_items = Models(Shelf(settings.models_url, NEXT_ITEMS), NEXT_ITEM_MODELS, directory.attributes)
    work_store, privacy = RedisWorkStore(exchange, settings.stream_bound), RedisPrivacy(exchange)
    objections = Objections(privacy, lambda: directory.shops)
    deps = Deps(
        settings=settings,
        clock=clock,
        timer=time.perf_counter,
        new_id=ranking_id,
        store=_guarded(work_store, metrics, hurried),
        shop_settings=shop_settings,
        directory=directory,
        tables=Tables(),
        models=models,
        canaries=canaries,
        shadows=shadows,
        shelf=shelf,
        metrics=metrics,
        tally=Tally(RedisRuleCounts(exchange), clock),
        data_health=DataHealth(settings.log_url, work_store, clock),
        sessions=RedisSessions(exchange),
        attempts=Attempts(redis_url),
        weights=Weights(shelf),
        traffic=Traffic(settings.log_url, work_store, clock),
        insights=Insights(settings.log_url, work_store, shop_settings, clock),
        objections=objections,
        rates=Rates(redis_url, settings.key_rate, settings.visitor_rate, clock),
        recent=RecentSessions(work_store, lambda: directory.shops, objections.of),
        next_items=next_items,
        findings=RedisFindings(exchange),
        shedding=Shedding(time.perf_counter, settings.deadline_ms / 1_000),
        requests=Desk(privacy, _export(settings, work_store, privacy), objections, shelf, ranking_id),
    )
    return deps, models


def _hurried_seconds(settings: Settings) -> float:
    """Return how quick an answer of the store is that is of use to a ranking, which has two round trips."""
    return max(settings.deadline_ms / 2_000, PATIENCE_SECONDS)


def _guarded(store: RedisWorkStore, metrics: Metrics, hurried_seconds: float) -> GuardedStore:
    """Return the store as requests see it."""

    def probe() -> None:
        store.ping(hurried_seconds)

    return GuardedStore(store, Circuits(time.perf_counter, metrics.store_available, "the store", probe))


def _redis_of(settings: Settings) -> str:
    if settings.redis_url is None:
        raise ValueError(
            "no Redis to work with: `balad serve` joins the embedded server, or set BALAD_REDIS_URL"
        )
    return settings.redis_url


def _listing_models(
    shelf: Shelf, directory: Directory, metrics: Metrics
) -> tuple[Models[Model], Models[Model], Models[Model]]:
    """Return what follows the pointers of the live models, of those that are tried, and of those in shadow."""

    def refused(shop: str) -> None:
        metrics.model_refused(shop)()

    places = (shelf, Following(shelf, CANARY), Following(shelf, SHADOW))
    live, tried, shadow = (Models(place, LISTINGS, directory.attributes, refused) for place in places)
    return live, tried, shadow


def _export(
    settings: Settings, store: WorkStore, privacy: PrivacyStore
) -> Callable[[str, str], Iterator[bytes]]:
    def export(shop: str, visitor_id: str) -> Iterator[bytes]:
        # Here, not above: it loads Arrow, which a process that only ranks does without.
        from service.privacy.access import Access  # noqa: PLC0415

        return Access(store, privacy, settings.log_url).export(shop, visitor_id)

    return export
