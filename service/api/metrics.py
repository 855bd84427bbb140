"""/metrics: what Prometheus collects."""

from collections.abc import Iterator
from hmac import compare_digest
from ipaddress import ip_address
from typing import Final

from flask import Response, request
from prometheus_client import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from features.manifest import made_at
from features.store.protocol import StoreUnavailable
from service.api.auth import Access
from service.api.endpoint import Endpoint
from service.api.problems import Forbidden, Unauthorized
from service.deps import Deps
from service.drift.found import FINDING, Drift
from service.drift.levels import alarms
from service.metric_table import (
    CANARY_ROLLED_BACK,
    CANARY_SHARE,
    DRIFTED,
    MODEL_AGE,
    SETTINGS_AGE,
    STREAM_AGE,
    STREAM_BOUND,
    STREAM_LENGTH,
)
from service.metrics import gauge, single
from service.rollout.state import Ended


class Moment(Collector):
    """What is asked of the store when it is collected."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    def collect(self) -> Iterator[Metric]:
        """Return how old models and settings are here, and how far the worker is behind, where the store says it."""
        yield from self._copies(self._deps.clock())
        yield from self._stream(self._deps.clock())

    def _copies(self, now: float) -> Iterator[Metric]:
        deps = self._deps
        models = {name: deps.models.current(name) for name in sorted(deps.directory.shops)}
        made = {name: made_at(model.version) for name, model in models.items() if model is not None}
        yield gauge(MODEL_AGE, {name: max(now - at, 0.0) for name, at in made.items() if at is not None})
        latest = {name: shop.latest_canary for name, shop in sorted(deps.directory.shops.items())}
        canaries = {name: canary for name, canary in latest.items() if canary is not None}
        yield gauge(CANARY_SHARE, {name: c.share for name, c in canaries.items() if c.is_on})
        back = {n: c.ended_at for n, c in canaries.items() if c.ended is Ended.ROLLED_BACK and c.ended_at}
        yield gauge(CANARY_ROLLED_BACK, back)
        if deps.directory.read_at is not None:
            yield single(SETTINGS_AGE, max(now - deps.directory.read_at, 0.0))

    def _stream(self, now: float) -> Iterator[Metric]:
        yield single(STREAM_BOUND, float(self._deps.settings.stream_bound))
        try:
            texts = {
                name: self._deps.findings.get(name, FINDING) for name in sorted(self._deps.directory.shops)
            }
            states = {name: self._deps.store.stream_state(name) for name in self._deps.directory.shops}
        except StoreUnavailable:
            return
        found = {name: Drift.of(text) for name, text in texts.items() if text is not None}
        yield gauge(DRIFTED, {name: float(len(alarms(drift.days))) for name, drift in found.items()})
        yield gauge(STREAM_LENGTH, {name: float(state.length) for name, state in states.items()})
        oldest = {name: state.oldest_at for name, state in states.items()}
        yield gauge(
            STREAM_AGE, {name: 0.0 if at is None else max(now - at, 0.0) for name, at in oldest.items()}
        )


def metrics(deps: Deps) -> Response:
    """Return all metrics: to whoever has the token, or without one to this machine only."""
    _check(deps)
    return Response(deps.metrics.text(Moment(deps)), 200, content_type=CONTENT_TYPE_LATEST)


def _check(deps: Deps) -> None:
    token = deps.settings.metrics_token
    if token is None:
        if not _is_local(request.remote_addr) or "X-Forwarded-For" in request.headers:
            raise Forbidden(
                "local_only", "Metrics are for this machine; set BALAD_METRICS_TOKEN to ask from another"
            )
        return
    said = request.headers.get("Authorization", "")
    if not compare_digest(said.encode(), f"Bearer {token.get_secret_value()}".encode()):
        challenge = {"WWW-Authenticate": "Bearer"}
        raise Unauthorized("wrong_token", "Send the token: Authorization: Bearer …", headers=challenge)


def _is_local(address: str | None) -> bool:
    try:
        return ip_address(address or "").is_loopback
    except ValueError:
        return not address  # a Unix socket has no address


ENDPOINTS: Final = (
    Endpoint(
        "GET",
        "/metrics",
        metrics,
        Access.NONE,
        "Metrics in Prometheus's text format",
        refusals=("401", "403"),
    ),
)
