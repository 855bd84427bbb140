"""What a recommendation is asked for: who looks, where, and what it should go with."""

from typing import Annotated, Final

from pydantic import Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from service.contract.identifiers import Id, Page
from service.contract.listing import LONGEST_DEADLINE_MS, STRICT, RankContext
from service.contract.quantities import Time

MOST: Final = 100
MOST_EXCLUDED: Final = 1_000


@with_config(STRICT)
class RecommendRequest(TypedDict):
    """A place on a page that is to be filled."""

    page: Page
    visitor_id: Annotated[Id | None, Field(default=None)]
    session_id: Annotated[Id | None, Field(default=None)]
    consent: Annotated[
        bool | None,
        Field(
            default=None,
            description="Whether the visitor agreed. Where it is not said, what they agreed to when their events were "
            "sent holds: without consent nothing of them was kept.",
        ),
    ]
    n: Annotated[int, Field(default=20, ge=1, le=MOST, description="How many items, at the most.")]
    item_id: Annotated[Id | None, Field(default=None, description="The item that they should go with.")]
    items: Annotated[
        list[Id] | None,
        Field(default=None, max_length=MOST, description="The cart that they should go with."),
    ]
    exclude: Annotated[list[Id] | None, Field(default=None, max_length=MOST_EXCLUDED)]
    context: Annotated[RankContext | None, Field(default=None)]
    deadline_ms: Annotated[
        float | None, Field(default=None, gt=0, le=LONGEST_DEADLINE_MS, allow_inf_nan=False)
    ]
    explain: Annotated[bool, Field(default=False, description="Say which rules put an item where it is.")]
    time: Annotated[Time | None, Field(default=None, description="As of when; secret keys only.")]


RECOMMEND_REQUEST: Final[TypeAdapter[RecommendRequest]] = TypeAdapter(RecommendRequest)
