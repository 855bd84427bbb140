"""What is there at all: events, listings that were seen, interactions with items, visitors and sessions."""

from collections.abc import Iterator
from typing import Final

from features.readiness.finding import Finding, Level, share
from features.readiness.observed import INTERACTIONS, Observed

MOST_NAMELESS: Final = 0.2  # share of events without visitor or session that is worth a word


def presence(seen: Observed) -> Iterator[Finding]:
    """Say which kind of event is missing."""
    if not seen.events:
        yield Finding(
            "no_events",
            Level.MISSING,
            "The log holds no events.",
            "There is nothing to learn from.",
            "Send some to /v1/events, or `balad import` a file of them.",
        )
        return
    yield from _listings(seen)
    if not any(seen.events[name] for name in INTERACTIONS):
        yield Finding(
            "no_clicks",
            Level.MISSING,
            f"None of the {seen.events.total():,} events is a click, a look at an item, a cart or a purchase.",
            "Nothing says what visitors want.",
            "Send select_item or view_item for the visitor who saw the list.",
        )


def _listings(seen: Observed) -> Iterator[Finding]:
    if not seen.events["view_item_list"]:
        rankings = seen.kinds["exposures"]
        ranked = f", though {rankings:,} rankings were answered" if rankings else ""
        yield Finding(
            "no_impressions",
            Level.MISSING,
            f"No event says which listing a visitor saw{ranked}.",
            "Without impressions no item counts as seen and left, and no order can be learned.",
            "Send view_item_list with visitor_id and at least two items for each listing shown, and with the "
            "ranking_id where Balad ranked it.",
        )
    elif seen.single == seen.events["view_item_list"]:
        yield Finding(
            "single_item_listings",
            Level.MISSING,
            f"All {seen.single:,} listings hold a single item or none.",
            "A list of one has one order; nothing can be learned from it.",
            "Send all items of a listing, in the order in which they were shown.",
        )


def people(seen: Observed) -> Iterator[Finding]:
    """Say that events cannot be put together into visits."""
    events = seen.events.total()
    for count, field in ((seen.without_visitor, "visitor_id"), (seen.without_session, "session_id")):
        if share(count, events) >= MOST_NAMELESS:
            yield Finding(
                f"without_{field.removesuffix('_id')}",
                Level.COSTS,
                f"{share(count, events):.0%} of the events carry no {field}.",
                "They belong to no visit: what the visitor did before is unknown there.",
                f"Send {field} with every event of a visitor who consents.",
            )


def short_sessions(seen: Observed) -> Iterator[Finding]:
    """Say that visits end before anything is known of them."""
    looks = seen.following.looks
    short = looks[0] + looks[1]
    if looks.total() and share(short, looks.total()) >= 0.8:  # noqa: PLR2004 - four of five visits
        yield Finding(
            "one_item_sessions",
            Level.COSTS,
            f"{share(short, looks.total()):.0%} of the sessions hold one interaction with an item or none.",
            "What a visitor did so far carries most of what a model knows; here it hardly knows more than the shop.",
            "Check that session_id stays the same through a visit, and that looks at items are sent as well.",
        )
