"""`/demo/cart`: what lies in it, what goes with it, and the two forms that change it. Works without scripts."""

from typing import Any

from flask import Blueprint, Response, request

from service.demo.shop.frame import CART, MOST_IN_CART, Opened, amount, go, in_cart, language, remember, show
from service.demo.shopfront import Shopfront


def register(blueprint: Blueprint, opened: Opened) -> None:
    """Add the page and what changes it."""

    @blueprint.get("/cart")
    def cart() -> Response:
        shop = opened()
        return show(shop, "cart", page="cart", **contents(shop))

    @blueprint.post("/cart")
    def change_cart() -> Response:
        shop = opened()
        ids = [item_id for item_id, count in in_cart(shop).items() for _ in range(count)]
        added, taken = request.form.get("add", ""), request.form.get("take", "")
        if added in shop.items and shop.items[added].get("in_stock", True):
            ids = [*ids, added][-MOST_IN_CART:]
        response = go("/demo/cart")
        remember(response, CART, ".".join(item_id for item_id in ids if item_id != taken))
        return response


def contents(shop: Shopfront) -> dict[str, Any]:
    """Return the cart's lines, its sum as a number and in words; no lines where it is empty."""
    lines = [(shop.items[item_id], count) for item_id, count in in_cart(shop).items()]
    value = round(sum(float(item["price"]) * count for item, count in lines), 2)
    currency = str(lines[0][0]["currency"]) if lines else "EUR"
    events = [
        {"item_id": item["item_id"], "price": item["price"], "quantity": count} for item, count in lines
    ]
    total = amount(value, currency, language())
    said = {"value": value, "currency": currency, "items": events}
    return {"lines": lines, "total": total, "said": said}
