"""A page's rules: what they did, and a draft that is written, looked at, published and undone."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from flask import abort, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from service.console.desk import Desk
from service.console.place import Place, place_of, shown
from service.console.route import Route, done, refused, show
from service.console.rule_form import blank, fields_of, read, said_in
from service.console.screens.overview import WORDS
from service.console.words import NO_EFFECTS, RULES
from service.pages.change import Stale
from service.pages.drafts import NoDraft, publish, save_draft
from service.pages.effects import effect_of
from service.pages.history import NoChange, undo_rules
from service.pages.rules import MOST_RULES, Rule
from service.people import Role


def page_rules(desk: Desk, page: str) -> tuple[str, int]:
    """Show the rules that hold with what they did, and the draft beside them."""
    place = place_of(desk, page)
    source = place.status.rules_source or place.page
    counts = desk.deps.tally.last_day(desk.shop_name)
    effects = {rule.id: effect_of(rule, source, counts, desk.now) for rule in place.rules}
    return show("rules.html", effects=effects, draft=_told(place), **_words(), **shown(place, "page_rules"))


def edit_rule(desk: Desk, page: str) -> tuple[str, int]:
    """Show the form of a rule, new (no `?id=`) or one of the draft or of the page."""
    place, wanted = place_of(desk, page), request.args.get("id")
    if wanted is None:
        return _form(place, 200, blank())
    found = next((rule for rule in _begun(place) if rule.id == wanted), None)
    return _form(place, 200, fields_of(found)) if found is not None else abort(404)


def save_rule(desk: Desk, page: str) -> Response | tuple[str, int]:
    """Put a rule into the page's draft, in the place of the one with its id, else at the end."""
    place, fields = place_of(desk, page), said_in(request.form)
    rule, errors = read(fields, desk.shop.attributes)
    if rule is None:
        return _form(place, 400, fields, errors)
    rules = _begun(place)
    if any(each.id == rule.id for each in rules):
        rules = [rule if each.id == rule.id else each for each in rules]
    else:
        rules = [*rules, rule]
    if len(rules) > MOST_RULES:
        message = _(
            "A page has at most %(most)s rules. Remove one first; the draft is as it was.", most=MOST_RULES
        )
        return _form(place, 400, fields, {"name": message})
    try:
        _save(place, rules)
    except Stale:
        return _form(place, 409, fields, overtaken=True)
    return done(
        _("The draft has this rule. Look at the preview, then publish."), "page_rules", page=place.page
    )


def remove_rule(desk: Desk, page: str) -> Response:
    """Take a rule out of the page's draft."""
    place, gone = place_of(desk, page), request.form.get("id")
    rules = [rule for rule in _begun(place) if rule.id != gone]
    return _done_to_draft(place, lambda: _save(place, rules), _("The draft is without this rule."))


def discard_draft(desk: Desk, page: str) -> Response:
    """Throw the draft away."""
    place = place_of(desk, page)
    return _done_to_draft(
        place, lambda: _save(place, None), _("The draft is gone; the page's rules are as they were.")
    )


def publish_draft(desk: Desk, page: str) -> Response:
    """Make the draft the page's rules."""
    place, tag = place_of(desk, page), request.form.get("draft")
    return _done_to_draft(
        place,
        lambda: publish(desk.deps.shop_settings, desk.author, place.page, lambda now: now == tag),
        _("Published: the rules hold everywhere within 2 seconds."),
    )


def undo_page_rules(desk: Desk, page: str) -> Response:
    """Give the page the rules before."""
    place = place_of(desk, page)
    return _done_to_draft(
        place,
        lambda: undo_rules(desk.deps.shop_settings, desk.author, place.page),
        _("Undone: the rules before hold again within 2 seconds."),
    )


def _done_to_draft(place: Place, do: Callable[[], Any], message: str) -> Response:
    try:
        do()
    except NoDraft:
        return refused(_("There is no draft to publish."), "page_rules", page=place.page)
    except NoChange:
        return refused(_("There is no change of these rules to take back."), "page_rules", page=place.page)
    except Stale:
        return refused(_overtaken(), "page_rules", page=place.page)
    place.desk.deps.directory.refresh()
    return done(message, "page_rules", page=place.page)


def _overtaken() -> str:
    return str(
        _("Somebody else has changed this meanwhile. Nothing was overwritten: here is how it stands now.")
    )


def _save(place: Place, rules: Sequence[Rule] | None) -> None:
    tag, desk = request.form.get("draft"), place.desk
    save_draft(desk.deps.shop_settings, desk.author, place.page, rules, lambda now: now == tag)


def _begun(place: Place) -> list[Rule]:
    """Return what editing begins with: the draft, else the page's own rules."""
    own = place.own
    return list(place.draft if place.draft is not None else (own and own.rules) or ())


def _told(place: Place) -> list[tuple[Rule, str]] | None:
    """Return the draft, each rule with how it differs from the page's own: new, changed or same."""
    if place.draft is None:
        return None
    own = {rule.id: rule for rule in (place.own and place.own.rules) or ()}
    return [(r, "new" if r.id not in own else "same" if own[r.id] == r else "changed") for r in place.draft]


def _words() -> dict[str, Any]:
    return {"rule_words": RULES, "no_effects": NO_EFFECTS, "most_rules": MOST_RULES, **WORDS}


def _form(
    place: Place,
    status: int,
    fields: dict[str, Any],
    errors: dict[str, str] | None = None,
    *,
    overtaken: bool = False,
) -> tuple[str, int]:
    more = {"fields": fields, "errors": errors or {}, "overtaken": _overtaken() if overtaken else None}
    attributes = place.desk.shop.attributes
    return show("rule.html", status, attributes=attributes, **more, **_words(), **shown(place, "page_rules"))


ROUTES: Final = (
    Route("GET", "/rules/<path:page>", page_rules, Role.VIEWER),
    Route("GET", "/rule/<path:page>", edit_rule, Role.MERCHANDISER),
    Route("POST", "/rule/<path:page>", save_rule, Role.MERCHANDISER),
    Route("POST", "/rule-remove/<path:page>", remove_rule, Role.MERCHANDISER),
    Route("POST", "/draft-discard/<path:page>", discard_draft, Role.MERCHANDISER),
    Route("POST", "/draft-publish/<path:page>", publish_draft, Role.MERCHANDISER),
    Route("POST", "/rules-undo/<path:page>", undo_page_rules, Role.MERCHANDISER),
)
