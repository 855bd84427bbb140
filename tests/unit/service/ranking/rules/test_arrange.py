"""Rules on one order."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.attributes import DEFAULT, code
from features.candidates import Listing
from features.items import ItemTable
from service.ranking.rules import (
    Between,
    Boost,
    Diversity,
    Effect,
    Hide,
    Listed,
    Pin,
    Rules,
    Selection,
    Verdict,
    arrange,
)
from service.ranking.rules.diversity import Run, filled, spread
from service.ranking.rules.pin import kept_places
from service.ranking.rules.selection import Coded

BRAND = 1  # the slot of `brand` where category and brand are declared
AT = 1_795_348_800.0


def listed(*items: dict[str, Any] | str) -> Listed:
    """A list of ids, or of items that state something."""
    said = [item if isinstance(item, dict) else {"item_id": item} for item in items]
    listing = Listing.of(said)
    return Listed(listing.item_ids, ItemTable(DEFAULT).candidates(listing), AT)


def of(ids: str) -> Selection:
    return Selection(frozenset(ids))


def arranged(ids: str, rules: Rules, order: str | None = None) -> tuple[str, dict[str, Effect]]:
    """The list of one-letter ids in `order` (else as it came) after the rules, and their effects."""
    result = arrange([ids.index(i) for i in order or ids], listed(*ids), rules)
    return "".join(ids[place] for place in result.order), dict(result.effects)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (Rules(), "ABCDEF"),
        (Rules(hides=(Hide("h", of("BD")),)), "ACEF"),
        (Rules(hides=(Hide("h", Selection()),)), ""),
        (Rules(pins=(Pin("p", "E", 0),)), "EABCDF"),
        (Rules(pins=(Pin("p", "A", 2),)), "BCADEF"),
        (Rules(pins=(Pin("p", "A", 99),)), "BCDEFA"),
        (Rules(pins=(Pin("p", "F", 2, soft=True),)), "ABFCDE"),
        (Rules(pins=(Pin("p", "A", 2, soft=True),)), "ABCDEF"),
        (Rules(pins=(Pin("p", "E", 1), Pin("q", "F", 1))), "AEFBCD"),
        (Rules(pins=(Pin("p", "E", 99), Pin("q", "A", 99))), "BCDFAE"),
        (Rules(pins=(Pin("p", "E", 1), Pin("q", "F", 1, soft=True))), "FEABCD"),
        (Rules(pins=(Pin("p", "E", 0, soft=True), Pin("q", "F", 0))), "FEABCD"),
        (Rules(pins=(Pin("p", "E", 1), Pin("q", "E", 3))), "AEBCDF"),
        (Rules(boosts=(Boost("b", of("D"), 2.0),)), "ADBCEF"),
        (Rules(boosts=(Boost("b", of("A"), 0.5),)), "BACDEF"),
        (Rules(boosts=(Boost("b", of("F"), 10.0), Boost("c", of("F"), 10.0))), "FABCDE"),
        (Rules(hides=(Hide("h", of("A")),), pins=(Pin("p", "A", 0),)), "BCDEF"),
        (Rules(pins=(Pin("p", "F", 1),), boosts=(Boost("b", of("F"), 10.0),)), "AFBCDE"),
    ],
)
def test_hide_is_above_pin_is_above_boost(rules: Rules, expected: str) -> None:
    assert arranged("ABCDEF", rules)[0] == expected


def test_rules_speak_of_any_order_alike() -> None:
    rules = Rules((Hide("h", of("B")),), (Pin("p", "F", 0),))
    assert arranged("ABCDEF", rules, order="FEDCBA")[0] == "FEDCA"
    assert arranged("ABCDEF", rules, order="BADCFE")[0] == "FADCE"


def test_effects_say_what_was_changed_and_why_not() -> None:
    rules = Rules(
        hides=(Hide("h1", of("B")), Hide("h2", of("B")), Hide("h3", of("Z"))),
        pins=(
            *(Pin("p1", "A", 0), Pin("p2", "F", 1), Pin("p3", "B", 2), Pin("p4", "Z", 0), Pin("p5", "E", 1)),
            Pin("p6", "A", 3, soft=True),
        ),
        boosts=(Boost("b1", of("C"), 10.0), Boost("b2", of("B"), 10.0), Boost("b3", of("AE"), 1.2)),
    )
    _, effects = arranged("ABCDEF", rules)
    assert {rule: (effect.verdict.value, effect.by) for rule, effect in effects.items()} == {
        "h1": ("changed", None),
        "h2": ("overridden", "h1"),
        "h3": ("matches_nothing", None),
        "p1": ("changed", None),
        "p2": ("changed", None),
        "p3": ("overridden", "h1"),
        "p4": ("matches_nothing", None),
        "p5": ("overridden", "p2"),
        "p6": ("overridden", "p1"),
        "b1": ("changed", None),
        "b2": ("matches_nothing", None),
        "b3": ("changed", None),
    }


def test_what_was_so_already_is_no_effect() -> None:
    rules = Rules(pins=(Pin("p", "A", 0),), boosts=(Boost("b", of("AF"), 1.01),))
    _, effects = arranged("ABCDEF", rules)
    assert [effect.verdict for effect in effects.values()] == [Verdict.SAME, Verdict.SAME]


def branded(brands: str) -> Listed:
    """Items 0, 1, … of one-letter brands; `.` states none."""
    return listed(
        *(
            {"item_id": str(i), "item_brand": None if brand == "." else brand}
            for i, brand in enumerate(brands)
        )
    )


@pytest.mark.parametrize(
    ("brands", "at_most", "expected"),
    [
        ("aaabbb", 1, "ababab"),
        ("aaabbb", 2, "aababb"),
        ("aaab", 1, "abaa"),
        ("aaaa", 1, "aaaa"),
        ("....", 1, "...."),
        ("", 1, ""),
    ],
)
def test_at_most_so_many_in_a_row_as_far_as_there_are_others(
    brands: str, at_most: int, expected: str
) -> None:
    rules = Rules(diversities=(Diversity("d", BRAND, at_most),))
    result = arrange(range(len(brands)), branded(brands), rules)
    assert "".join(brands[place] for place in result.order) == expected


def test_of_two_rules_on_one_attribute_the_stricter_holds() -> None:
    rules = Rules(diversities=(Diversity("loose", BRAND, 2), Diversity("strict", BRAND, 1)))
    result = arrange(range(4), branded("aabb"), rules)
    assert result.order == [0, 2, 1, 3]
    assert result.effects == {
        "strict": Effect(Verdict.CHANGED),
        "loose": Effect(Verdict.OVERRIDDEN, "strict"),
    }


def test_pins_count_towards_a_run() -> None:
    rules = Rules(pins=(Pin("p", "2", 0),), diversities=(Diversity("d", BRAND, 1),))
    result = arrange(range(4), branded("aaab"), rules)
    assert result.order == [2, 3, 0, 1]
    assert result.effects["d"].verdict is Verdict.CHANGED


def test_a_selection_takes_what_is_known_to_meet_every_condition() -> None:
    items = listed(
        {"item_id": "A", "item_brand": "Acme", "price": 10.0, "in_stock": True, "created_at": AT - 86_400}
        | {"item_category": "shoes"},
        {"item_id": "B", "item_brand": "acme ", "price": 30.0, "in_stock": False, "created_at": AT},
        {"item_id": "C", "item_brand": "Bolt", "price": 20.3, "in_stock": True},
        "D",
    )
    acme = Coded(BRAND, (code("ACME"),))
    cases = [
        (Selection(), "ABCD"),
        (Selection(coded=(acme,)), "AB"),
        (Selection(price=Between(15.0, 30.0)), "BC"),
        (Selection(price=Between(most=20.3)), "AC"),
        (Selection(in_stock=False), "B"),
        (Selection(age_seconds=Between(most=3600.0)), "B"),
        (Selection(frozenset("AD"), coded=(acme,)), "A"),
        (Selection(coded=(Coded(BRAND, (code("bolt"), code("acme"))),)), "ABC"),
        (Selection(coded=(Coded(0, (code("shoes"),)), acme)), "A"),
        (Selection(coded=(Coded(0, (code("shoes"),)), Coded(BRAND, (code("bolt"),)))), ""),
        (Selection(price=Between(least=20.3, most=20.3)), "C"),  # as rows hold it, in single precision
    ]
    found = ["".join(np.array(list("ABCD"))[s.mask(items)]) for s, _ in cases]
    assert found == [expected for _, expected in cases]
    assert [s.needs_facts for s, _ in cases] == [False] + [True] * (len(cases) - 1)
    assert Selection(frozenset("AD")).needs_facts is False


def test_pins_and_boosts_speak_for_an_item_and_nothing_else_does() -> None:
    rules = Rules(
        hides=(Hide("h", of("1")),),
        pins=(Pin("p", "0", 2),),
        boosts=(Boost("up", of("12"), 2.0), Boost("down", of("3"), 0.5)),
        diversities=(Diversity("d", BRAND, 1),),
    )
    assert arrange(range(5), branded("aabbc"), rules).lifted == {0, 2}


ids = "ABCDEFGHIJ"
selections = st.frozensets(st.sampled_from(ids + "Z"), max_size=6).map(lambda s: Selection(s or None))
some_rules = st.builds(
    Rules,
    st.lists(selections, max_size=2).map(
        lambda s: tuple(Hide(f"h{n}", x) for n, x in enumerate(s) if x.item_ids)
    ),
    st.lists(st.tuples(st.sampled_from(ids + "Z"), st.integers(0, 14), st.booleans()), max_size=8).map(
        lambda s: tuple(Pin(f"p{n}", *x) for n, x in enumerate(s))
    ),
    st.lists(st.tuples(selections, st.floats(0.1, 10)), max_size=3).map(
        lambda s: tuple(Boost(f"b{n}", *x) for n, x in enumerate(s))
    ),
    st.lists(st.integers(1, 3), max_size=2).map(
        lambda s: tuple(Diversity(f"d{n}", BRAND, k) for n, k in enumerate(s))
    ),
)
orders = st.permutations(list(range(len(ids))))
brands = st.text("ab.", min_size=len(ids), max_size=len(ids))


@given(some_rules, orders, brands)
def test_the_result_is_a_permutation_of_what_is_not_hidden(
    rules: Rules, order: list[int], brand: str
) -> None:
    here = replaced(branded(brand))
    hidden = {i for hide in rules.hides for i in hide.selection.item_ids or ()}
    result = arrange(order, here, rules)
    assert sorted(result.order) == [n for n, i in enumerate(ids) if i not in hidden]
    assert set(result.effects) == {rule.id for kind in rules for rule in kind}


@given(some_rules, orders, orders, brands)
def test_hidden_items_and_hard_pins_are_the_same_in_both_arms(
    rules: Rules, treatment: list[int], control: list[int], brand: str
) -> None:
    here = replaced(branded(brand))
    pinned = {pin.item_id for pin in rules.pins if not pin.soft}
    one, other = arrange(treatment, here, rules), arrange(control, here, rules)
    assert set(one.order) == set(other.order)
    assert hard_places(one.order, pinned) == hard_places(other.order, pinned)


@given(some_rules, orders)
def test_a_soft_pin_stands_at_its_place_or_above(rules: Rules, order: list[int]) -> None:
    first = Pin("s", "A", 4, soft=True)
    alone = rules._replace(hides=(), pins=(first,))
    assert arrange(order, replaced(branded("." * 10)), alone).order.index(0) <= 4


@given(some_rules, orders, brands)
def test_boosts_sort_by_rank_over_factor(rules: Rules, order: list[int], brand: str) -> None:
    here = replaced(branded(brand))
    factor = dict.fromkeys(order, 1.0)
    for boost in rules.boosts:
        for place in np.nonzero(boost.selection.mask(here))[0].tolist():
            factor[place] *= boost.factor
    rank = {place: (1 + n) / min(max(factor[place], 0.1), 10.0) for n, place in enumerate(order)}
    expected = sorted(order, key=lambda place: (rank[place], -factor[place]))
    assert arrange(order, here, Rules(boosts=rules.boosts)).order == expected


@given(some_rules, orders, brands)
def test_a_list_without_long_runs_is_what_filling_it_place_by_place_gives(
    rules: Rules, order: list[int], brand: str
) -> None:
    here = replaced(branded(brand))
    kept = kept_places(rules.pins, here.item_ids, {}, {})
    codes = here.candidates.slots[:, BRAND].tolist()
    for length in (1, 2, 3):
        rule = Diversity("d", BRAND, length)
        walked = spread(order, kept, [Run(rule, codes)], {})
        assert filled(order, kept, (rule,), here, {}) == walked


@given(orders)
def test_without_rules_the_order_stays(order: list[int]) -> None:
    assert arrange(order, replaced(branded("." * 10)), Rules()).order == order


def replaced(here: Listed) -> Listed:
    return here._replace(item_ids=list(ids))


def hard_places(order: list[int], pinned: set[str]) -> dict[str, int]:
    return {ids[place]: index for index, place in enumerate(order) if ids[place] in pinned}
