"""Python's search for cycles, put off."""

import gc

import pytest

from features.collecting import ALLOCATIONS, rarely_collecting


def test_it_is_rare_within_and_as_before_afterwards() -> None:
    usual = gc.get_threshold()
    met = []

    def break_off() -> None:
        met.append((gc.get_threshold(), gc.get_freeze_count() > 0))
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"), rarely_collecting():
        break_off()
    assert met == [((ALLOCATIONS, *usual[1:]), True)]
    assert gc.get_threshold() == usual
    assert gc.get_freeze_count() == 0
