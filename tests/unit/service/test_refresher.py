"""The thread that keeps local copies fresh."""

from threading import Event

import pytest

from features.store.protocol import StoreUnavailable
from service.refresher import Refresher


def test_refreshes_before_it_says_it_has_started_and_then_goes_on() -> None:
    ran: list[int] = []
    thrice = Event()

    def task() -> None:
        ran.append(1)
        if len(ran) >= 3:
            thrice.set()

    refresher = Refresher([task], 0.001)
    refresher.start()
    assert ran
    assert thrice.wait(10)
    refresher.stop()
    after = len(ran)
    refresher.refresh()
    assert len(ran) == after + 1


def test_a_task_that_fails_is_logged_once_and_holds_up_nothing(caplog: pytest.LogCaptureFixture) -> None:
    ran: list[int] = []

    def failing() -> None:
        raise StoreUnavailable("away")

    refresher = Refresher([failing, lambda: ran.append(1)], 1.0)
    for _ in range(3):
        refresher.refresh()
    assert len(ran) == 3
    assert [record.message for record in caplog.records] == ["local copies are not refreshed: away"]


def test_a_task_that_fails_again_after_it_succeeded_is_logged_again(caplog: pytest.LogCaptureFixture) -> None:
    fails = iter([True, False, True])

    def task() -> None:
        if next(fails):
            raise RuntimeError("broken")

    refresher = Refresher([task], 1.0)
    for _ in range(3):
        refresher.refresh()
    assert len(caplog.records) == 2
