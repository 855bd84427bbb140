"""`/demo/`: departments, what is for this visitor, and what sells best."""

from typing import Final

from flask import Blueprint, Response

from service.demo.shop.frame import Opened, show

_SHOWN: Final = 12


def register(blueprint: Blueprint, opened: Opened) -> None:
    """Add the page."""

    @blueprint.get("/")
    def home() -> Response:
        shop = opened()
        firsts: dict[str, str] = {}
        for item in shop.items.values():
            firsts.setdefault(str(item["item_category"]).split("/", 1)[0], str(item["item_id"]))
        return show(shop, "home", page="home", firsts=firsts, items=shop.listing("home")[:_SHOWN])
