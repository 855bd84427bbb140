"""Every metric that the processes answer is declared, every declared one is answered, and the docs name all."""

import re
from pathlib import Path

import pytest

from service.deps import Deps
from service.metric_table import METRICS, Kind, Metric
from service.metrics import Metrics
from service.worker.observed import Report, WorkerMetrics

ROOT = Path(__file__).resolve().parents[2]
OF_THE_MOMENT = {
    *("balad_stream_length", "balad_stream_age_seconds", "balad_stream_bound"),
    *("balad_model_age_seconds", "balad_settings_age_seconds"),
    *("balad_canary_share", "balad_canary_rolled_back_timestamp_seconds", "balad_drifted_columns"),
}  # asked of the store when they are collected: tests/api/test_observation.py


class Nothing:
    """A collector with nothing to say."""

    def collect(self) -> list[Deps]:
        return []


def answered() -> set[str]:
    """The families that a web process and a worker answer, as their TYPE lines name them."""
    worker = WorkerMetrics()
    worker.hear(Report(store_available=True, log_writable={"acme": True}, failures={"acme": 1}))
    text = Metrics().text(Nothing()) + worker.text()  # type: ignore[arg-type]  # it collects nothing
    families = re.findall(r"^# TYPE (\S+) (\S+)$", text.decode(), flags=re.MULTILINE)
    return {name for name, _ in families if not name.endswith("_created")}


def test_what_is_answered_is_what_is_declared() -> None:
    assert answered() == {metric.name for metric in METRICS} - OF_THE_MOMENT


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_metric_is_named_by_prometheus_rules_and_told_in_the_docs(metric: Metric) -> None:
    assert re.fullmatch(r"balad_[a-z_]+", metric.name)
    assert metric.name.endswith("_total") == (metric.kind is Kind.COUNTER)
    assert f"| `{metric.name}` |" in (ROOT / "docs" / "metrics.md").read_text()


def test_no_label_is_a_visitors_choice() -> None:
    known = {"shop", "reason", "stage", "verdict", "code", "call", "status"}
    assert {label for metric in METRICS for label in metric.labels} <= known
