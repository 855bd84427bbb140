"""What the worker tells Prometheus and a supervisor: /metrics and /healthz on an address of its own."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hmac import compare_digest
from threading import Thread
from typing import TYPE_CHECKING, Final
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge
from prometheus_client.exposition import generate_latest

from service.metric_table import WORKER_FAILURES, WORKER_LOG, WORKER_ROUND, WORKER_STORE

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

STUCK_SECONDS: Final = 300.0  # a large batch or the rewrite of a large file takes a minute; five are a fault


@dataclass(frozen=True, slots=True)
class Report:
    """What a round came to; by shop whether its log can be written, and how often work on it failed until now."""

    store_available: bool
    log_writable: Mapping[str, bool]
    failures: Mapping[str, int]


class WorkerMetrics:
    """The metrics of one worker."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._registry = CollectorRegistry()
        self._round = self._gauge(WORKER_ROUND.name, WORKER_ROUND.meaning)
        self._store = self._gauge(WORKER_STORE.name, WORKER_STORE.meaning)
        self._log = self._gauge(WORKER_LOG.name, WORKER_LOG.meaning, *WORKER_LOG.labels)
        self._failures = Counter(
            WORKER_FAILURES.name, WORKER_FAILURES.meaning, WORKER_FAILURES.labels, registry=self._registry
        )
        self._heard_failures: dict[str, int] = {}
        self._went_round_at = clock()

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(name, meaning, labels, registry=self._registry)

    @property
    def is_stuck(self) -> bool:
        """Whether the last round is so long ago that the process should be replaced."""
        return self._clock() - self._went_round_at > STUCK_SECONDS

    def hear(self, report: Report) -> None:
        """Take what a round came to."""
        self._went_round_at = self._clock()
        self._round.set(self._went_round_at)
        self._store.set(float(report.store_available))
        for shop, writable in report.log_writable.items():
            self._log.labels(shop).set(float(writable))
        for shop, failures in report.failures.items():
            self._failures.labels(shop).inc(failures - self._heard_failures.get(shop, 0))
        self._heard_failures = dict(report.failures)

    def text(self) -> bytes:
        """Return all of it in Prometheus's text format."""
        return generate_latest(self._registry)


class _Silent(WSGIRequestHandler):
    """Logs no line per call."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's own name
        """Say nothing."""


class Observer:
    """Answers GET /metrics and /healthz; a WSGI application."""

    def __init__(self, metrics: WorkerMetrics, token: str | None = None) -> None:
        self._metrics = metrics
        self._token = token

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a call."""
        status, body = self._answer(environ["PATH_INFO"], environ.get("HTTP_AUTHORIZATION", ""))
        start_response(status, [("Content-Type", CONTENT_TYPE_LATEST), ("Content-Length", str(len(body)))])
        return [body]

    def _answer(self, path: str, said: str) -> tuple[str, bytes]:
        if path == "/healthz":
            return (
                ("503 Service Unavailable", b"stuck\n") if self._metrics.is_stuck else ("200 OK", b"alive\n")
            )
        if path != "/metrics":
            return "404 Not Found", b""
        if self._token is not None and not compare_digest(said.encode(), f"Bearer {self._token}".encode()):
            return "401 Unauthorized", b""
        return "200 OK", self._metrics.text()


def observe(bind: str, observer: Observer) -> int:
    """Answer in a thread of its own for as long as the process lives; return the port."""
    host, _, port = bind.rpartition(":")
    server = make_server(host.strip("[]"), int(port), observer, handler_class=_Silent)
    Thread(target=server.serve_forever, name="balad-observer", daemon=True).start()
    return server.server_port
