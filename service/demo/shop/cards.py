"""`/demo/cards?id=…`: cards of items that the service suggested, in its order."""

from typing import Final

from flask import Blueprint, Response, request

from service.demo.shop.frame import Opened, fragment

_MOST: Final = 24


def register(blueprint: Blueprint, opened: Opened) -> None:
    """Add the call that a place on a page makes once it knows what to show."""

    @blueprint.get("/cards")
    def cards() -> Response:
        items = opened().items
        asked = request.args.getlist("id")[:_MOST]
        return fragment("cards", items=[items[item_id] for item_id in asked if item_id in items])
