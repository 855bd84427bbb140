"""When a page, or a rule, holds."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.pages.schedule import Schedule

PARIS = ZoneInfo("Europe/Paris")


def schedule(**said: Any) -> Schedule:
    return Schedule.model_validate(said)


def paris(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).timestamp()


def test_an_empty_schedule_always_holds() -> None:
    assert schedule().is_open(0.0)
    assert not schedule().is_over(1e10)


def test_it_holds_from_its_start_until_just_before_its_end() -> None:
    holds = schedule(**{"from": 100.0, "until": "1970-01-01T00:03:20Z"})
    assert [holds.is_open(at) for at in (99.9, 100.0, 199.9, 200.0)] == [False, True, True, False]
    assert [holds.is_over(at) for at in (99.9, 199.9, 200.0)] == [False, False, True]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-20T21:59", False),  # a Friday
        ("2026-11-20T22:00", True),
        ("2026-11-21T01:59", True),  # still Friday's
        ("2026-11-21T02:00", False),
        ("2026-11-21T12:00", True),
        ("2026-11-21T22:00", True),
        ("2026-11-22T01:59", True),
        ("2026-11-22T22:00", False),  # a Sunday
        ("2026-11-23T01:00", False),
    ],
)
def test_hours_past_midnight_belong_to_the_day_they_start_on(at: str, expected: bool) -> None:  # noqa: FBT001
    holds = schedule(
        days=["fri", "sat"],
        hours=[{"from": "22:00", "until": "02:00"}, {"from": "11:00", "until": "13:00"}],
        time_zone="Europe/Paris",
    )
    assert holds.is_open(paris(at)) is expected


def test_hours_are_those_of_the_clock_on_the_wall_in_summer_and_winter() -> None:
    holds = schedule(hours=[{"from": "09:00", "until": "10:00"}], time_zone="Europe/Paris")
    for day in ("2026-07-01", "2026-12-01"):
        assert [holds.is_open(paris(f"{day}T{hour}")) for hour in ("08:59", "09:00", "10:00")] == [
            False,
            True,
            False,
        ]


def test_an_hour_that_comes_twice_counts_twice_and_one_that_is_skipped_not_at_all() -> None:
    holds = schedule(hours=[{"from": "02:00", "until": "03:00"}], time_zone="Europe/Paris")
    autumn, spring = paris("2026-10-25T00:00"), paris("2026-03-29T00:00")
    open_minutes = [sum(holds.is_open(day + 60 * m) for m in range(25 * 60)) for day in (autumn, spring)]
    assert open_minutes == [120, 0]


@given(st.integers(0, 23), st.integers(0, 23), st.integers(0, 7 * 24 * 60 - 1))
def test_hours_and_the_rest_of_the_day_share_the_time_out(since: int, until: int, minute: int) -> None:
    if since == until:
        return
    one = schedule(hours=[{"from": f"{since:02}:00", "until": f"{until:02}:00"}])
    rest = schedule(hours=[{"from": f"{until:02}:00", "until": f"{since:02}:00"}])
    assert one.is_open(60.0 * minute) is not rest.is_open(60.0 * minute)
