"""Whether the times of events can be believed: later than now, clicks before their listing, a shift by whole hours."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from features.readiness.finding import Finding, Level, share
from features.readiness.following import Outcome
from features.readiness.joins import FEWEST, clicks
from features.readiness.observed import Observed

WORTH_A_WORD: Final = 0.02  # of events or clicks
MOST: Final = 0.5  # from there on the log contradicts itself
DAYS_COMPARED: Final = 7  # on either side of a day
FEWEST_EVENTS: Final = 500  # on either side
LEAST_CONTRAST: Final = (
    0.3  # deviation of the hours of a day over their mean: flat days cannot be laid over each other
)
LEAST_ALIKE: Final = 0.85  # correlation of two profiles once one is moved
LEAST_GAIN: Final = 0.2  # by which moving must make them more alike; an hour of summer time does not
_HOURS, _DAY = 24, 86_400


def future_times(seen: Observed) -> Iterator[Finding]:
    """Say that events are later than their arrival, or than now."""
    part = share(seen.ahead, seen.events.total())
    if part >= WORTH_A_WORD:
        yield Finding(
            "future_times",
            Level.BROKEN if part >= MOST else Level.COSTS,
            f"{part:.0%} of the events have a time in the future.",
            "A ranking never sees what is later than itself: they are lost to it.",
            "Send time in UTC (seconds, or RFC 3339 with its zone), and sent_at from clocks that may be off.",
        )


def clicks_off_their_listing(seen: Observed) -> Iterator[Finding]:
    """Say that clicks are dated before the listing that they were made in, or whole hours away from it."""
    name, by = clicks(seen)
    total = sum(by.values())
    before = share(by[Outcome.BEFORE], total)
    hours, apart = next(iter(seen.following.hours.most_common(1)), (0, 0))
    if total < FEWEST:
        return
    if share(apart, total) >= WORTH_A_WORD * 5:
        yield Finding(
            "time_zone_between_events",
            Level.BROKEN if share(apart, total) >= MOST else Level.COSTS,
            f"{share(apart, total):.0%} of {total:,} {name} events are {abs(hours)} h "
            f"{'before' if hours < 0 else 'after'} the listing that they were made in, almost to the minute.",
            "Listings and clicks are dated in different time zones, so those clicks join nothing.",
            "Send both in UTC, and import the log again.",
        )
    elif before >= WORTH_A_WORD * 5:
        yield Finding(
            "clicks_before_listings",
            Level.BROKEN if before >= MOST else Level.COSTS,
            f"{before:.0%} of {total:,} {name} events are dated before the listing that holds their item.",
            "Such a click joins nothing, and what a visitor did is seen in the wrong order.",
            "Date a listing when it is shown, by the same clock as its clicks.",
        )


class Shift(NamedTuple):
    """All activity moved by hours from a day on."""

    day: int  # since 1970
    hours: int
    gain: float


def shifted_days(seen: Observed) -> Iterator[Finding]:
    """Say that the hours at which visitors come moved from one day to the next."""
    if (shift := shift_of(seen)) is not None:
        date = datetime.fromtimestamp(shift.day * _DAY, UTC).strftime("%Y-%m-%d")
        yield Finding(
            "time_zone_shift",
            Level.COSTS,
            f"From {date} on all activity is {abs(shift.hours)} h {'later' if shift.hours > 0 else 'earlier'} in the "
            "day than before.",
            "That is how a change of time zone looks; hours of the day, and what was popular when, are wrong on one "
            "side of it.",
            f"Send times in UTC, and import the days before or after {date} again.",
        )


def shift_of(seen: Observed) -> Shift | None:
    """Return the most convincing day from which on the profile of the day is moved by at least two hours.

    None where there are too few events or days, or where the days are flat.
    """
    if not seen.hours:
        return None
    first, last = min(seen.hours) // _HOURS, max(seen.hours) // _HOURS
    if last - first > 20 * 365:
        return None  # times that far apart are another matter
    profile = np.array([seen.hours[h] for h in range(first * _HOURS, (last + 1) * _HOURS)]).reshape(
        -1, _HOURS
    )
    found = [
        Shift(first + day, *moved)
        for day in range(1, len(profile))
        if (moved := _moved(profile[max(0, day - DAYS_COMPARED) : day], profile[day : day + DAYS_COMPARED]))
    ]
    return max(found, key=lambda shift: shift.gain, default=None)


def _moved(before: npt.NDArray[np.int64], after: npt.NDArray[np.int64]) -> tuple[int, float] | None:
    """Return by how many hours, of -11 to 12, `after` is later, and how much more alike moving makes them."""
    sides = [np.asarray(side.sum(0), float) for side in (before, after)]
    if any(side.sum() < FEWEST_EVENTS or side.std() < LEAST_CONTRAST * side.mean() for side in sides):
        return None
    alike = [float(np.corrcoef(sides[0], np.roll(sides[1], -hours))[0, 1]) for hours in range(_HOURS)]
    best = int(np.argmax(alike))
    gain = alike[best] - alike[0]
    hours = best if best <= _HOURS // 2 else best - _HOURS
    if abs(hours) < 2 or alike[best] < LEAST_ALIKE or gain < LEAST_GAIN:  # noqa: PLR2004 - more than summer time
        return None
    return hours, gain
