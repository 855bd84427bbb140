"""Whether there is enough to learn from and to judge by, and when there will be."""

from collections.abc import Iterator
from math import ceil, sqrt
from typing import Final, NamedTuple

from features.enough import FEWEST_LISTINGS, FEWEST_SESSIONS
from features.readiness.finding import Finding, Level
from features.readiness.following import Outcome
from features.readiness.joins import clicks
from features.readiness.observed import Observed

JUDGED_SHARE: Final = 0.2  # of the listings with a click, the newest; of few, up to half
JUDGED_AT_LEAST: Final = 150
SPREAD: Final = 0.35  # of the difference in NDCG@10 between two orders of a listing: assumed
WANTED_WITHIN: Final = 0.02  # an interval of ± this much of NDCG@10 tells a usual lift from none
RECENT_DAYS: Final = 7


class Amount(NamedTuple):
    """How much can be learned from."""

    listings: int  # with something clicked, about
    sessions: int
    per_day: float  # such listings, over the last days with any
    interval: float  # half the width of the interval to be expected; infinite of nothing
    days_to_usable: float  # at today's rate; 0 where it is, infinite without any
    days_to_sharp: float  # until the interval is within WANTED_WITHIN


def amount_of(seen: Observed) -> Amount:
    """Return how much there is, and how long the rest takes at today's rate."""
    by_day = seen.following.clicked_listings
    listings = by_day.total()
    last = max(by_day, default=0)
    span = min(RECENT_DAYS, last - min(by_day, default=0) + 1)
    per_day = sum(by_day[day] for day in range(last - span + 1, last + 1)) / span
    if span == 1 and seen.last > seen.first:
        per_day = listings / max((seen.last - seen.first) / 86_400, 1 / 24)
    sharp = sharp_at(WANTED_WITHIN)
    lacks_sessions = seen.following.clicked_sessions < FEWEST_SESSIONS
    usable_at = max(FEWEST_LISTINGS, 2 * listings if lacks_sessions and listings else 0)
    return Amount(
        listings,
        seen.following.clicked_sessions,
        per_day,
        expected_interval(listings),
        _days(usable_at - listings, per_day),
        _days(sharp - listings, per_day),
    )


def expected_interval(listings: int) -> float:
    """Return half the width of the 95 % interval of a lift in NDCG@10, judged on the usual share of the listings.

    >>> round(expected_interval(1_000), 3), round(expected_interval(300), 3)
    (0.049, 0.056)
    """
    judged = min(listings / 2, max(JUDGED_SHARE * listings, JUDGED_AT_LEAST))
    return 1.96 * SPREAD / sqrt(judged) if judged else float("inf")


def sharp_at(within: float) -> int:
    """Return how many listings with a click make the expected interval that narrow; see `expected_interval`.

    >>> sharp_at(0.02)
    5883
    """
    judged = (1.96 * SPREAD / within) ** 2
    return ceil(max(judged / JUDGED_SHARE, 2 * JUDGED_AT_LEAST))


def amount(seen: Observed) -> Iterator[Finding]:
    """Say that there are too few listings with a click, or too few for a narrow interval."""
    found = amount_of(seen)
    _, by = clicks(seen)
    if not seen.events["view_item_list"] or not sum(by.values()):
        return
    wait = (
        f"At today's rate that takes about {days_in_words(found.days_to_usable)} more."
        if found.per_day
        else "At today's rate that never comes."
    )
    if not by[Outcome.JOINED] and not found.listings:
        yield none_clicked(seen.events["view_item_list"])
    elif found.sessions < FEWEST_SESSIONS or found.listings < FEWEST_LISTINGS:
        yield too_few(found.listings, found.sessions, wait)
    elif found.interval > WANTED_WITHIN:
        yield Finding(
            "wide_interval",
            Level.COSTS,
            f"{found.listings:,} listings are followed by a click, of {found.sessions:,} sessions.",
            f"A lift is then known within about ±{found.interval:.1%} of NDCG@10; less cannot be told from none.",
            f"±{WANTED_WITHIN:.0%} takes {sharp_at(WANTED_WITHIN):,} such listings, about "
            f"{days_in_words(found.days_to_sharp)} more at today's rate.",
        )


def none_clicked(listings: int) -> Finding:
    """Return the finding on listings none of which is followed by anything."""
    return Finding(
        "no_clicked_listings",
        Level.MISSING,
        f"None of the {listings:,} listings is followed by a click, a cart or a purchase of an item in it.",
        "Nothing says which of the items shown was wanted.",
        "Send select_item for the visitor who saw the list, with the list's ranking_id or within 30 minutes.",
    )


def too_few(listings: int, sessions: int, wait: str = "") -> Finding:
    """Return the finding on a log that is too short."""
    return Finding(
        "too_few_listings",
        Level.MISSING,
        f"Only {listings:,} listings of {sessions:,} sessions are followed by a click; it takes {FEWEST_LISTINGS} of "
        f"{FEWEST_SESSIONS} to learn and to judge.",
        "On fewer, chance decides which model looks better.",
        f"Collect more traffic and train again. {wait}".strip(),
    )


def days_in_words(days: float) -> str:
    """Return a number of days as one says it.

    >>> days_in_words(0.2), days_in_words(1.2), days_in_words(float("inf"))
    ('1 day', '2 days', 'more days than can be said')
    """
    if days == float("inf"):
        return "more days than can be said"
    whole = max(1, ceil(days))
    return f"{whole:,} day{'s' if whole > 1 else ''}"


def _days(lacking: float, per_day: float) -> float:
    if lacking <= 0:
        return 0.0
    return lacking / per_day if per_day else float("inf")
