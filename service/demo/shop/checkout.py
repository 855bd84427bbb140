"""`/demo/checkout`: a name and an address, which stay in the browser, then thanks. Nothing is paid."""

import secrets

from flask import Blueprint, Response

from service.demo.shop.cart import contents
from service.demo.shop.frame import CART, Opened, go, in_cart, remember, show


def register(blueprint: Blueprint, opened: Opened) -> None:
    """Add the page, and the one after it."""

    @blueprint.get("/checkout")
    def checkout() -> Response:
        shop = opened()
        if not in_cart(shop):
            return go("/demo/cart")
        return show(shop, "checkout", page="checkout", **contents(shop))

    @blueprint.post("/checkout")
    def order() -> Response:
        shop = opened()
        if not in_cart(shop):  # sent again by a reload
            return go("/demo/cart")
        number = f"D-{secrets.token_hex(4).upper()}"
        bought = contents(shop)
        said = {"name": "purchase", "transaction_id": number, **bought["said"]}
        response = show(
            shop, "thanks", page="checkout", number=number, **{**bought, "said": said, "in_cart": 0}
        )
        remember(response, CART, "")
        return response
