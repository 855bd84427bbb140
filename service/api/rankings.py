"""GET /v1/rankings/{ranking_id}: the next page of an order already ranked."""

from typing import Annotated, Final

import orjson
from flask import Response
from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from service.api.auth import Access, Caller
from service.api.endpoint import Endpoint, answer_of, query_as
from service.api.problems import NotFound
from service.api.rank import PRIVATE
from service.contract.listing import LISTING_LENGTH
from service.deps import Deps


class PartAsked(TypedDict):
    """Which part of the order."""

    offset: Annotated[int, Field(default=0, ge=0, description="Items before it.")]
    limit: Annotated[int, Field(default=LISTING_LENGTH, ge=1, le=LISTING_LENGTH, description="Items in it.")]


class PlacedItem(TypedDict):
    """An item at its place in the whole order."""

    item_id: str
    index: int


class PartAnswer(TypedDict):
    """A part of an order; past its end, no items."""

    ranking_id: str
    total: Annotated[int, Field(description="Items in the whole order.")]
    items: list[PlacedItem]


def get_ranking(deps: Deps, caller: Caller, ranking_id: str) -> Response:
    """Return a part of an order as it was ranked, whatever the visitor did since."""
    part = query_as(_ASKED)
    kept = deps.store.ranking(caller.shop_name, ranking_id)
    if kept is None:
        detail = "No order is kept under this id: it is older than 30 min, or its answer was the whole order"
        raise NotFound("unknown_ranking", detail)
    order, first = orjson.loads(kept), part["offset"]
    items = [
        {"item_id": item_id, "index": index}
        for index, item_id in enumerate(order[first : first + part["limit"]], first)
    ]
    return answer_of({"ranking_id": ranking_id, "total": len(order), "items": items}, PRIVATE)


_ASKED: Final = TypeAdapter(PartAsked)

ENDPOINTS: Final = (
    Endpoint(
        "GET",
        "/v1/rankings/<ranking_id>",
        get_ranking,
        Access.PUBLISHABLE,
        "Show more of an order",
        None,
        TypeAdapter(PartAnswer),
        "An order that `limit` cut in POST /v1/rank is kept for 30 minutes, so that on the next pages nothing repeats "
        "or vanishes while the visitor clicks.",
        _ASKED,
    ),
)
