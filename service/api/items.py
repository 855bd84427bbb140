"""/v1/items: the shop's catalogue."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any, Final

from flask import Response
from pydantic import Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from service import catalogue
from service.api.auth import Access, Caller
from service.api.endpoint import Endpoint, answer_of, body_as
from service.api.problems import NotFound, wrong_fields
from service.contract.catalogue import BATCH_LENGTH, Item, ItemPatch, judge_items, judge_patches
from service.contract.identifiers import Id
from service.contract.verdicts import Rejection
from service.deps import Deps

_ATTEMPTS: Final = 5  # a patch whose row others keep changing under it is given up after so many


class Batch(TypedDict):
    """The body as far as it must be right for any of it to count."""

    items: Annotated[list[Any], Field(min_length=1, max_length=BATCH_LENGTH)]


class ItemsRequest(TypedDict):
    """Items, each judged by itself."""

    items: Annotated[list[Item], Field(min_length=1, max_length=BATCH_LENGTH)]


class PatchRequest(TypedDict):
    """What changed, each item judged by itself."""

    items: Annotated[list[ItemPatch], Field(min_length=1, max_length=BATCH_LENGTH)]


class RejectedItem(TypedDict):
    """Why an item was refused; `index` is its place in the batch, `path` the wrong field in it."""

    index: int
    item_id: str | None
    code: str
    path: str
    message: str


class ItemsAnswer(TypedDict):
    """The verdicts: the valid items are kept, whatever the others are."""

    accepted: int
    rejected: list[RejectedItem]


class DeleteAnswer(TypedDict):
    """The item that is gone."""

    deleted: str


_BATCH: Final = TypeAdapter(Batch)
_ID: Final = TypeAdapter(Id)


def put_items(deps: Deps, caller: Caller) -> Response:
    """Replace the valid items of a batch."""
    raw = body_as(_BATCH)["items"]
    items, rejections = judge_items(raw, caller.shop.shop.attributes)
    catalogue.put(deps.store, caller.shop_name, items, deps.clock())
    return _verdicts(deps, caller, raw, items, rejections)


def patch_items(deps: Deps, caller: Caller) -> Response:
    """Change the valid items of a batch; one that the catalogue does not hold is refused."""
    raw = body_as(_BATCH)["items"]
    patches, rejections = judge_patches(raw, caller.shop.shop.attributes)
    refused = {rejection.index for rejection in rejections}
    valid = dict(zip((i for i in range(len(raw)) if i not in refused), patches, strict=True))
    rejections += catalogue.patch(deps.store, caller.shop_name, valid, deps.clock())
    return _verdicts(deps, caller, raw, patches, sorted(rejections, key=lambda rejection: rejection.index))


def get_item(deps: Deps, caller: Caller, item_id: str) -> Response:
    """Return an item of the catalogue."""
    return answer_of(catalogue.item_of(_row(deps, caller, item_id)))


def delete_item(deps: Deps, caller: Caller, item_id: str) -> Response:
    """Take an item out of the catalogue; what visitors did with it stays known."""
    _row(deps, caller, item_id)
    deps.store.put_items(caller.shop_name, [catalogue.deletion_of(item_id, deps.clock())])
    deps.tables.of(caller.shop.shop).forget([item_id])
    return answer_of({"deleted": item_id})


def _row(deps: Deps, caller: Caller, item_id: str) -> bytes:
    try:
        _ID.validate_python(item_id)
    except ValidationError as error:
        raise wrong_fields(error) from None
    row = deps.store.get_items(caller.shop_name, [item_id])[item_id]
    if row is None:
        raise NotFound("unknown_item", "The catalogue has no such item")
    return row


def _verdicts(
    deps: Deps, caller: Caller, raw: list[Any], valid: list[dict[str, Any]], rejections: Sequence[Rejection]
) -> Response:
    """Count and answer what became of a batch, and have changed rows read again."""
    accepted = len(raw) - len(rejections)
    deps.tables.of(caller.shop.shop).forget([item["item_id"] for item in valid])
    deps.metrics.items(caller.shop_name, {"accepted": accepted, "rejected": len(rejections)})
    deps.metrics.rejected(caller.shop_name, Counter(rejection.code for rejection in rejections))
    return answer_of(
        {"accepted": accepted, "rejected": [rejection.named("item_id") for rejection in rejections]}
    )


ENDPOINTS: Final = (
    Endpoint(
        "PUT",
        "/v1/items",
        put_items,
        Access.SECRET,
        "Say what items are",
        TypeAdapter(ItemsRequest),
        TypeAdapter(ItemsAnswer),
        "An item is replaced whole: what is not said is not known.",
    ),
    Endpoint(
        "PATCH",
        "/v1/items",
        patch_items,
        Access.SECRET,
        "Say what changed about items",
        TypeAdapter(PatchRequest),
        TypeAdapter(ItemsAnswer),
        "What is not said stays, null clears a field, attributes are merged by name.",
    ),
    Endpoint(
        "GET", "/v1/items/<path:item_id>", get_item, Access.SECRET, "Look up an item", None, TypeAdapter(Item)
    ),
    Endpoint(
        "DELETE",
        "/v1/items/<path:item_id>",
        delete_item,
        Access.SECRET,
        "Take an item out of the catalogue",
        None,
        TypeAdapter(DeleteAnswer),
    ),
)
