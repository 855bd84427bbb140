"""Python's search for cycles, put off."""

import gc

import pytest

from service.importing.collecting import ALLOCATIONS, rarely_collecting


def test_it_is_rare_within_and_as_before_afterwards() -> None:
    usual = gc.get_threshold()
    with pytest.raises(ValueError, match="broken"), rarely_collecting():
        assert gc.get_threshold() == (ALLOCATIONS, *usual[1:])
        assert gc.get_freeze_count() > 0
        raise ValueError("broken")
    assert gc.get_threshold() == usual
    assert gc.get_freeze_count() == 0
