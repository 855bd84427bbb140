"""Some rounds of kill -9 under load; `make bench-faults` runs the two hundred of the promise."""

import pytest

from tests.faults.kill_rounds import kill_rounds


@pytest.mark.parametrize("mode", ["always", "everysec"])
def test_nothing_acknowledged_is_lost_or_doubled(mode: str) -> None:
    report = kill_rounds(mode, rounds=4, seed=17)  # type: ignore[arg-type]
    assert (report.missing, report.doubled) == (0, 0), report
    assert sum(report.kills.values()) == 4
    assert report.acknowledged > 0
