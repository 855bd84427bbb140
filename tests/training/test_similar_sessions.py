"""VMIS-kNN as an order of listings: what it sees, and what it must not see."""

import numpy as np

from features.attributes import DEFAULT
from features.log.reader import Fact
from features.log.schema import Kind
from tests.training.test_run import START, event
from training.baselines import as_served
from training.dataset import Dataset, dataset
from training.similar_sessions import similar_sessions

OTHERS = 120
ME, YOU = 0, 1


class Story:
    """Events, a second apart."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []

    def tell(self, who: int, name: str, *items: str) -> "Story":
        number = len(self.facts)
        row = event(name, START + number, who, [{"item_id": i} for i in items], number)
        self.facts.append(Fact(Kind.EVENTS, row))
        return self

    def others(self, *items: str) -> "Story":
        first = len(self.facts) + YOU + 1  # nobody who was there before
        for who in range(first, first + OTHERS):
            for item in items:
                self.tell(who, "view_item", item)
        return self

    @property
    def listings(self) -> Dataset:
        return dataset(self.facts, DEFAULT)

    def similarity(self) -> list[float]:
        """Of the items of the last listing."""
        found = self.listings
        last: list[float] = similar_sessions(self.facts, found)[-int(found.group[-1]) :].round(3).tolist()
        return last


def listed(story: Story, who: int = ME) -> Story:
    return story.tell(who, "view_item_list", "X", "B", "A").tell(who, "select_item", "B")


def test_what_others_looked_at_beside_it_comes_first() -> None:
    story = listed(Story().others("A", "B").tell(ME, "view_item", "A"))
    x, b, a = story.similarity()
    assert x == 0.0
    assert b > 0.0
    assert a > 0.0
    scores = as_served(story.listings, similar_sessions(story.facts, story.listings))
    assert np.argsort(-scores).tolist()[-1] == 0  # what nobody like me looked at stands last


def test_nothing_touched_and_nothing_alike_is_nothing() -> None:
    assert listed(Story().others("A", "B")).similarity() == [0.0, 0.0, 0.0]
    assert listed(Story().others("C", "D").tell(ME, "view_item", "A")).similarity() == [0.0, 0.0, 0.0]


def test_neither_what_comes_later_nor_the_session_itself_is_seen() -> None:
    later = listed(Story().tell(ME, "view_item", "A")).others("A", "B")
    assert later.similarity() == [0.0, 0.0, 0.0]
    own = Story()
    for _ in range(OTHERS):
        own.tell(ME, "view_item", "A").tell(ME, "view_item", "B")
    assert listed(own).similarity() == [0.0, 0.0, 0.0]


def test_listings_that_are_not_judged_are_left_out() -> None:
    story = listed(
        listed(Story().others("A", "B").tell(ME, "view_item", "A")).tell(YOU, "view_item", "A"), YOU
    )
    everything = story.listings
    last = everything.listings(everything.time == everything.time.max())
    both = similar_sessions(story.facts, everything)
    assert similar_sessions(story.facts, last).tolist() == both[-3:].tolist()
    assert both[-3:].any()
