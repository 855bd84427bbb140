"""`/demo/search?q=`: every word somewhere in the name, the brand, the category or the colour, in either language."""

import re
from typing import Final

from flask import Blueprint, Response, request

from service.demo.shop.frame import Opened, show
from service.demo.shopfront import LISTING_LENGTH, Item, Shopfront
from service.demo.words import LANGUAGES, words

_LONGEST: Final = 80


def register(blueprint: Blueprint, opened: Opened) -> None:
    """Add the page."""

    @blueprint.get("/search")
    def search() -> Response:
        shop = opened()
        term = " ".join(request.args.get("q", "").split())[:_LONGEST]
        said = {"name": "search", "search_term": term}
        return show(
            *(shop, "search"),
            page="search",
            term=term,
            said=said,
            items=found(shop, term),
            compare="compare" in request.args,
        )


def found(shop: Shopfront, term: str) -> list[Item]:
    """Return what holds every word of the term, in the shop's order; nothing for an empty term."""
    asked = [_stem(word) for word in term.casefold().split()]
    tables = [words(language) for language in LANGUAGES]
    kept = (
        item
        for item in shop.items.values()
        if asked and all(re.search(rf"\b{re.escape(word)}", _text(item, tables)) for word in asked)
    )
    return [item for item, _ in zip(kept, range(LISTING_LENGTH), strict=False)]


def _stem(word: str) -> str:
    """Return a word without the plural's letter, which both languages share."""
    return word[:-1] if len(word) > 3 and word.endswith("s") else word  # noqa: PLR2004 - "bus" is no plural


def _text(item: Item, tables: list[dict[str, dict[str, str]]]) -> str:
    color = (item.get("attributes") or {}).get("color") or ""
    parts = [str(item["item_name"]), str(item["item_brand"])]
    for table in tables:
        parts += [table["categories"].get(part, part) for part in str(item["item_category"]).split("/")]
        parts.append(table["colors"].get(color, ""))
    return " ".join(parts).casefold()
