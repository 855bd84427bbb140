"""The log's disk full, then freed: nothing acknowledged is lost, and the worker goes on by itself."""

import pytest

from tests.faults.disk import NoMountError, disk_full


def test_what_was_acknowledged_while_the_disk_was_full_is_logged_once_it_is_freed() -> None:
    try:
        found = disk_full(5_000)
    except NoMountError as reason:
        pytest.skip(str(reason))
    assert (found.missing, found.doubled) == (0, 0), found
    assert found.acknowledged >= 5_000  # the stream takes what the log cannot
    assert found.same_worker
