"""`/demo/p/<item_id>`: a product, and what goes with it."""

from flask import Blueprint, Response, abort

from service.demo.shop.frame import Opened, show


def register(blueprint: Blueprint, opened: Opened) -> None:
    """Add the page."""

    @blueprint.get("/p/<item_id>")
    def product(item_id: str) -> Response:
        shop = opened()
        if (item := shop.items.get(item_id)) is None:
            abort(404, description="No such item in the demo shop.")
        path = str(item["item_category"])
        return show(shop, "product", page="product", item=item, path=path, department=path.split("/", 1)[0])
