"""What stands in the navigation, in which order, and who sees it."""

from dataclasses import dataclass
from typing import Final

from flask import request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from service.console.desk import Desk
from service.people import Role


@dataclass(frozen=True, slots=True)
class Entry:
    """A screen that the navigation leads to; `views` are those during which it counts as the current one."""

    label: LazyString
    view: str
    role: Role = Role.VIEWER
    views: frozenset[str] = frozenset()


_PAGES: Final = frozenset(
    {
        "go_to_page",
        "page",
        "switch_page",
        "page_rules",
        "edit_rule",
        "save_rule",
        "preview",
        "page_ordering",
        "page_history",
    }
)
ENTRIES: Final = (
    Entry(_l("Overview"), "overview"),
    Entry(_l("Pages"), "pages", Role.VIEWER, _PAGES),
    Entry(_l("Data"), "data"),
    Entry(_l("Models"), "models"),
    Entry(_l("Audit"), "audit"),
    Entry(_l("Settings"), "settings", Role.ADMIN, frozenset({"people"})),
)


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as a template shows it."""

    label: str
    url: str
    current: bool


def navigation(desk: Desk) -> list[Link]:
    """Return the links that this person sees."""
    here = (request.endpoint or "").removeprefix("console.")
    return [
        Link(str(entry.label), url_for(f"console.{entry.view}"), here == entry.view or here in entry.views)
        for entry in ENTRIES
        if desk.may(entry.role)
    ]
