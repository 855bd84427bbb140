"""`/demo/c/<path>`: a category's listing, ranked on the page by the storefront script."""

from flask import Blueprint, Response, abort, request

from service.demo.shop.frame import Opened, show


def register(blueprint: Blueprint, opened: Opened) -> None:
    """Add the page."""

    @blueprint.get("/c/<path:path>")
    def category(path: str) -> Response:
        shop = opened()
        items = shop.listing(f"category/{path}")
        if not items:
            abort(404, description="No such category in the demo shop.")
        department = path.split("/", 1)[0]
        beside = [other for other in shop.categories() if other.split("/", 1)[0] == department]
        return show(
            *(shop, "category"),
            page=f"category/{path}",
            path=path,
            department=department,
            beside=beside,
            items=items,
            compare="compare" in request.args,
        )
