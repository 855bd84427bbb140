"""The front door, the choice of a language, and the style sheet of the component library."""

from importlib import resources
from typing import Final
from urllib.parse import urlsplit

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from service.console.desk import Desk
from service.console.language import choose
from service.console.route import Route
from service.console.sessions import PATH
from service.deps import Deps
from service.people import Role

_BOOTSTRAP: Final = "static/bootstrap5/css/bootstrap.min.css"
_LIBRARY_SECONDS: Final = 86_400


def home(_desk: Desk) -> AnyResponse:
    """Lead to the first screen."""
    return redirect(url_for("console.overview"), 303)


def choose_language(_deps: Deps) -> AnyResponse:
    """Keep the language, and go back to where the person was."""
    choose(request.form.get("language", ""))
    return redirect(local(request.form.get("to")), 303)


def components(_deps: Deps) -> Response:
    """Serve Bootstrap's style sheet out of the package that carries it."""
    text = resources.files("flask_bootstrap").joinpath(_BOOTSTRAP).read_bytes()
    response = Response(text, mimetype="text/css")
    response.cache_control.public = True
    response.cache_control.max_age = _LIBRARY_SECONDS
    return response


def local(to: str | None) -> str:
    """Return an address of the console to go to; anything else, such as another host, becomes the front door."""
    parts = urlsplit(to or "")
    stays = not parts.scheme and not parts.netloc and parts.path.startswith(PATH) and "\\" not in parts.path
    return to if to and stays else PATH


ROUTES: Final = (
    Route("GET", "/", home, Role.VIEWER),
    Route("POST", "/language", choose_language, None),
    Route("GET", "/components.css", components, None),
)
