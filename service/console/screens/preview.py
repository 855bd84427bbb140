"""Preview: the shop's order beside Balad's, for a session that the merchant composes."""

from typing import TYPE_CHECKING, Any, Final

import orjson
from flask import request

from features.log.place import Log
from service.console.desk import Desk
from service.console.listing import MOST_ITEMS, found_items, last_listing
from service.console.place import Place, place_of, shown
from service.console.preview import MOST_VIEWED, Composed
from service.console.preview import preview as ranked
from service.console.route import Route, show
from service.console.screens.overview import WORDS
from service.contract.identifiers import ID_LENGTH
from service.pages.rules import Rule
from service.people import Role

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

_LONGEST_SEARCH: Final = 100


def preview(desk: Desk, page: str) -> tuple[str, int]:
    """Show both orders; `?viewed=` (each once) is the session, `?rules=` none, page or draft, `?q=` a search."""
    place, asked = place_of(desk, page), request.args
    log = Log(desk.deps.settings.log_url)
    item_ids = last_listing(log, desk.shop_name, place.page)
    viewed = _viewed(asked)
    holds = "draft" if place.draft is not None else "page"
    which = asked.get("rules", holds) if asked.get("rules") in {"none", "page", "draft"} else holds
    found = ranked(place, Composed(item_ids, viewed, _rules(place, which))) if item_ids else None
    words = asked.get("q", "").strip()[:_LONGEST_SEARCH]
    hits = found_items(log, desk.shop_name, words) if words else []
    context: dict[str, Any] = {
        "found": found,
        "viewed": _items(desk, viewed),
        "hits": _items(desk, hits),
        "q": words,
        "which": which,
    }
    return show("preview.html", most=MOST_ITEMS, **context, **WORDS, **shown(place, "preview"))


def _viewed(asked: "MultiDict[str, str]") -> list[str]:
    without = set(asked.getlist("without"))
    said = [item for item in asked.getlist("viewed") if 0 < len(item) <= ID_LENGTH and item not in without]
    return list(dict.fromkeys(said))[-MOST_VIEWED:]


def _rules(place: Place, which: str) -> list[Rule] | None:
    if which == "none":
        return None
    return place.rules if which == "page" or place.draft is None else place.draft


def _items(desk: Desk, item_ids: list[str]) -> list[tuple[str, dict[str, Any] | None]]:
    texts = desk.deps.store.get_items(desk.shop_name, item_ids) if item_ids else {}
    return [(i, None if (text := texts.get(i)) is None else orjson.loads(text)) for i in item_ids]


ROUTES: Final = (Route("GET", "/preview/<path:page>", preview, Role.VIEWER),)
