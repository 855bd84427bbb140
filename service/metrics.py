"""Every metric, declared once. Under gunicorn the processes share them through files, and any of them answers for all.

prometheus-client decides that when it is first imported, from PROMETHEUS_MULTIPROC_DIR, which `balad serve` sets.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, values
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

NO_REASON: Final = "none"  # the label of a ranking that was personalised
_SECONDS: Final = (
    0.0005,
    0.001,
    0.0015,
    0.002,
    0.003,
    0.005,
    0.0075,
    0.01,
    0.02,
    0.035,
    0.05,
    0.1,
    0.25,
    1.0,
)

STREAM_LENGTH: Final = "balad_stream_length", "Facts in the stream that the worker has not archived yet."
STREAM_AGE: Final = "balad_stream_age_seconds", "Age of the oldest of them."


class Metrics:
    """The counters of this process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._rankings = self._counter(
            "balad_rankings", "Rankings answered, by why they were not personalised.", "shop", "reason"
        )
        self._stages = Histogram(
            "balad_ranking_seconds",
            "Time of a ranking and of its parts.",
            ("stage",),
            registry=self._registry,
            buckets=_SECONDS,
        )
        self._events = self._counter("balad_events", "Events received, by verdict.", "shop", "verdict")
        self._items = self._counter("balad_items", "Item changes received, by verdict.", "shop", "verdict")
        self._rejections = self._counter(
            "balad_rejections", "Events and items refused, by code.", "shop", "code"
        )
        self._responses = self._counter("balad_responses", "Answers, by call and status.", "call", "status")
        self._exposures_lost = self._counter(
            "balad_exposures_lost", "Rankings answered whose exposure could not be written.", "shop"
        )
        self._failures = self._counter(
            "balad_ranking_failures", "Rankings that a fault of ours turned into the shop's order.", "shop"
        )
        self._models_refused = self._counter(
            "balad_models_refused", "Promoted models that failed a check and do not serve.", "shop"
        )
        self._store_up = Gauge(
            "balad_store_available",
            "1 while the store answers.",
            registry=self._registry,
            multiprocess_mode="livemin",
        )
        self._store_up.set(1)
        self._bind()

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(name, meaning, labels, registry=self._registry)

    def _bind(self) -> None:
        """Bind labels once: finding a child costs more than counting."""
        self.ranked = cache(lambda shop, reason: self._rankings.labels(shop, reason or NO_REASON).inc)
        self.took: Callable[[str], Callable[[float], None]] = cache(
            lambda stage: self._stages.labels(stage).observe
        )
        self.exposure_lost = cache(lambda shop: self._exposures_lost.labels(shop).inc)
        self.failed = cache(lambda shop: self._failures.labels(shop).inc)
        self.model_refused = cache(lambda shop: self._models_refused.labels(shop).inc)
        self.answered = cache(lambda call, status: self._responses.labels(call, str(status)).inc)

    def events(self, shop: str, verdicts: Mapping[str, int]) -> None:
        """Count events by verdict."""
        for verdict, count in verdicts.items():
            self._events.labels(shop, verdict).inc(count)

    def items(self, shop: str, verdicts: Mapping[str, int]) -> None:
        """Count item changes by verdict."""
        for verdict, count in verdicts.items():
            self._items.labels(shop, verdict).inc(count)

    def rejected(self, shop: str, codes: Iterable[str]) -> None:
        """Count what was refused, by code."""
        for code in codes:
            self._rejections.labels(shop, code).inc()

    def rejections(self, shop: str) -> dict[str, int]:
        """Return what was refused of a shop, by code, since the web processes were started; the most frequent first."""
        registry = self._registry
        if getattr(values.ValueClass, "_multiprocess", False):
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        samples = (s for m in registry.collect() if m.name == "balad_rejections" for s in m.samples)
        counts = {
            s.labels["code"]: int(s.value)
            for s in samples
            if s.name.endswith("_total") and s.labels["shop"] == shop
        }
        return dict(sorted(counts.items(), key=lambda one: -one[1]))

    def store_available(self, up: bool) -> None:  # noqa: FBT001 - a gauge's value
        """Say whether the store answers."""
        self._store_up.set(float(up))

    def text(self, moment: Collector) -> bytes:
        """Return all metrics of all processes, and those of this moment, in Prometheus's text format."""
        registry = CollectorRegistry()
        registry.register(moment)
        if getattr(values.ValueClass, "_multiprocess", False):
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
            return generate_latest(registry)
        return generate_latest(self._registry) + generate_latest(registry)


def gauge(metric: tuple[str, str], by_shop: Mapping[str, float]) -> GaugeMetricFamily:
    """Return the values of this moment of one metric."""
    family = GaugeMetricFamily(*metric, labels=["shop"])
    for shop, value in by_shop.items():
        family.add_metric([shop], value)
    return family
