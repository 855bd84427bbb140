"""What visitors did, in GA4's e-commerce names and parameters, flattened; a verdict for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from service.contract.batch import Entry, judge
from service.contract.identifiers import Id, Page
from service.contract.quantities import Currency, Index, Price, Quantity, Time
from service.contract.verdicts import FieldError, Rejection

BATCH_LENGTH: Final = 1_000
ITEMS_LENGTH: Final = 500
_STRICT: Final = ConfigDict(strict=True)

EventName = Literal[
    "view_item_list",
    "select_item",
    "view_item",
    "add_to_cart",
    "remove_from_cart",
    "add_to_wishlist",
    "begin_checkout",
    "purchase",
    "refund",
    "search",
]
_NEEDED: Final[dict[str, tuple[str, ...]]] = {
    "view_item_list": ("items",),
    "select_item": ("items",),
    "view_item": ("items",),
    "add_to_cart": ("items",),
    "remove_from_cart": ("items",),
    "add_to_wishlist": ("items",),
    "begin_checkout": ("items",),
    "purchase": ("items", "transaction_id", "value", "currency"),
    "refund": ("transaction_id",),
    "search": ("search_term",),
}
_ONE_ITEM: Final = frozenset({"select_item", "view_item"})


@with_config(_STRICT)
class EventItem(TypedDict):
    """An item of an event, with its place in the list where there is one."""

    item_id: Id
    index: Annotated[Index | None, Field(default=None)]
    price: Annotated[Price | None, Field(default=None)]
    quantity: Annotated[Quantity | None, Field(default=None)]


@with_config(_STRICT)
class Event(TypedDict):
    """One event. Unknown fields are ignored; which fields a name needs is in the description of the call."""

    event_id: Annotated[Id, Field(description="An event sent again under its id is not counted twice.")]
    name: EventName
    time: Annotated[
        Time | None, Field(default=None, description="When it happened; the server's clock if not said.")
    ]
    visitor_id: Annotated[Id | None, Field(default=None)]
    session_id: Annotated[Id | None, Field(default=None)]
    page: Annotated[Page | None, Field(default=None)]
    consent: Annotated[
        bool, Field(default=False, description="Without it the event is counted, not attributed.")
    ]
    ranking_id: Annotated[Id | None, Field(default=None)]
    currency: Annotated[Currency | None, Field(default=None)]
    value: Annotated[Price | None, Field(default=None)]
    transaction_id: Annotated[Id | None, Field(default=None, description="An order is counted once.")]
    search_term: Annotated[Annotated[str, Field(max_length=512)] | None, Field(default=None)]
    detail: Annotated[
        Annotated[str, Field(max_length=128)] | None,
        Field(default=None, examples=["image", "filter", "sort"]),
    ]
    items: Annotated[list[EventItem] | None, Field(default=None, min_length=1, max_length=ITEMS_LENGTH)]


_EVENTS: Final[TypeAdapter[list[Event]]] = TypeAdapter(list[Event])


@dataclass(frozen=True, slots=True)
class Window:
    """Times that a key may state, Unix seconds; both ends are allowed."""

    first: float
    last: float


ANY_TIME: Final = Window(float("-inf"), float("inf"))


def judge_events(raw: Sequence[object], window: Window = ANY_TIME) -> tuple[list[Entry], list[Rejection]]:
    """Return the valid events, in their order, and a rejection for each of the others, in theirs.

    Events come back with every key of `Event`; `time` is None where it was not said.
    """
    events, rejections = judge(_EVENTS, raw, "event_id", lambda event: _wrong(event, window))
    return events, [_unknown_event(rejection) for rejection in rejections]


def dedupe_id(event: Mapping[str, Any]) -> str:
    """Return the id by which an event counts once: an order's transaction, else its own.

    >>> dedupe_id({"name": "purchase", "transaction_id": "T1", "event_id": "e-1"})
    'transaction T1'
    """
    return f"transaction {event['transaction_id']}" if event["name"] == "purchase" else str(event["event_id"])


def needed_fields() -> str:
    """Return the table of names and what each needs, as Markdown."""
    rows = (
        f"| `{name}` | {'one item' if name in _ONE_ITEM else ', '.join(n)} |" for name, n in _NEEDED.items()
    )
    return "\n".join(["| name | needs |", "| --- | --- |", *rows])


def _wrong(event: Entry, window: Window) -> FieldError | None:
    """Return what pydantic's types do not say: what a name needs, and the times a key may state."""
    name = event["name"]
    for field in _NEEDED[name]:
        if event[field] is None:
            return FieldError(field, "missing", f"{name} needs {field}")
    if name in _ONE_ITEM and len(event["items"]) != 1:
        return FieldError("items", "wrong_length", f"{name} is about one item")
    if (time := event["time"]) is not None and not window.first <= time <= window.last:
        return FieldError("time", "time_out_of_range", "Time is too far from the server's clock for this key")
    return None


def _unknown_event(rejection: Rejection) -> Rejection:
    """Give an unknown name its own code: it is the commonest mistake of a new storefront."""
    if (rejection.path, rejection.code) == ("name", "unknown_value"):
        return replace(rejection, code="unknown_event")
    return rejection
