"""Audit: what was changed, by whom, from what to what, and taking it back."""

from collections.abc import Iterable
from typing import Final

from flask import request
from werkzeug.wrappers import Response

from service.console.desk import Desk
from service.console.differences import Told, told
from service.console.language import gettext as _
from service.console.route import Route, done, refused, show
from service.pages.change import Stale
from service.pages.history import NoChange, revert
from service.people import Role

_AT_ONCE: Final = 50  # changes on one screen


def audit(desk: Desk) -> tuple[str, int]:
    """Show the newest changes, of everybody or one person, of everything or one thing."""
    changes = [told(fact) for fact in desk.deps.shop_settings.recent(desk.shop_name)]
    actor, name = request.args.get("actor", ""), request.args.get("name", "")
    shown = [one for one in changes if actor in ("", one.change.actor) and name in ("", one.change.name)]
    first = max(request.args.get("first", 0, int), 0)
    return show(
        "audit.html",
        changes=shown[first : first + _AT_ONCE],
        first=first,
        more=first + _AT_ONCE if len(shown) > first + _AT_ONCE else None,
        actors=_options(one.change.actor for one in changes),
        names=_options(one.change.name for one in changes),
        actor=actor,
        name=name,
        standing=_standing(changes),
    )


def revert_change(desk: Desk, change_id: str) -> Response:
    """Give a page the settings that it had before a change."""
    try:
        page, _pages = revert(desk.deps.shop_settings, desk.author, change_id)
    except NoChange:
        return refused(_("This change cannot be taken back: it is no change of a page, or too old."), "audit")
    except Stale:
        return refused(_("The page was changed again since. Take back what came later first."), "audit")
    return done(_("%(page)s is as it was before that change.", page=page), "audit")


def _options(values: Iterable[str]) -> list[tuple[str, str]]:
    return [("", _("all")), *((value, value) for value in sorted(set(values)))]


def _standing(changes: list[Told]) -> frozenset[str]:
    """Return the ids of those that can be taken back: the newest of each page."""
    newest: dict[str, str] = {}
    for one in changes:
        if one.change.page is not None:
            newest.setdefault(one.change.page, one.change.id)
    return frozenset(newest.values())


ROUTES: Final = (
    Route("GET", "/audit", audit, Role.VIEWER),
    Route("POST", "/audit/<change_id>/revert", revert_change, Role.MERCHANDISER),
)
