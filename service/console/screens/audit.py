"""Audit: what was changed, by whom, from what to what, and taking it back."""

from typing import Final

from flask_babel import gettext as _
from werkzeug.wrappers import Response

from service.console.desk import Desk
from service.console.route import Route, done, refused, show
from service.pages.change import Stale
from service.pages.history import NoChange, recent_changes, revert
from service.people import Role


def audit(desk: Desk) -> tuple[str, int]:
    """Show the newest changes."""
    return show("audit.html", changes=recent_changes(desk.deps.shop_settings, desk.shop_name))


def revert_change(desk: Desk, change_id: str) -> Response:
    """Give a page the settings that it had before a change."""
    try:
        page, _pages = revert(desk.deps.shop_settings, desk.author, change_id)
    except NoChange:
        return refused(_("This change cannot be taken back: it is no change of a page, or too old."), "audit")
    except Stale:
        return refused(_("The page was changed again since. Take back what came later first."), "audit")
    return done(_("%(page)s is as it was before that change.", page=page), "audit")


ROUTES: Final = (
    Route("GET", "/audit", audit, Role.VIEWER),
    Route("POST", "/audit/<change_id>/revert", revert_change, Role.MERCHANDISER),
)
