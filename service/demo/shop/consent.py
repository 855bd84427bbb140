"""Agreeing, changing one's mind, and being forgotten, as a shop's own server does it."""

from flask import Blueprint, Response, request

from service.demo.shop.frame import (
    REFUSED,
    VISITOR,
    Opened,
    deps,
    go,
    new_visitor_id,
    remember,
    visitor_id,
)
from service.demo.shopfront import SHOP
from service.privacy.requests import Who


def register(blueprint: Blueprint, opened: Opened) -> None:
    """Add what the forms of every page send."""

    @blueprint.post("/consent")
    def say_consent() -> Response:
        opened()
        agreed = request.form.get("agree") == "yes"
        response = go(_back())
        remember(response, VISITOR, (visitor_id() or new_visitor_id() or REFUSED) if agreed else REFUSED)
        return response

    @blueprint.post("/forget")
    def forget() -> Response:
        opened()
        handles = deps()
        if (who := visitor_id()) is not None:
            handles.requests.erase(Who(SHOP, who, "visitor of the demo", handles.clock()))
        response = go("/demo/?forgotten=1")
        remember(response, VISITOR, REFUSED)
        return response


def _back() -> str:
    """Return where the form stood, never another site."""
    path = request.form.get("back", "")
    return path if path.startswith("/demo/") else "/demo/"
