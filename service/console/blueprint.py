"""The blueprint: from the table of routes to views that are guarded, in this order: login, role, CSRF."""

import logging
from collections.abc import Callable
from typing import Any, Final

from flask import Blueprint, Flask, Response, current_app, g, redirect, request, url_for
from flask_wtf.csrf import generate_csrf, validate_csrf
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse
from wtforms.validators import ValidationError

from features.store.protocol import StoreUnavailable
from service.console import language, shown
from service.console.charts import span_of
from service.console.desk import ROLE_WORDS, Desk
from service.console.language import gettext as _
from service.console.navigation import navigation
from service.console.route import Route, show
from service.console.routes import ROUTES
from service.console.sessions import PATH, ConsoleSession, login_of
from service.deps import Deps
from service.people import Role, person_of
from service.shops import SHOP_SETTING

_LOG: Final = logging.getLogger(__name__)
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_LONGEST_FORM: Final = 512 * 1024


def register(app: Flask, deps: Deps) -> None:
    """Serve the console: its session, its languages, its routes."""
    app.session_interface = ConsoleSession(deps.sessions)
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # as long as its session
    language.register(app)
    app.register_blueprint(_blueprint(deps))


def _blueprint(deps: Deps) -> Blueprint:
    blueprint = Blueprint(
        "console",
        __name__,
        url_prefix=PATH.rstrip("/"),
        template_folder="templates",
        static_folder="static",
    )
    for route in ROUTES:
        blueprint.add_url_rule(
            route.path,
            route.name,
            _guarded(deps, route),
            methods=[route.method],
            provide_automatic_options=False,
        )
    blueprint.add_url_rule(
        "/<path:anything>", "lost", _lost, methods=["GET"], provide_automatic_options=False
    )
    blueprint.context_processor(_context)
    blueprint.register_error_handler(Exception, _failure)
    blueprint.after_request(_secured)
    shown.register(blueprint)
    return blueprint


def _guarded(deps: Deps, route: Route) -> Callable[..., Any]:
    """Return a route's view behind its guards."""

    def view(**parts: Any) -> Any:  # noqa: ANN401 - parts of the path; what Flask takes
        request.max_content_length = request.max_form_memory_size = _LONGEST_FORM
        g.desk = desk = desk_of(deps)
        if route.role is not None and desk is None:
            return _to_login()
        if route.role is not None and desk is not None and not desk.may(route.role):
            return _refusal(403)
        if route.method == "POST" and not _has_token():
            return _refusal(400)
        return route.view(deps if route.role is None else desk, **parts)

    return view


def desk_of(deps: Deps) -> Desk | None:
    """Return who is logged in and what their shop looks like now; None for nobody.

    Whoever was removed, or logged out everywhere, is nobody from that moment.
    """
    now = deps.clock()
    login = login_of(deps.sessions, now)
    if login is None:
        return None
    values = deps.shop_settings.read(login.shop).values
    person = person_of(values, login.name)
    if person is None or person.epoch != login.epoch or SHOP_SETTING not in values:
        return None
    return Desk(deps, person, login.shop, values, now)


def _has_token() -> bool:
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True


def _to_login() -> AnyResponse:
    """Ask for a login, and come back afterwards to what can be come back to."""
    to = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("console.login", to=to), 303)


def _lost(**_: str) -> tuple[str, int]:
    g.desk = None
    return _refusal(404)


def _refusal(status: int) -> tuple[str, int]:
    sentences = {
        400: _(
            "This form was open too long, or was not ours. Nothing was changed; go back and send it again."
        ),
        403: _("Your role does not allow this. An admin of your shop can change that under Settings."),
        404: _("There is no such page in the console."),
        413: _("That is more than a form of the console can hold. Nothing was changed."),
        503: _("The store does not answer. Rankings go on in the meantime; try again in a moment."),
    }
    other = _("Something went wrong on our side; the log says what. Nothing else is affected.")
    return show("refusal.html", status, sentence=sentences.get(status, other), code=status)


def _failure(error: Exception) -> Any:  # noqa: ANN401 - what Flask takes
    """Answer an error with a page; what is not one of ours is a bug, logged and a 500."""
    match error:
        case StoreUnavailable():
            g.desk = None  # its parts may need the store
            return _refusal(503)
        case HTTPException(code=int(status)) if status < 500:  # noqa: PLR2004 - the client's mistakes
            return _refusal(status)
        case HTTPException(response=AnyResponse() as response):
            return response
        case _:
            _LOG.error("a screen failed", exc_info=error)
            g.desk = None  # it may be what failed
            return _refusal(500)


def _context() -> dict[str, Any]:
    """Return what every template may use."""
    desk: Desk | None = g.get("desk")
    return {
        "desk": desk,
        "Role": Role,
        "role_words": ROLE_WORDS,
        "language": language.language(),
        "languages": language.LANGUAGES,
        "navigation": [] if desk is None else navigation(desk),
        "token": _token,
        "span_of": span_of,
        "stopped_by_operator": current_app.extensions["balad"].settings.kill_switch,
    }


def _token() -> Markup:
    """Return the hidden field that every form of method POST needs."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def _secured(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)  # a report has a policy of its own
    if request.endpoint != "console.static":
        response.headers["Cache-Control"] = "no-store"
    return response
