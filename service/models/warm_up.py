"""Everything that a ranking compiles, compiled before the first one.

The first process on a machine takes half a minute of one core for it, the next ones take the machine code from numba's
cache, in less than a second. An image that is built once and started often fills the cache while it is built:
`python -c "from service.models.warm_up import warm_up; warm_up()"`.
"""

from typing import Final

import numpy as np

from features.attributes import Attribute, Kind
from features.candidates import Candidates, Context, Listing
from features.facts import INTERACTION, Action
from features.identity import hash64
from features.items import ItemRead, ItemTable
from features.matrix import matrix
from features.scene import Scene
from features.sessions.index import Asked, SessionIndex
from features.sessions.trail import TRACE, Trail
from features.table import feature_table
from features.visit import Visit
from service.ranking.kernel import compiled
from service.ranking.rules import Boost, Diversity, Listed, Rules, Selection, arrange
from service.ranking.rules.selection import Coded

EVERY_KIND: Final = tuple(Attribute(kind, kind) for kind in Kind)


def warm_up() -> None:
    """Have everything that a ranking compiles compiled, with or without a model."""
    compiled()
    scene = invented_scene(EVERY_KIND)
    matrix(feature_table(EVERY_KIND), scene)
    _arrange(scene.candidates)
    _recommend()


def _arrange(candidates: Candidates) -> None:
    """Apply rules to two items, neither of which is known to be in stock."""
    boost = Boost("boost", Selection(coded=(Coded(0, (1,)),), in_stock=True), 2.0)
    rules = Rules(boosts=(boost,), diversities=(Diversity("diversity", 0, 1),))
    arrange([0, 1], Listed(["seen", "unseen"], candidates, 1.0), rules)


def _recommend() -> None:
    """Suggest something to somebody who looked at one item of three, after somebody else did at all."""
    rows = np.zeros(3, TRACE)
    rows["session"], rows["item"] = 1, (0, 1, 2)
    index = SessionIndex()
    index.take(Trail(rows, ["seen", "unseen", "hidden"], [""]))
    index.suggest(Asked([hash64("seen")], hidden=frozenset({hash64("hidden")})))


def invented_scene(attributes: tuple[Attribute, ...]) -> Scene:
    """Return somebody who looked at one of two items, and searches: what it takes to run every loop of a ranking once.

    A loop that is compiled when a shopper first needs it costs that shopper a second.
    """
    looked = np.zeros(1, INTERACTION)
    looked["item"], looked["action"] = hash64("seen"), Action.VIEW
    table = ItemTable(attributes)
    table.put(
        [ItemRead(item_id, None, None) for item_id in table.missing(["seen"], 1.0, 1.0)], None, 1.0, 1.0
    )
    candidates = table.candidates(Listing.of([{"item_id": "seen"}, {"item_id": "unseen"}]))
    filters = [f"{attribute.name}:seen" for attribute in attributes]
    context = Context("search", search_term="seen", filters=filters)
    return Scene(Visit.of(looked.tobytes(), None, 0, 1.0), candidates, context)
