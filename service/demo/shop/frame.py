"""What every page of the shop shares: who looks, in which language, with what in the cart, and the frame around it.

Cookies, all for this browser's shop alone: `demo_language`; `demo_visitor`, the id of who agreed to be remembered and
`no` of who did not; `demo_cart`, item ids between dots, as often as they are wanted.
"""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from flask import Response, current_app, redirect, render_template, request

from service.demo.shop.phrases import phrases
from service.demo.shopfront import SHOP, Item, Shopfront
from service.demo.visitors import visitors
from service.demo.words import LANGUAGES, words
from service.deps import Deps

Opened: TypeAlias = Callable[[], Shopfront]

VISITOR: Final = "demo_visitor"
CART: Final = "demo_cart"
LANGUAGE: Final = "demo_language"
REFUSED: Final = "no"
MOST_IN_CART: Final = 40  # a cookie holds 4 kB
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS: Final = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
_ID: Final = re.compile(
    r"you-[0-9a-f]{12}"
)  # of who tries the demo, so that nobody reads a simulated shopper


def deps() -> Deps:
    """Return the handles of the application that the demo is part of."""
    found: Deps = current_app.extensions["balad"]
    return found


def language() -> str:
    """Return the language asked for: `?lang=`, else the one chosen before, else the browser's, else the first."""
    for asked in (request.args.get("lang"), request.cookies.get(LANGUAGE)):
        if asked in LANGUAGES:
            return asked
    return request.accept_languages.best_match(LANGUAGES, LANGUAGES[0])


def visitor_id() -> str | None:
    """Return who looks; None of whoever did not agree to be remembered."""
    said = request.cookies.get(VISITOR, "")
    return said if _ID.fullmatch(said) else None


def new_visitor_id() -> str | None:
    """Return an id that sees Balad's order on every page that has any, so that there is something to try."""
    shop = deps().directory.shops.get(SHOP)
    found = [] if shop is None else visitors(SHOP, shop.pages)
    return found[0] if found else None


def in_cart(shop: Shopfront) -> dict[str, int]:
    """Return how many of each item lie in the cart, oldest first; what the shop no longer has is left out."""
    ids = request.cookies.get(CART, "").split(".")[:MOST_IN_CART]
    return dict(Counter(item_id for item_id in ids if item_id in shop.items))


def show(shop: Shopfront, template: str, **more: Any) -> Response:  # noqa: ANN401 - what the template shows
    """Return a page in its frame."""
    spoken = language()
    body = render_template(f"demo/shop/{template}.html", **{**_frame(shop, spoken), **more})
    response = Response(body, headers=_HEADERS)
    if request.args.get("lang") == spoken:
        remember(response, LANGUAGE, spoken)
    return response


def fragment(template: str, **more: Any) -> Response:  # noqa: ANN401 - what the template shows
    """Return a part of a page."""
    spoken = language()
    names = {"words": words(spoken), "say": phrases(spoken), "language": spoken, "money": _money(spoken)}
    return Response(render_template(f"demo/shop/{template}.html", **names, **more), headers=_HEADERS)


def remember(response: Response, name: str, value: str) -> None:
    """Set a cookie for the shop, until the browser is closed; an empty one is dropped."""
    if value:
        response.set_cookie(name, value, path="/demo/", httponly=True, samesite="Lax")
    else:
        response.delete_cookie(name, path="/demo/")


def go(path: str) -> Response:
    """Return a redirect after a form, so that a reload does not send it again."""
    response = redirect(path, 303, Response=Response)
    assert isinstance(response, Response)  # noqa: S101 - as asked
    return response


def _frame(shop: Shopfront, spoken: str) -> dict[str, Any]:
    return {
        "key": shop.publishable_key,
        "language": spoken,
        "languages": LANGUAGES,
        "words": words(spoken),
        "say": phrases(spoken),
        "money": _money(spoken),
        "decimal": lambda value: f"{value:.1f}".replace(".", "," if spoken == "fr" else "."),
        "departments": sorted({path.split("/", 1)[0] for path in shop.categories()}),
        "visitor": visitor_id(),
        "undecided": VISITOR not in request.cookies,
        "in_cart": sum(in_cart(shop).values()),
        "here": request.full_path.removesuffix("?"),
    }


def _money(spoken: str) -> Callable[[Item], str]:
    def told(item: Item) -> str:
        return amount(float(item["price"]), str(item["currency"]), spoken)

    return told


def amount(value: float, currency: str, spoken: str) -> str:
    """Write an amount as a language writes it.

    >>> amount(1234.5, "EUR", "en")
    '€1,234.50'
    >>> amount(9.9, "EUR", "fr").replace("\\u202f", " ")
    '9,90 €'
    """
    sign = {"EUR": "€", "USD": "$", "GBP": "£"}.get(currency, currency)
    if spoken == "fr":
        return f"{value:,.2f}\N{NARROW NO-BREAK SPACE}{sign}".replace(
            ",", "\N{NARROW NO-BREAK SPACE}"
        ).replace(".", ",")
    return f"{sign}{value:,.2f}"
