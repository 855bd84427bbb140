"""/metrics: what Prometheus collects."""

from collections.abc import Iterator
from hmac import compare_digest
from ipaddress import ip_address
from typing import Final

from flask import Response, request
from prometheus_client import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from features.store.protocol import StoreUnavailable
from service.api.auth import Access
from service.api.endpoint import Endpoint
from service.api.problems import Forbidden, Unauthorized
from service.deps import Deps
from service.metrics import STREAM_AGE, STREAM_LENGTH, gauge


class Moment(Collector):
    """What is asked of the store when it is collected."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    def collect(self) -> Iterator[Metric]:
        """Return how far the worker is behind, per shop; nothing where the store does not say."""
        now = self._deps.clock()
        try:
            states = {name: self._deps.store.stream_state(name) for name in self._deps.directory.shops}
        except StoreUnavailable:
            return
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


ENDPOINTS: Final = (Endpoint("GET", "/metrics", metrics, Access.NONE, "Metrics in Prometheus's text format"),)
