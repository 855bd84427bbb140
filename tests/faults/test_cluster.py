"""Balad on a cluster whose master is killed under load, and whose slots move."""

from tests.faults.clustered import clustered


def test_rankings_go_on_and_events_come_back_with_the_cluster() -> None:
    got = clustered(4.0)
    assert (got.not_200, got.moving_not_200) == (0, 0)
    assert got.gap_seconds < got.failover_seconds + 5.0  # the machine may be busy
    assert got.acknowledged > 100
    assert got.missing <= 100  # what the replica had not heard of: the last moment
    assert got.doubled == 0
