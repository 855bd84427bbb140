"""Calls from web pages of other origins (CORS): all those that a publishable key may make.

Answers are open to every origin, because no cookie speaks for the visitor: whether a page may call is decided by its
key and its origin (`service.api.auth`), before anything is done.
"""

from collections.abc import Callable, Iterable
from typing import Final

from flask import Flask, Response, request

from service.api.auth import Access, Credentials
from service.api.endpoint import Endpoint

PREFLIGHT_SECONDS: Final = 86_400  # browsers keep one for less: Chromium for two hours
LONGEST_NAME: Final = 256  # characters kept of what a browser calls itself: robots say so before
_OPEN: Final = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After"}


def credentials() -> Credentials:
    """Return what the request says about who sends it."""
    environ = request.environ
    query = request.args.get("key") if environ["QUERY_STRING"] else None
    origin = environ.get("HTTP_ORIGIN")
    return Credentials(environ.get("HTTP_AUTHORIZATION"), query, origin, environ.get("HTTP_HOST", ""))


def user_agent() -> str | None:
    """Return what the visitor's browser calls itself; None where the shop's own machine calls, which is no visitor."""
    environ = request.environ
    return environ.get("HTTP_USER_AGENT", "")[:LONGEST_NAME] if "HTTP_ORIGIN" in environ else None


def register(app: Flask, endpoints: Iterable[Endpoint]) -> None:
    """Answer preflights of the calls that browsers make, and open the answers to pages that ask."""
    names = frozenset(e.name for e in endpoints if e.access is Access.PUBLISHABLE)
    for endpoint in endpoints:
        if endpoint.name in names:
            app.add_url_rule(
                endpoint.path,
                f"preflight_{endpoint.name}",
                _preflight(endpoint.method),
                methods=["OPTIONS"],
                provide_automatic_options=False,
            )

    def opened(response: Response) -> Response:
        if "HTTP_ORIGIN" in request.environ and request.endpoint in names:
            response.headers.update(_OPEN)
        return response

    app.after_request(opened)


def _preflight(method: str) -> Callable[..., Response]:
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": method,
        "Access-Control-Allow-Headers": "authorization, content-type",
        "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
        "Cache-Control": f"public, max-age={PREFLIGHT_SECONDS}",
    }

    def preflight(**_: str) -> Response:
        """Say what a page of another origin may ask with."""
        return Response(status=204, headers=headers)

    return preflight
