from itertools import count

from features.assignment import held_out, in_treatment
from service.demo.visitors import COUNT, visitors
from service.pages.settings import KeptPage

PAGES = {
    "default": KeptPage(state="on", holdout=0.2),
    "category": KeptPage(state="test", traffic=0.3, experiment="demo/category@0"),
    "hats": KeptPage(state="off"),
}


def numbers() -> "count[int]":
    return count()


def test_who_tries_the_demo_is_in_treatment_wherever_arms_are_drawn() -> None:
    drawn = numbers()
    ids = visitors("demo", PAGES, lambda: str(next(drawn)))
    assert len(set(ids)) == COUNT
    assert not [each for each in ids if held_out("demo", each, 0.2)]
    assert all(in_treatment("demo/category@0", each, 0.3) for each in ids)


def test_where_nobody_is_treated_there_is_no_id() -> None:
    assert visitors("demo", {"a": KeptPage(state="test", traffic=0.0, experiment="demo/a@0")}) == []


def test_without_pages_any_id_will_do() -> None:
    assert len(visitors("demo", {})) == COUNT
