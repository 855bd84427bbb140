"""Whether clicks belong to listings, and where in them they fall."""

from collections.abc import Iterator
from typing import Final

from features.readiness.finding import Finding, Level, share
from features.readiness.following import Outcome
from features.readiness.observed import Observed

FEWEST: Final = 30  # clicks, below which shares say nothing
LEAST_JOINED: Final = 0.1  # below that the rest says little
MOST_LOST: Final = 0.5  # of clicks that belong to no listing, worth a word


def clicks_that_join_no_listing(seen: Observed) -> Iterator[Finding]:
    """Say that clicks are on items which the visitor's listings do not hold."""
    name, by = clicks(seen)
    total = sum(by.values())
    lost = share(by[Outcome.NOWHERE], total)
    if not seen.events["view_item_list"] or total < FEWEST or lost < MOST_LOST:
        return
    broken = lost > 1.0 - LEAST_JOINED
    yield Finding(
        "clicks_join_no_listing",
        Level.BROKEN if broken and name == "select_item" else Level.COSTS,
        f"{lost:.0%} of {total:,} {name} events are on items that no earlier listing of their visitor holds.",
        "They teach nothing: a click counts where the list that it was made in is known.",
        "Send select_item with the visitor_id and item_id of the list, with its ranking_id or within 30 minutes.",
    )


def clicks_on_the_first_item(seen: Observed) -> Iterator[Finding]:
    """Say that every click is at index 0."""
    joined = seen.following.indexes.total()
    if joined >= FEWEST and seen.following.indexes[0] == joined:
        yield all_on_the_first(joined)


def all_on_the_first(clicked: int) -> Finding:
    """Return the finding on a log whose clicks all fall on the first item of their list."""
    return Finding(
        "all_clicks_first",
        Level.BROKEN,
        f"All clicks of {clicked:,} listings fall on the first item.",
        "That is how a log looks whose listings were recorded after the click or re-sorted; nothing can be learned.",
        "Send the items in the order in which they were shown, all of them.",
    )


def clicks(seen: Observed) -> tuple[str, dict[Outcome, int]]:
    """Return the event that tells clicks, and how many had each outcome: select_item, else view_item."""
    name = "select_item" if seen.events["select_item"] else "view_item"
    return name, {outcome: seen.following.outcomes[name, outcome] for outcome in Outcome}
