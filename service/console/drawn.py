"""Where the marks of a chart stand, in the units of its SVG; templates draw them. Pure."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from service.insights.answer import Day
from service.insights.lifts import Lift

WIDTH: Final = 640.0
HEIGHT: Final = 150.0
_LEAST_REACH: Final = 0.05  # of an axis of lifts, so that tiny intervals do not fill it
_MOST_REACH: Final = 1.0  # wider ones are cut at the edge
_STEPS: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0)
_TICKS: Final = 5  # at most, on each side of 0


class Whisker(NamedTuple):
    """One interval: from `low` to `high` with its value at `middle`, as shares of the width; cut at the edges."""

    low: float
    middle: float
    high: float
    kind: str  # good, bad or open: above 0, below it, or around it


class Axis(NamedTuple):
    """An axis of lifts around 0: it reaches as far to both sides; ticks are (lift, share of the width)."""

    reach: float
    ticks: list[tuple[float, float]]


class Bar(NamedTuple):
    """One day: two bars on each other, from the floor up, in units of the height."""

    x: float
    width: float
    height: float
    part: float
    day: Day


def axis_of(lifts: Sequence[Lift]) -> Axis:
    """Return an axis that holds all intervals, within reason."""
    ends = [abs(end) for lift in lifts if (b := lift["lift"]) is not None for end in (b["low"], b["high"])]
    reach = min(max([_LEAST_REACH, *ends]) * 1.05, _MOST_REACH)
    step = next((step for step in _STEPS if reach / step <= _TICKS), _STEPS[-1])
    count = int(reach / step)
    return Axis(reach, [(n * step, _place(n * step, reach)) for n in range(-count, count + 1)])


def whisker_of(lift: Lift, axis: Axis) -> Whisker | None:
    """Return the interval of a figure on an axis; None where it has none."""
    if (bounds := lift["lift"]) is None:
        return None
    low, middle, high = (_place(bounds[end], axis.reach) for end in ("low", "value", "high"))
    kind = "good" if bounds["low"] > 0.0 else "bad" if bounds["high"] < 0.0 else "open"
    return Whisker(low, middle, high, kind)


def bars_of(days: Sequence[Day]) -> list[Bar]:
    """Return a bar per day: all rankings, and within it those that were personalised. No days give none.

    >>> [(bar.height, bar.part) for bar in bars_of([Day(date="2026-11-22", rankings=10, personalized=5)])]
    [(150.0, 75.0)]
    """
    most = max((day["rankings"] for day in days), default=0) or 1
    slot = WIDTH / max(len(days), 1)
    return [
        Bar(
            round(n * slot + slot * 0.15, 2),
            round(slot * 0.7, 2),
            round(HEIGHT * day["rankings"] / most, 2),
            round(HEIGHT * min(day["personalized"], day["rankings"]) / most, 2),
            day,
        )
        for n, day in enumerate(days)
    ]


def _place(lift: float, reach: float) -> float:
    """Return where a lift stands, as a share of the width.

    >>> _place(0.0, 0.1), _place(-0.1, 0.1), _place(9.0, 0.1)
    (0.5, 0.0, 1.0)
    """
    return round(0.5 + 0.5 * min(max(lift / reach, -1.0), 1.0), 4)
