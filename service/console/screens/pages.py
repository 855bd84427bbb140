"""Pages: the tree with each page's switch, and what it earns, which is loaded page by page."""

from typing import Final

from flask import redirect, request, url_for
from flask_babel import gettext as _
from pydantic import ValidationError
from werkzeug.wrappers import Response

from service.api.pages import circumstances
from service.console.desk import Desk
from service.console.pagetree import page_tree
from service.console.place import place_of
from service.console.route import Route, show
from service.console.screens.overview import WORDS
from service.contract.identifiers import page_of
from service.people import Role


def pages(desk: Desk) -> tuple[str, int]:
    """Show the tree."""
    return _shown(desk, 200)


def go_to_page(desk: Desk) -> Response | tuple[str, int]:
    """Lead to any page, whether or not anybody has seen it."""
    said = request.args.get("page", "").strip().strip("/")
    try:
        return redirect(url_for("console.page", page=page_of(said)), 303)
    except ValidationError:
        message = _("This is no page. Write its path, such as category/shoes, without a part . or ..")
        return _shown(desk, 400, said, {"page": message})


def page_figures(desk: Desk, page: str) -> tuple[str, int]:
    """Show a page's verdict: a part of the tree, which asks for it when it is seen."""
    place = place_of(desk, page)
    insights = desk.deps.insights
    figures = insights.answer(desk.shop_name, insights.usual(place.page))
    return show("page_figures.html", page=place.page, figures=figures, **WORDS)


def _shown(desk: Desk, status: int, said: str = "", errors: dict[str, str] | None = None) -> tuple[str, int]:
    at = circumstances(desk.deps, desk.shop_name, desk.values)
    branches = page_tree(desk.pages, desk.deps.traffic.of(desk.shop_name), at)
    return show("pages.html", status, branches=branches, said=said, errors=errors or {}, **WORDS)


ROUTES: Final = (
    Route("GET", "/pages", pages, Role.VIEWER),
    Route("GET", "/pages/go", go_to_page, Role.VIEWER),
    Route("GET", "/pages/figures/<path:page>", page_figures, Role.VIEWER),
)
