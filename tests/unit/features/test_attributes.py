import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.attributes import DEFAULT, SLOTS, Kind, code, declared, offsets, slots_of, value_bits

EVERY_KIND = declared(["colour:categorical", "sizes:multi", "weight:numeric", "released:time"])


def half(slot: int) -> float:
    return float(struct.unpack("<e", struct.pack("<H", slot))[0])


def test_a_declaration_is_read() -> None:
    assert [(a.name, a.kind, a.width) for a in EVERY_KIND] == [
        ("colour", Kind.CATEGORICAL, 1),
        ("sizes", Kind.MULTI, 2),
        ("weight", Kind.NUMERIC, 1),
        ("released", Kind.TIME, 1),
    ]
    assert offsets(EVERY_KIND) == (0, 1, 3, 4)


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (["colour"], "NAME:KIND"),
        (["colour:shade"], "categorical, multi, numeric, time"),
        ([":numeric"], "NAME:KIND"),
        (["a:multi", "b:multi", "c:multi", "d:time"], "7 slots"),
        (["a:time", "a:numeric"], "once"),
    ],
)
def test_a_wrong_declaration_is_refused_with_what_to_write(texts: list[str], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        declared(texts)


def test_a_shop_that_declares_nothing_has_no_slots_to_fill() -> None:
    assert slots_of({"attributes": {"colour": "red"}}, ()) == (0,) * SLOTS
    assert offsets(()) == ()


def test_an_unknown_item_holds_the_empty_value_of_each_kind() -> None:
    slots = slots_of(None, EVERY_KIND)
    assert slots[:3] == (0, 0, 0)
    assert np.isnan(half(slots[3]))
    assert slots[4:] == (0, 0)
    assert slots == slots_of({"attributes": None}, EVERY_KIND)


def test_each_kind_is_encoded() -> None:
    said = {
        "attributes": {"colour": " Red", "sizes": ["S", "m"], "weight": 2.5, "released": 10 * 86_400.0 + 5}
    }
    colour, low, high, weight, released, unused = slots_of(said, EVERY_KIND)
    assert colour == code("red")
    assert low | high << 16 == value_bits(["m", "s"])
    assert (half(weight), released, unused) == (2.5, 10, 0)


@pytest.mark.parametrize("nonsense", ["heavy", True, float("nan"), float("inf"), None, [1]])
def test_what_is_no_number_is_absent(nonsense: object) -> None:
    slots = slots_of({"attributes": {"weight": nonsense, "released": nonsense}}, EVERY_KIND)
    assert np.isnan(half(slots[3]))
    assert slots[4] == 0


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_keeps_three_digits_and_never_becomes_infinite(number: float) -> None:
    kept = half(slots_of({"attributes": {"weight": number}}, EVERY_KIND)[3])
    within = min(max(number, -65_504.0), 65_504.0)
    assert abs(kept - within) <= max(abs(within) / 2_000, 1e-7)


def test_a_date_before_1970_or_far_ahead_is_the_nearest_that_can_be_said() -> None:
    days = [slots_of({"attributes": {"released": at}}, EVERY_KIND)[4] for at in (-5e9, 0.0, 1e12)]
    assert days == [1, 1, 0xFFFF]


def test_category_and_brand_read_the_catalogues_own_fields_and_attributes_win() -> None:
    item = {"item_category": "shoes", "item_brand": "acme", "attributes": {"brand": "zorg"}}
    assert slots_of(item, DEFAULT)[:2] == (code("shoes"), code("zorg"))


def test_no_value_has_the_code_of_none() -> None:
    assert all(code(str(n)) != 0 for n in range(100_000))
