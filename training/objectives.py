"""What each page is to be good for, as its merchant set it: what a click, a cart and a purchase are worth there."""

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

import orjson

from features.log.reader import Fact
from features.objectives import GAINS, USUAL, Objective
from features.pages import lineage

_PAGE: Final = "page/"  # the service keeps a page's settings under this and its path

Objectives: TypeAlias = Mapping[str, Objective]  # by page whose settings say one


def objectives_in(settings: Iterable[Fact]) -> dict[str, Objective]:
    """Return the objective of each page that has a switch of its own, after all changes of settings in a log.

    A page whose settings name none, or one of a later version, is for the usual one. Empty where no page names any.
    """
    stands: dict[str, Objective] = {}
    for fact in settings:
        name, after = fact.row["name"], fact.row["after"]
        if not name.startswith(_PAGE):
            continue
        said = {} if after is None else orjson.loads(after)
        if said.get("state") is None:
            stands.pop(name.removeprefix(_PAGE), None)
        else:
            named = said.get("objective")
            stands[name.removeprefix(_PAGE)] = next((known for known in GAINS if known == named), USUAL)
    return stands if any(objective != USUAL for objective in stands.values()) else {}


def objective_of(objectives: Objectives, page: str) -> Objective:
    """Return what holds for a page: its own, else its nearest ancestor's, as its switch does.

    >>> objective_of({"category": "carts"}, "category/shoes"), objective_of({"category": "carts"}, "home")
    ('carts', 'balanced')
    """
    return next((objectives[place] for place in lineage(page) if place in objectives), USUAL)
