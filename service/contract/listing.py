"""What a ranking is asked for: the listing as the shop would show it, who looks, and where."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, NotRequired

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from service.contract.attributes import AttributeValues
from service.contract.identifiers import Id, Page
from service.contract.quantities import Price, Time
from service.contract.verdicts import FieldError

LISTING_LENGTH: Final = 500
LONGEST_DEADLINE_MS: Final = 10_000
STRICT: Final = ConfigDict(strict=True)

Text = Annotated[str, Field(max_length=512)]


@with_config(STRICT)
class ListedItem(TypedDict):
    """An item with what the call says about it, which overrides the catalogue for this call.

    What it does not say is not in the dict: a listing holds hundreds of these, and each key costs.
    """

    item_id: Id
    price: NotRequired[Price | None]
    in_stock: NotRequired[bool | None]
    created_at: NotRequired[Time | None]
    item_category: NotRequired[Text | None]
    item_brand: NotRequired[Text | None]
    attributes: NotRequired[AttributeValues | None]


@with_config(STRICT)
class RankContext(TypedDict):
    """What the storefront knows about the moment."""

    device: Annotated[Text | None, Field(default=None, examples=["mobile"])]
    country: Annotated[Text | None, Field(default=None, examples=["FR"])]
    search_term: Annotated[Text | None, Field(default=None)]
    filters: Annotated[list[Text] | None, Field(default=None, max_length=100, examples=[["size:42"]])]
    referrer: Annotated[Annotated[str, Field(max_length=2048)] | None, Field(default=None)]


@with_config(STRICT)
class RankRequest(TypedDict):
    """A page's listing, in the shop's own order."""

    page: Page
    visitor_id: Annotated[Id | None, Field(default=None)]
    session_id: Annotated[Id | None, Field(default=None)]
    consent: Annotated[
        bool, Field(default=False, description="Whether the visitor agreed; without it, the shop's order.")
    ]
    items: Annotated[
        list[Annotated[Id | ListedItem, Field(union_mode="left_to_right")]],
        Field(min_length=1, max_length=LISTING_LENGTH, description="Ids, or objects that say more."),
    ]
    context: Annotated[RankContext | None, Field(default=None)]
    limit: Annotated[int | None, Field(default=None, ge=1, le=LISTING_LENGTH)]
    deadline_ms: Annotated[
        float | None, Field(default=None, gt=0, le=LONGEST_DEADLINE_MS, allow_inf_nan=False)
    ]
    explain: Annotated[bool, Field(default=False)]
    time: Annotated[Time | None, Field(default=None, description="As of when; secret keys only.")]


RANK_REQUEST: Final[TypeAdapter[RankRequest]] = TypeAdapter(RankRequest)


def split(items: list[Any]) -> tuple[list[str], list[ListedItem | None]]:
    """Return the ids of a listing and what the call says about each.

    >>> split(["A1", {"item_id": "B7", "price": 79.0}])
    (['A1', 'B7'], [None, {'item_id': 'B7', 'price': 79.0}])
    """
    ids = [item if type(item) is str else item["item_id"] for item in items]
    return ids, [None if type(item) is str else item for item in items]


def repeated(item_ids: Sequence[str]) -> list[FieldError]:
    """Return an error for each id that occurs again in the listing.

    >>> [e.path for e in repeated(["A", "B", "A"])]
    ['items[2]']
    """
    if len(set(item_ids)) == len(item_ids):
        return []
    first: dict[str, int] = {}
    errors = []
    for index, item_id in enumerate(item_ids):
        if (before := first.setdefault(item_id, index)) != index:
            message = f"Item is in the listing already, at items[{before}]"
            errors.append(FieldError(f"items[{index}]", "duplicate_item", message))
    return errors
