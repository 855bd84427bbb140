"""The kill switch, which stands in the head of every screen."""

from typing import Final

from flask import flash, redirect, request
from werkzeug.wrappers import Response

from service.console.desk import Desk
from service.console.language import gettext as _
from service.console.route import Route
from service.console.screens.home import local
from service.kill_switch import turn
from service.people import Role


def stop_everything(desk: Desk) -> Response:
    """Give all pages the shop's order."""
    return _turn(desk, on=True)


def start_again(desk: Desk) -> Response:
    """Let the pages be what they are set to."""
    return _turn(desk, on=False)


def _turn(desk: Desk, *, on: bool) -> Response:
    turn(desk.deps.shop_settings, desk.shop_name, on=on, actor=desk.person.name, now=desk.now)
    told = (
        _("Stopped: within 2 seconds every page shows the shop's own order.")
        if on
        else _("Started again: within 2 seconds every page does what it is set to.")
    )
    flash(told, "success")
    return redirect(local(request.form.get("to")), 303)


ROUTES: Final = (
    Route("POST", "/stop", stop_everything, Role.MERCHANDISER),
    Route("POST", "/start", start_again, Role.MERCHANDISER),
)
