"""Logging in and out."""

from typing import Final

from flask import current_app, redirect, request
from werkzeug.wrappers import Response

from service.console.desk import Desk
from service.console.language import gettext as _
from service.console.route import Route, show
from service.console.screens.home import local
from service.console.sessions import log_in, log_out
from service.deps import Deps
from service.passwords import LONGEST, fits
from service.people import LONGEST_NAME, Person, Role, person_of


def login(deps: Deps) -> tuple[str, int]:
    """Show the form."""
    return _form(deps, None, 200)


def enter(deps: Deps) -> Response | tuple[str, int]:
    """Let somebody in who knows the password; of a wrong name and a wrong password, say the same."""
    shop, name, password = (request.form.get(field, "") for field in ("shop", "name", "password"))
    shop = shop.strip() or _only_shop(deps) or ""
    if max(len(name), len(shop)) > LONGEST_NAME or len(password) > LONGEST:
        return _form(deps, _("Name or password is wrong."), 401)
    address = request.remote_addr or ""
    if not deps.attempts.allow(shop, name, address):
        return _form(deps, _("Too many attempts. Wait a quarter of an hour, then try again."), 429)
    person = person_of(deps.shop_settings.read(shop).values, name) if shop else None
    if not fits(None if person is None else person.password, password) or person is None:
        return _form(deps, _("Name or password is wrong."), 401)
    return _let_in(deps, shop, person, address)


def leave(desk: Desk) -> Response:
    """End the session."""
    log_out(desk.deps.sessions)
    return redirect(local(None), 303)


def _let_in(deps: Deps, shop: str, person: Person, address: str) -> Response:
    deps.attempts.forget(shop, person.name, address)
    log_in(deps.sessions, shop, person, deps.clock())
    return redirect(local(request.args.get("to")), 303)


def _only_shop(deps: Deps) -> str | None:
    """Return the one shop of an installation that has one: nobody has to type its name."""
    shops = deps.shop_settings.shops()
    return next(iter(shops)) if len(shops) == 1 else None


def _form(deps: Deps, error: str | None, status: int) -> tuple[str, int]:
    asks_shop = _only_shop(deps) is None
    said = {field: request.form.get(field, "") for field in ("shop", "name")}
    is_demo = current_app.extensions["balad"].settings.demo
    return show("login.html", status, error=error, asks_shop=asks_shop, said=said, is_demo=is_demo)


ROUTES: Final = (
    Route("GET", "/login", login, None),
    Route("POST", "/login", enter, None),
    Route("POST", "/logout", leave, Role.VIEWER),
)
