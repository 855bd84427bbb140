"""`/demo/`: the shop, the page that compares orders, and pictures.

Ranking and events go through the public API, as for any shop.
"""

from collections.abc import Callable
from typing import Any, Final

import orjson
from flask import Blueprint, Response, abort, current_app, render_template, request

from service.demo import shop
from service.demo.pictures import draw
from service.demo.shopfront import SHOP, Item, Shopfront
from service.demo.visitors import visitors
from service.demo.words import LANGUAGES, words

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PICTURE_SECONDS: Final = 86_400
_PAGE_FIELDS: Final = ("item_id", "item_name", "item_brand", "item_category", "price", "currency", "in_stock")


def demo_blueprint(shopfront: Callable[[], Shopfront | None]) -> Blueprint:
    """Return the routes of the demo shop; 404 with what to do about it as long as there is no such shop."""
    blueprint = Blueprint(
        "demo", __name__, url_prefix="/demo", template_folder="templates", static_folder="static"
    )

    def opened() -> Shopfront:
        if (found := shopfront()) is None:
            abort(404, description="This data directory holds no demo shop: run `balad demo`.")
        return found

    shop.register(blueprint, opened)

    @blueprint.get("/compare")
    def page() -> Response:
        headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
        return Response(_page(opened(), _language()), headers=headers)

    @blueprint.get("/listings/<path:name>")
    def listing(name: str) -> Response:
        items = [_shown(item) for item in opened().listing(name)]
        if not items:
            abort(404, description="No such page in the demo shop.")
        return _json({"page": name, "items": items})

    @blueprint.get("/pictures/<item_id>.svg")
    def picture(item_id: str) -> Response:
        if (item := opened().items.get(item_id)) is None:
            abort(404, description="No such item in the demo shop.")
        response = Response(draw(item), mimetype="image/svg+xml")
        response.cache_control.public = True
        response.cache_control.max_age = _PICTURE_SECONDS
        return response

    return blueprint


def _page(found: Shopfront, language: str) -> str:
    return render_template(
        "demo/page.html",
        key=found.publishable_key,
        visitors=_visitors(),
        language=language,
        languages=LANGUAGES,
        words=words(language),
        departments=_departments(found.categories()),
    )


def _visitors() -> list[str]:
    deps = current_app.extensions.get("balad")
    kept = None if deps is None else deps.directory.shops.get(SHOP)
    return [] if kept is None else visitors(SHOP, kept.pages)


def _language() -> str:
    """Return the language asked for: `?lang=`, else the browser's, else the first we speak."""
    asked = request.args.get("lang")
    return asked if asked in LANGUAGES else request.accept_languages.best_match(LANGUAGES, LANGUAGES[0])


def _departments(categories: list[str]) -> dict[str, list[str]]:
    """Group category paths by their first part."""
    groups: dict[str, list[str]] = {}
    for path in categories:
        groups.setdefault(path.split("/", 1)[0], []).append(path)
    return groups


def _shown(item: Item) -> dict[str, Any]:
    """Return what the page shows of an item."""
    return {name: item.get(name) for name in _PAGE_FIELDS} | {
        "color": (item.get("attributes") or {}).get("color")
    }


def _json(body: dict[str, Any]) -> Response:
    return Response(orjson.dumps(body), mimetype="application/json", headers={"Cache-Control": "no-store"})
