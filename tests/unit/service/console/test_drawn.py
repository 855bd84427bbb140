from typing import cast

import pytest

from service.console.drawn import HEIGHT, WIDTH, axis_of, bars_of, whisker_of
from service.insights.answer import Day
from service.insights.lifts import Bounds, Lift


def lift(low: float, value: float, high: float) -> Lift:
    return cast("Lift", {"lift": Bounds(value=value, low=low, high=high)})


def hidden() -> Lift:
    return cast("Lift", {"lift": None})


def test_an_axis_reaches_as_far_to_both_sides_and_holds_every_interval() -> None:
    axis = axis_of([lift(-0.1, 0.1, 0.3), hidden()])
    assert axis.reach >= 0.3
    assert [place for value, place in axis.ticks if value == 0.0] == [0.5]
    assert sorted(place for _, place in axis.ticks) == [place for _, place in axis.ticks]


def test_without_an_interval_there_is_an_axis_and_no_whisker() -> None:
    axis = axis_of([hidden()])
    assert axis.reach > 0.0
    assert whisker_of(hidden(), axis) is None


@pytest.mark.parametrize(
    ("low", "value", "high", "kind"),
    [(0.1, 0.2, 0.3, "good"), (-0.3, -0.2, -0.1, "bad"), (-0.1, 0.1, 0.3, "open")],
)
def test_a_whisker_says_on_which_side_of_nothing_it_is(
    low: float, value: float, high: float, kind: str
) -> None:
    one = lift(low, value, high)
    mark = whisker_of(one, axis_of([one]))
    assert mark is not None
    assert mark.kind == kind
    assert 0.0 <= mark.low < mark.middle < mark.high <= 1.0


def test_an_interval_beyond_the_axis_is_cut_at_its_edge() -> None:
    wide = lift(-9.0, 0.0, 9.0)
    mark = whisker_of(wide, axis_of([wide]))
    assert mark is not None
    assert (mark.low, mark.high) == (0.0, 1.0)


def test_bars_stay_within_the_chart_and_parts_within_their_bars() -> None:
    days = [Day(date=f"2026-11-{n + 1:02d}", rankings=n * 7 % 11, personalized=n * 3 % 11) for n in range(28)]
    for bar in bars_of(days):
        assert 0.0 <= bar.part <= bar.height <= HEIGHT
        assert 0.0 <= bar.x <= bar.x + bar.width <= WIDTH


def test_no_days_and_quiet_days_are_no_division_by_nothing() -> None:
    assert bars_of([]) == []
    (bar,) = bars_of([Day(date="2026-11-22", rankings=0, personalized=0)])
    assert (bar.height, bar.part) == (0.0, 0.0)
