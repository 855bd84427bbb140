"""Who has which slot is asked again while a call waits for the first answer, and no longer than it has."""

import time
from collections.abc import Callable

import pytest
from redis.exceptions import ConnectionError as DriverConnectionError

from features.store.protocol import StoreUnavailable
from features.store.topology import SLOTS, Owners, Topology


def _answering_at(call: int) -> Callable[[], Owners]:
    """Return what fails until it was asked so often: as a server does that is starting."""
    asked: list[None] = []

    def find() -> Owners:
        asked.append(None)
        if len(asked) < call:
            raise DriverConnectionError("Connection not ready")
        return [("localhost", 1)] * SLOTS

    return find


def test_a_call_that_waits_outlasts_attempts_that_fail() -> None:
    assert Topology(_answering_at(3)).owners(10.0)[0] == ("localhost", 1)


def test_a_call_waits_no_longer_than_it_has_and_says_why() -> None:
    began = time.monotonic()
    with pytest.raises(StoreUnavailable, match="Connection not ready"):
        Topology(_answering_at(1000)).owners(0.25)
    assert 0.25 <= time.monotonic() - began < 10.0
