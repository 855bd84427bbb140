"""`balad worker`, once its settings are read."""

import signal
import threading
import time
from collections.abc import Callable
from contextlib import closing
from threading import Event

from features import heap
from features.bundle import Shelf
from features.log.place import Log
from features.store import redis_work
from features.store.exchange import Exchange
from features.store.findings import RedisFindings
from features.store.redis_privacy import RedisPrivacy
from features.store.redis_settings import RedisSettings
from service.drift.watch import DriftWatch
from service.refresher import Refresher
from service.rollout.watch import Plan, Watch
from service.settings import Settings
from service.worker.compacting import Compacting
from service.worker.erasing import Erasing
from service.worker.keeping import Keeping, LogKeeping, Several
from service.worker.observed import Observer, WorkerMetrics, observe
from service.worker.retention import Retention
from service.worker.worker import Worker

TIMEOUT_SECONDS = 30.0  # nobody waits for the worker; a large batch may take its time


def run(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT, then finish what there is to do. Needs `redis_url`."""
    if settings.redis_url is None:
        raise ValueError("the worker needs a Redis to work on")
    heap.keep_one()
    Refresher([heap.give_back], heap.GIVE_BACK_SECONDS).start(at_once=False)
    stop = Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
    store = redis_work.connect(
        settings.redis_url, stream_bound=settings.stream_bound, timeout_seconds=TIMEOUT_SECONDS
    )
    exchange, metrics = Exchange(settings.redis_url, TIMEOUT_SECONDS), WorkerMetrics()
    if settings.worker_bind is not None:
        token = settings.metrics_token
        observe(settings.worker_bind, Observer(metrics, None if token is None else token.get_secret_value()))
    with closing(store), closing(exchange):
        keeping = _keeping(settings, exchange)
        worker = Worker(store, RedisSettings(exchange), Log(settings.log_url), time.time, keeping)
        worker.run(stop, metrics.hear)


def _keeping(settings: Settings, exchange: Exchange) -> Callable[[str], Keeping]:
    """Return what is done for a shop beside moving its facts: its log kept in order, its canary watched."""
    privacy, findings = RedisPrivacy(exchange), RedisFindings(exchange)
    shelf, plan = Shelf(settings.models_url), Plan(settings.canary_visitors, settings.canary_days)

    def keeping(shop: str) -> Keeping:
        retention = Retention(settings.log_retention_days)
        return Several(
            LogKeeping(Erasing(privacy, shop), Compacting(shop), retention),
            Watch(shop, shelf, RedisSettings(exchange), findings, plan),
            DriftWatch(shop, shelf, findings),
        )

    return keeping
