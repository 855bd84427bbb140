"""Balad on several servers whose master is killed under load, and on a cluster whose slots move."""

from tests.faults.failing_over import Failover, Kept, clustered, watched


def all_is_well(failover: Failover, kept: Kept) -> None:
    assert failover.not_200 == 0
    assert failover.gap_seconds < failover.seconds + 5.0  # the machine may be busy
    assert kept.acknowledged > 100
    assert kept.missing <= 100  # what the replica had not heard of: the last moment
    assert kept.doubled == 0


def test_rankings_go_on_and_events_come_back_with_the_cluster() -> None:
    got = clustered(4.0)
    all_is_well(got.failover, got.kept)
    assert got.moved.not_200 == 0


def test_rankings_go_on_and_events_come_back_with_the_sentinels() -> None:
    got = watched(4.0)
    all_is_well(got.failover, got.kept)
