"""`/demo/known`: everything that the service holds about who asks, and about nobody else."""

from flask import Blueprint, Response

from service.demo.shop.frame import Opened, deps, visitor_id
from service.demo.shopfront import SHOP


def register(blueprint: Blueprint, opened: Opened) -> None:
    """Add the call that the panel makes; what GET /v1/visitors/{id} answers, whose key no browser may have."""

    @blueprint.get("/known")
    def known() -> Response:
        opened()
        if (who := visitor_id()) is None:
            return Response(
                "null", mimetype="application/json", headers={"Cache-Control": "private, no-store"}
            )
        parts = deps().requests.export(SHOP, who)
        return Response(parts, mimetype="application/json", headers={"Cache-Control": "private, no-store"})
