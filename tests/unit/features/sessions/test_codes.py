"""Codes of items are those of a dict, whatever the hashes."""

from hypothesis import given
from hypothesis import strategies as st

from features.index import FREE
from features.sessions.codes import ItemCodes

HASHES = st.one_of(st.integers(0, 2**64 - 1), st.integers(0, 40).map(lambda n: n << 20))


@given(st.lists(HASHES, max_size=200))
def test_a_code_is_what_a_dict_says(hashes: list[int]) -> None:
    codes, said = ItemCodes(), dict[int, int]()
    for hashed in hashes:
        assert codes.get(hashed) == said.get(hashed)
        if hashed not in said:
            said[hashed] = codes.add(str(hashed), hashed)
    assert codes.all(hashes) == [codes.get(hashed) for hashed in hashes] == [said[h] for h in hashes]
    assert codes.all([2**64 - 2**40]) == [said.get(2**64 - 2**40, FREE)]
    assert codes.item_ids == [str(hashed) for hashed in said]


def test_growing_keeps_all_codes() -> None:
    codes = ItemCodes()
    hashes = [n * 0x9E37_79B9_7F4A_7C15 % 2**64 for n in range(5_000)]
    for hashed in hashes:
        codes.add(str(hashed), hashed)
    assert [codes.get(hashed) for hashed in hashes] == list(range(5_000))
    assert codes.get(3) is None
