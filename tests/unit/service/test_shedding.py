"""When events are put off: many late rankings in a second, and not for longer than they are late."""

from service.shedding import LATE_SHARE, LEAST, REST_SECONDS, WINDOW_SECONDS, Shedding

LATE, IN_TIME = 0.06, 0.01


class Timer:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def shedding() -> tuple[Shedding, Timer]:
    timer = Timer()
    return Shedding(timer, late_seconds=0.05), timer


def test_rankings_in_time_put_nothing_off() -> None:
    made, _ = shedding()
    assert not made.sheds
    for _ in range(1_000):
        made.ranked(IN_TIME)
    assert not made.sheds


def test_late_ones_put_events_off_until_they_are_in_time_again() -> None:
    made, timer = shedding()
    for _ in range(int(LATE_SHARE * LEAST)):
        assert not made.sheds
        made.ranked(LATE)
    assert made.sheds
    timer.now += REST_SECONDS
    assert not made.sheds
    made.ranked(LATE)
    assert not made.sheds


def test_a_few_late_ones_among_many_or_spread_over_time_put_nothing_off() -> None:
    made, timer = shedding()
    for number in range(2_000):
        made.ranked(LATE if number % 6 == 0 and number > LEAST else IN_TIME)
    assert not made.sheds
    for _ in range(100):
        timer.now += WINDOW_SECONDS
        made.ranked(LATE)
    assert not made.sheds
