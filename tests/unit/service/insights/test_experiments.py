"""Few of the experiments that `make bench ONLY=experiments` draws by the thousand."""

import pytest

from service.insights.figures import METRICS
from tests.benchmarks.experiments import DAYS, Look, alarmed, covered, drawn, found, share

RUNS = 60


@pytest.fixture(scope="module")
def without_lift() -> list[list[Look]]:
    return drawn(RUNS, 2_000, 0.0)


@pytest.fixture(scope="module")
def with_lift() -> list[list[Look]]:
    return drawn(20, 20_000, 0.1)


def test_is_looked_at_every_day(without_lift: list[list[Look]]) -> None:
    assert {len(looks) for looks in without_lift} == {DAYS}


@pytest.mark.parametrize("metric", METRICS)
def test_no_lift_raises_few_alarms_in_four_weeks(without_lift: list[list[Look]], metric: str) -> None:
    assert (
        share(alarmed(looks, metric) for looks in without_lift) <= 10.0
    )  # 5 % and what chance does to 60 runs


@pytest.mark.parametrize("metric", METRICS)
def test_a_lift_is_found_and_its_intervals_hold_it(with_lift: list[list[Look]], metric: str) -> None:
    assert share(found(looks, metric) for looks in with_lift) >= 80.0
    assert share(covered(looks, metric, 0.1) for looks in with_lift) >= 95.0


def test_the_past_takes_noise_out(with_lift: list[list[Look]]) -> None:
    removed = [looks[-1].lifts["conversion"]["noise_removed"] for looks in with_lift]
    assert 0.0 < min(removed) < max(removed) < 0.1


def test_an_interval_for_one_look_would_alarm_too_often(without_lift: list[list[Look]]) -> None:
    """What the width is for: 1.96 standard errors, looked at every day, are wrong far more than 5 times in 100."""

    def narrow(look: Look) -> bool:
        bounds = look.lifts["add_to_cart"]["lift"]
        return bounds is not None and abs(bounds["value"]) > (bounds["high"] - bounds["low"]) / 2 * 1.96 / 3.4

    assert share(any(narrow(look) for look in looks) for looks in without_lift) > 10.0
