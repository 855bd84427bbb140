"""POST /v1/events: what visitors did."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any, Final

from flask import Response
from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from features.store.protocol import PartUnavailable
from service.api.auth import Access, Caller
from service.api.endpoint import Endpoint, answer_of, body_as
from service.api.problems import put_off
from service.api.rates import check_visitor
from service.contract.event import BATCH_LENGTH, Event, judge_events, needed_fields
from service.contract.quantities import Time
from service.deps import Deps
from service.receiving import as_received, asked_about, on_our_clock, window_of, writes_of
from service.tables import fill

SentAt = Annotated[
    Time | None,
    Field(
        default=None,
        description="The sender's clock when it sends; the events' times are moved by what it differs from the "
        "server's. Publishable keys only.",
    ),
]


class Batch(TypedDict):
    """The body as far as it must be right for any of it to count."""

    events: Annotated[list[Any], Field(min_length=1, max_length=BATCH_LENGTH)]
    sent_at: SentAt


class EventsRequest(TypedDict):
    """Events, each judged by itself."""

    events: Annotated[list[Event], Field(min_length=1, max_length=BATCH_LENGTH)]
    sent_at: SentAt


class RejectedEvent(TypedDict):
    """Why an event was refused; `index` is its place in the batch, `path` the wrong field in it."""

    index: int
    event_id: str | None
    code: str
    path: str
    message: str


class EventsAnswer(TypedDict):
    """The verdicts: the valid events are kept, whatever the others are."""

    accepted: int
    duplicates: int
    rejected: list[RejectedEvent]


_BATCH: Final = TypeAdapter(Batch)


def post_events(deps: Deps, caller: Caller) -> Response:
    """Keep the valid events of a batch."""
    if deps.shedding.sheds:
        raise put_off("overloaded", "Rankings are late and go first; nothing was kept. Send it again later")
    batch, now = body_as(_BATCH), deps.clock()
    raw = batch["events"]
    if batch["sent_at"] is not None and not caller.is_trusted:
        raw = on_our_clock(raw, batch["sent_at"], now)
    valid, rejections = judge_events(raw, window_of(now, trusted=caller.is_trusted))
    for visitor_id, number in Counter(event["visitor_id"] for event in valid).items():
        check_visitor(deps, caller, visitor_id, number)
    new = _append(deps, caller, [as_received(event, now, trusted=caller.is_trusted) for event in valid], now)
    accepted = sum(new)
    duplicates = len(new) - accepted
    counts = {"accepted": accepted, "duplicate": duplicates, "rejected": len(rejections)}
    deps.metrics.events(caller.shop_name, counts)
    deps.metrics.rejected(caller.shop_name, Counter(rejection.code for rejection in rejections))
    rejected = [rejection.named("event_id") for rejection in rejections]
    return answer_of({"accepted": accepted, "duplicates": duplicates, "rejected": rejected})


def _append(deps: Deps, caller: Caller, events: Sequence[dict[str, Any]], now: float) -> list[bool]:
    """Write events with what is known of their items now; True where an event is new."""
    if not events:
        return []
    table = deps.tables.of(caller.shop.shop)
    at = events[0]["received_at"]
    asked = asked_about(events)
    if missing := table.missing(asked, at, now):
        found = deps.store.read(caller.shop_name, None, missing, totals=True)
        if not fill(table, found, asked, at, now):  # a history without its items' attributes is for good
            raise PartUnavailable("what the catalogue knows of an item could not be read")
    return deps.store.append(caller.shop_name, writes_of(events, table.know), now)


ENDPOINTS: Final = (
    Endpoint(
        "POST",
        "/v1/events",
        post_events,
        Access.PUBLISHABLE,
        "Say what visitors did",
        TypeAdapter(EventsRequest),
        TypeAdapter(EventsAnswer),
        needed_fields(),
    ),
)
