"""Where the parts of a chart stand, in units of its SVG; `templates/console/charts.html` draws them. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Final, NamedTuple, Protocol

WIDTH: Final = 720.0
HEIGHT: Final = 148.0
LEFT: Final = 44.0  # room for the figures of the axis
_TOP, _BOTTOM = 8.0, 20.0
_GAP: Final = 0.2  # of a bar's place
_SPAN_WIDTH: Final = 400.0


class Tick(NamedTuple):
    """A line of the axis: how high it stands, and for what."""

    at: float
    value: float


class Mark(NamedTuple):
    """A word below the chart."""

    at: float
    label: str


class Bar(NamedTuple):
    """A bar, with what it says when pointed at."""

    x: float
    y: float
    width: float
    height: float
    label: str
    value: float


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart of bars from zero."""

    bars: list[Bar]
    ticks: list[Tick]
    marks: list[Mark]
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT


def bars(points: Sequence[tuple[str, float]], marks: int = 6) -> Bars:
    """Return bars for values of at least 0, with a word below about every (n / marks)-th.

    None at all give an empty chart; all zero give bars of no height.

    >>> chart = bars([("a", 0.0), ("b", 4.0)])
    >>> [bar.height for bar in chart.bars], [tick.value for tick in chart.ticks]
    ([0.0, 120.0], [0.0, 1.0, 2.0, 3.0, 4.0])
    """
    ticks = _ticks(max((value for _label, value in points), default=0.0))
    most, tall = ticks[-1], HEIGHT - _TOP - _BOTTOM
    place = (WIDTH - LEFT) / max(len(points), 1)
    floor_at = HEIGHT - _BOTTOM
    drawn = [
        Bar(
            round(LEFT + (at + _GAP / 2) * place, 2),
            round(floor_at - value / most * tall, 2),
            round(place * (1 - _GAP), 2),
            round(value / most * tall, 2),
            label,
            value,
        )
        for at, (label, value) in enumerate(points)
    ]
    every = max(ceil(len(points) / marks), 1)
    words = [Mark(round(LEFT + (at + 0.5) * place, 2), points[at][0]) for at in range(0, len(points), every)]
    return Bars(drawn, [Tick(round(floor_at - tick / most * tall, 2), tick) for tick in ticks], words)


class Interval(Protocol):
    """A figure with its interval, or without."""

    @property
    def value(self) -> float:
        """The figure."""
        ...

    @property
    def low(self) -> float | None:
        """The lower end."""
        ...

    @property
    def high(self) -> float | None:
        """The upper end."""
        ...


@dataclass(frozen=True, slots=True)
class Span:
    """An axis that holds all ends, and zero."""

    low: float
    high: float

    def at(self, value: float) -> float:
        """Return where a value stands.

        >>> Span(-1.0, 3.0).at(0.0)
        100.0
        """
        return round((value - self.low) / (self.high - self.low) * _SPAN_WIDTH, 2)


def span_of(measures: Iterable[Interval]) -> Span:
    """Return the axis of some intervals, with a little room on both sides; of none, from -1 to 1."""
    ends = [0.0]
    for one in measures:
        ends += [end for end in (one.value, one.low, one.high) if end is not None]
    low, high = min(ends), max(ends)
    room = (high - low) * 0.06
    return Span(low - room, high + room) if room else Span(-1.0, 1.0)


def _ticks(most: float) -> list[float]:
    """Return round values from 0 to at least `most`.

    >>> _ticks(7.0), _ticks(0.0)
    ([0.0, 2.0, 4.0, 6.0, 8.0], [0.0, 1.0])
    """
    if most <= 0.0:
        return [0.0, 1.0]
    rough = most / 4
    unit = 10.0 ** floor(log10(rough))
    step = next(unit * one for one in (1.0, 2.0, 5.0, 10.0) if unit * one >= rough * 0.999)
    return [step * at for at in range(ceil(most / step * 0.999) + 1)]
