"""The growing set of ids."""

import random

from hypothesis import given
from hypothesis import strategies as st

from features.log import ids
from features.log.ids import SeenIds


def test_nothing_is_met_at_first() -> None:
    assert SeenIds().lacks(["a", "b"]).tolist() == [True, True]
    assert SeenIds().add([]).tolist() == []


@given(st.lists(st.lists(st.integers(0, 30).map(str), max_size=12), max_size=12))
def test_answers_as_a_set_would(calls: list[list[str]]) -> None:
    seen, plain = SeenIds(), set[str]()
    for call in calls:
        assert seen.lacks(call).tolist() == [each not in plain for each in call]
        expected = []
        for each in call:
            expected.append(each not in plain)
            plain.add(each)
        assert seen.add(call).tolist() == expected


def test_answers_the_same_once_it_is_large() -> None:
    draw = random.Random(7)
    seen, plain = SeenIds(), set[str]()
    for _ in range(12):
        call = [str(draw.randrange(150_000)) for _ in range(6_000)]
        expected = []
        for each in call:
            expected.append(each not in plain)
            plain.add(each)
        assert seen.add(call).tolist() == expected
    assert len(plain) > ids.SMALL
