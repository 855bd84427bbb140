"""Counting what `service.metric_table` declares.

Under gunicorn the processes share their counts through files, and any of them answers for all. prometheus-client
decides that when it is first imported, from PROMETHEUS_MULTIPROC_DIR, which `balad serve` sets.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, values
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from service import metric_table as table
from service.metric_table import Metric
from service.timings import BatchHistogram, Timings

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


class Metrics:
    """The counters of this process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._rankings = self._counter(table.RANKINGS)
        seconds = table.SECONDS
        self.timings = Timings(
            BatchHistogram(
                seconds.name, seconds.meaning, seconds.labels, registry=self._registry, buckets=_SECONDS
            ),
            _SECONDS,
        )
        self._events = self._counter(table.EVENTS)
        self._items = self._counter(table.ITEMS)
        self._rejections = self._counter(table.REJECTIONS)
        self._responses = self._counter(table.RESPONSES)
        self._exposures_lost = self._counter(table.EXPOSURES_LOST)
        self._failures = self._counter(table.FAILURES)
        self._models_refused = self._counter(table.MODELS_REFUSED)
        up = table.STORE_AVAILABLE
        self._store_up = Gauge(up.name, up.meaning, registry=self._registry, multiprocess_mode="livemin")
        self._store_up.set(1)
        self._bind()

    def _counter(self, metric: Metric) -> Counter:
        return Counter(metric.name, metric.meaning, metric.labels, registry=self._registry)

    def _bind(self) -> None:
        """Bind labels once: finding a child costs more than counting."""
        self.ranked = cache(lambda shop, reason: self._rankings.labels(shop, reason or NO_REASON).inc)
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
        self.timings.flush()
        registry = CollectorRegistry()
        registry.register(moment)
        if getattr(values.ValueClass, "_multiprocess", False):
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
            return generate_latest(registry)
        return generate_latest(self._registry) + generate_latest(registry)


def gauge(metric: Metric, by_shop: Mapping[str, float]) -> GaugeMetricFamily:
    """Return the values of this moment of one metric."""
    family = GaugeMetricFamily(metric.name, metric.meaning, labels=metric.labels)
    for shop, value in by_shop.items():
        family.add_metric([shop], value)
    return family


def single(metric: Metric, value: float) -> GaugeMetricFamily:
    """Return the value of this moment of a metric without labels."""
    return GaugeMetricFamily(metric.name, metric.meaning, value=value)
