"""A page: its switch, and the experiment behind it."""

from typing import Any, Final

from flask import request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from service.console.desk import Desk
from service.console.drawn import bars_of
from service.console.place import Place, place_of, shown
from service.console.route import Route, done, refused, show
from service.console.screens.overview import WORDS, experiment
from service.console.switch_form import differences, fields_of, read, said_in
from service.console.words import DAYS, OBJECTIVES
from service.insights.insights import USUAL_EFFECT
from service.insights.question import Question
from service.pages.change import Stale, change_page
from service.pages.settings import PageChange, patched
from service.people import Role

EFFECTS: Final = (0.01, 0.02, 0.05, 0.1)


def page(desk: Desk, page: str) -> tuple[str, int]:
    """Show a page's switch and its experiment."""
    place = place_of(desk, page)
    return _shown(place, 200, fields_of(place.status.settings))


def switch_page(desk: Desk, page: str) -> Response | tuple[str, int]:
    """Set a page's switch; who turns one on that was off is offered a test first."""
    place, form = place_of(desk, page), request.form
    change, errors = read(form)
    if change is None:
        return _shown(place, 400, said_in(form), errors=errors)
    if _skips_the_test(place, change) and form.get("untested") != "yes":
        return _shown(place, 200, said_in(form), offers_test=True)
    try:
        change_page(
            desk.deps.shop_settings,
            desk.author,
            place.page,
            lambda pages: patched(pages, place.page, change),
            lambda tag: tag == form.get("tag"),
        )
    except Stale:
        return _overtaken(place)
    desk.deps.directory.refresh()
    return done(
        _("%(page)s is set. Every process follows within 2 seconds.", page=place.page),
        "page",
        page=place.page,
    )


def inherit_page(desk: Desk, page: str) -> Response:
    """Take a page's own settings away."""
    place = place_of(desk, page)
    tag = request.form.get("tag")
    try:
        change_page(
            desk.deps.shop_settings, desk.author, place.page, lambda _pages: None, lambda own: own == tag
        )
    except Stale:
        message = _("Somebody else has changed this page meanwhile. Nothing was overwritten: look again.")
        return refused(message, "page", page=place.page)
    desk.deps.directory.refresh()
    return done(_("%(page)s inherits again, rules included.", page=place.page), "page", page=place.page)


def _skips_the_test(place: Place, change: PageChange) -> bool:
    return change.state == "on" and place.status.settings.state in {"off", "shadow"}


def _overtaken(place: Place) -> tuple[str, int]:
    """Show both versions: what this person said stays in the form, what stands is beside it."""
    mine, theirs = said_in(request.form), fields_of(place.status.settings)
    return _shown(place, 409, mine, overtaken=differences(mine, theirs))


def _shown(place: Place, status: int, fields: dict[str, Any], **more: Any) -> tuple[str, int]:  # noqa: ANN401
    desk = place.desk
    is_unfiltered = request.args.get("unfiltered") == "1"
    effect = request.args.get("effect", USUAL_EFFECT, float)
    effect = effect if effect in EFFECTS else USUAL_EFFECT
    usual = desk.deps.insights.usual(place.page)
    question = Question(usual.page, usual.since, usual.until, is_unfiltered)
    figures = desk.deps.insights.answer(desk.shop_name, question, effect)
    return show(
        "page.html",
        status,
        figures=figures,
        bars=bars_of(figures["days"]),
        fields=fields,
        effect=effect,
        effects=EFFECTS,
        days=DAYS,
        objectives=OBJECTIVES,
        **{"errors": {}, "overtaken": None, "offers_test": False, **more},
        **experiment(figures),
        **WORDS,
        **shown(place, "switch"),
    )


ROUTES: Final = (
    Route("GET", "/page/<path:page>", page, Role.VIEWER),
    Route("POST", "/switch/<path:page>", switch_page, Role.MERCHANDISER),
    Route("POST", "/inherit/<path:page>", inherit_page, Role.MERCHANDISER),
)
