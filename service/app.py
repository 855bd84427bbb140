"""The Flask application: routes from the table of calls, nothing before or after them."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Response

from service import traces
from service.api import browsers, hardening, problems, request_ids
from service.api.auth import Access, authenticate, check_scope
from service.api.endpoint import Endpoint
from service.api.endpoints import ENDPOINTS
from service.api.rates import check_key
from service.console import blueprint as console
from service.demo.blueprint import demo_blueprint
from service.demo.shopfront import opened_once
from service.deps import Deps


def create_app(deps: Deps) -> Flask:
    """Wire the calls to what they work with."""
    app = Flask("service.api", static_folder=None)
    app.url_map.merge_slashes = False  # a page with an empty part is wrong, not another page
    app.ensure_sync = lambda func: func  # type: ignore[method-assign]  # no view is a coroutine: 14 µs a call
    app.extensions["balad"] = deps
    problems.register(app, deps.metrics)
    hardening.register(app)
    for endpoint in ENDPOINTS:
        app.add_url_rule(
            endpoint.path,
            endpoint.name,
            _view(deps, endpoint),
            methods=[endpoint.method],
            provide_automatic_options=False,
        )
    browsers.register(app, ENDPOINTS)
    console.register(app, deps)
    if deps.settings.demo:
        app.register_blueprint(demo_blueprint(opened_once(deps.settings.data)))
    request_ids.register(app)
    if deps.settings.otlp_endpoint is not None:
        traces.begin(app, deps.settings.otlp_endpoint)
    return app


def _view(deps: Deps, endpoint: Endpoint) -> Callable[..., Response]:
    """Return the Flask view of a call: who calls, then the call, then its count."""
    count = deps.metrics.answered

    def open_view(**path: Any) -> Response:  # noqa: ANN401 - parts of the path
        response = endpoint.view(deps, **path)
        count(endpoint.name, response.status_code)()
        return response

    def keyed_view(**path: Any) -> Response:  # noqa: ANN401 - parts of the path
        caller = authenticate(deps.directory, browsers.credentials(), endpoint.access)
        check_scope(caller, endpoint.scope)
        check_key(deps, caller)
        response = endpoint.view(deps, caller, **path)
        count(endpoint.name, response.status_code)()
        return response

    return open_view if endpoint.access is Access.NONE else keyed_view
