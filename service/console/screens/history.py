"""A page's history: who changed what, and taking it back."""

from typing import Any, Final

import orjson
from flask import request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from service.console.desk import Desk
from service.console.place import place_of, shown
from service.console.route import Route, done, refused, show
from service.console.screens.overview import WORDS
from service.pages.change import Stale
from service.pages.history import Change, NoChange, recent_changes, revert
from service.people import Role

_NOT_SAID: Final = frozenset({"window", "experiment"})  # the service notes them itself


def page_history(desk: Desk, page: str) -> tuple[str, int]:
    """Show the newest changes of a page."""
    place = place_of(desk, page)
    found = [c for c in recent_changes(desk.deps.shop_settings, desk.shop_name) if c.page == place.page]
    changes = [(change, _differences(change)) for change in found]
    return show("history.html", changes=changes, **WORDS, **shown(place, "page_history"))


def revert_page(desk: Desk, change_id: str) -> Response:
    """Give a page the settings that it had before a change."""
    back = place_of(desk, request.form.get("page", "")).page
    try:
        revert(desk.deps.shop_settings, desk.author, change_id)
    except NoChange:
        return refused(_("This change cannot be taken back: it is too old."), "page_history", page=back)
    except Stale:
        message = _("The page was changed again since. Take back what came later first.")
        return refused(message, "page_history", page=back)
    desk.deps.directory.refresh()
    return done(_("Taken back: the page is as it was before that change."), "page_history", page=back)


def _differences(change: Change) -> list[tuple[str, Any, Any]]:
    """Return what a change changed: (field, before, after), None where it was not said."""
    before, after = ({} if text is None else orjson.loads(text) for text in (change.before, change.after))
    fields = [name for name in {**before, **after} if name not in _NOT_SAID]
    if not before.get("state") and not after.get("state"):
        fields = [name for name in fields if name == "rules"]  # the rest is inherited, whatever it says
    return [
        (name, before.get(name), after.get(name)) for name in fields if before.get(name) != after.get(name)
    ]


ROUTES: Final = (
    Route("GET", "/history/<path:page>", page_history, Role.VIEWER),
    Route("POST", "/history-revert/<change_id>", revert_page, Role.MERCHANDISER),
)
