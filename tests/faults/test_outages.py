"""Redis stopped, or late, under rankings; `make bench-faults` says how long each waits on a machine to itself."""

from tests.faults.outages import slow, stopped


def test_rankings_go_on_while_redis_is_stopped_and_all_is_well_soon_after() -> None:
    got = stopped(2.0)
    assert got.rankings == 400
    assert (got.not_200, got.events_status) == (0, 503)
    assert got.back_after_seconds < 30.0  # the machine may be busy


def test_rankings_do_without_a_redis_that_is_late() -> None:
    got = slow(300.0, 2.0)
    assert got.rankings == 400
    assert got.not_200 == 0
    assert got.late < 0.5 * got.rankings  # all were, if each waited for it
