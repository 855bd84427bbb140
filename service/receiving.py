"""An event as it is kept: with the moment it arrived, without what the visitor did not consent to. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import orjson

from features.facts import ACTION_OF, Know, impressions_of, interactions_of
from features.store.protocol import EventWrite
from service.contract.event import ANY_TIME, Window, dedupe_id
from service.contract.quantities import LAST_TIME

OLDEST_SECONDS: Final = 72 * 3600.0
AHEAD_SECONDS: Final = 5 * 60.0
_KEYS: Final = (
    *("event_id", "name", "time", "received_at", "visitor_id", "session_id", "page", "consent"),
    *("ranking_id", "currency", "value", "transaction_id", "search_term", "detail", "items"),
)


def window_of(now: float, *, trusted: bool) -> Window:
    """Return the times that a key may state: any for a secret one, around the server's clock for the other."""
    return ANY_TIME if trusted else Window(now - OLDEST_SECONDS, now + AHEAD_SECONDS)


def on_our_clock(events: Sequence[Any], sent_at: float, now: float) -> list[Any]:
    """Return raw events with their times moved by what the sender's clock is off: it sent them at `sent_at`, now.

    >>> on_our_clock([{"time": 3600.0}, {"name": "search"}, "no event"], sent_at=3605.0, now=5.0)
    [{'time': 0.0}, {'name': 'search'}, 'no event']
    """
    ahead = sent_at - now
    return [
        {**event, "time": event["time"] - ahead}
        if isinstance(event, dict) and type(event.get("time")) in {int, float} and event["time"] <= LAST_TIME
        else event
        for event in events
    ]


def as_received(event: Mapping[str, Any], now: float, *, trusted: bool) -> dict[str, Any]:
    """Return a valid event as it is kept.

    It arrived now; one that a secret key states a time for arrived then. A clock that is ahead is set right: nothing
    happens after it arrived. Without consent it belongs to nobody.
    """
    stated = event["time"]
    received_at = stated if trusted and stated is not None else now
    kept = {
        **event,
        "received_at": received_at,
        "time": received_at if stated is None else min(stated, received_at),
    }
    if not event["consent"]:
        kept["visitor_id"] = kept["session_id"] = None
    return {key: kept[key] for key in _KEYS}


def asked_about(events: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the items whose price or attributes the events' visitors should remember, each once."""
    ids: dict[str, None] = {}
    for event in events:
        if event["visitor_id"] is None:
            continue
        acted = event["name"] in ACTION_OF
        ids.update((i["item_id"], None) for i in event["items"] or () if acted or i["price"] is None)
    return list(ids)


def writes_of(events: Sequence[Mapping[str, Any]], know: Know) -> list[EventWrite]:
    """Return what to append for events as they are kept."""
    return [
        EventWrite(
            dedupe_id(event),
            event["visitor_id"],
            orjson.dumps(event),
            interactions_of(event, know),
            impressions_of(event, know),
        )
        for event in events
    ]
