"""What a shop says about its items; a verdict for each."""

from collections.abc import Sequence
from typing import Annotated, Final, NotRequired

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from features.attributes import Attribute
from service.contract.attributes import AttributeValues, wrong_attributes
from service.contract.batch import Entry, judge
from service.contract.identifiers import Id
from service.contract.quantities import Currency, Price, Time
from service.contract.verdicts import FieldError, Rejection

BATCH_LENGTH: Final = 1_000
_STRICT: Final = ConfigDict(strict=True)

_Name = Annotated[str, Field(max_length=512)]
_Url = Annotated[str, Field(max_length=2048)]


@with_config(_STRICT)
class Item(TypedDict):
    """An item of the catalogue, whole: what is not said is not known."""

    item_id: Id
    item_name: Annotated[_Name | None, Field(default=None)]
    item_brand: Annotated[_Name | None, Field(default=None)]
    item_category: Annotated[_Name | None, Field(default=None)]
    price: Annotated[Price | None, Field(default=None)]
    currency: Annotated[Currency | None, Field(default=None)]
    in_stock: Annotated[bool | None, Field(default=None)]
    created_at: Annotated[Time | None, Field(default=None, description="When the shop began to sell it.")]
    url: Annotated[_Url | None, Field(default=None)]
    image_url: Annotated[_Url | None, Field(default=None)]
    attributes: Annotated[AttributeValues | None, Field(default=None)]


@with_config(_STRICT)
class ItemPatch(TypedDict):
    """What changed about an item: a field that is not said stays, null clears it, attributes are merged by name."""

    item_id: Id
    item_name: NotRequired[_Name | None]
    item_brand: NotRequired[_Name | None]
    item_category: NotRequired[_Name | None]
    price: NotRequired[Price | None]
    currency: NotRequired[Currency | None]
    in_stock: NotRequired[bool | None]
    created_at: NotRequired[Time | None]
    url: NotRequired[_Url | None]
    image_url: NotRequired[_Url | None]
    attributes: NotRequired[AttributeValues | None]


FIELDS: Final = tuple(Item.__annotations__)  # what a row holds of an item, in this order
_ITEMS: Final[TypeAdapter[list[Item]]] = TypeAdapter(list[Item])
_PATCHES: Final[TypeAdapter[list[ItemPatch]]] = TypeAdapter(list[ItemPatch])


def judge_items(
    raw: Sequence[object], attributes: Sequence[Attribute]
) -> tuple[list[Entry], list[Rejection]]:
    """Return the valid items, with every key of `Item`, and a rejection for each of the others."""
    return judge(_ITEMS, raw, "item_id", lambda item: _wrong(item, attributes))


def judge_patches(
    raw: Sequence[object], attributes: Sequence[Attribute]
) -> tuple[list[Entry], list[Rejection]]:
    """Return the valid patches, with the keys that were said, and a rejection for each of the others."""
    return judge(_PATCHES, raw, "item_id", lambda patch: _wrong(patch, attributes))


def _wrong(item: Entry, attributes: Sequence[Attribute]) -> FieldError | None:
    return next(iter(wrong_attributes(item.get("attributes"), attributes)), None)
