"""One ranking's inputs together, with what several columns share computed once."""

from dataclasses import dataclass, field
from typing import Final

from features.attributes import code
from features.candidates import Candidates, Context
from features.columns.course import course
from features.columns.places import Place, places
from features.columns.prices import Price, prices
from features.columns.row import Block
from features.columns.touches import Touch, Touches
from features.visit import Visit

LAID: Final = (Touch, Price, Place)  # the blocks of a scene, in order


@dataclass(slots=True)
class Scene:
    """Who looks (`visit`), at what (`candidates`, in the shop's order) and where (`context`)."""

    visit: Visit
    candidates: Candidates
    context: Context
    touches: Touches = field(init=False)  # the visit laid against the listing
    prices: Block = field(init=False)  # a row per Price: against each other and against those looked at
    course: list[float] = field(init=False)  # one number per Course: how far the visitor is in the session
    places: Block = field(init=False)  # a row per Place: where each stands in the list
    searched: list[int] = field(
        init=False
    )  # codes that the words of the search term have as attribute values

    def __post_init__(self) -> None:
        self.touches = Touches.of(self.visit, self.candidates)
        self.prices = prices(self.candidates.price, self.touches.prices, self.visit.earlier)
        self.course = course(self.visit, self.touches, self.context)
        self.places = places(self.candidates, self.touches, self.course, self.visit.at)
        self.searched = [code(word) for word in (self.context.search_term or "").split()]

    @property
    def laid(self) -> tuple[Block, ...]:
        """The blocks, as LAID names their rows."""
        return self.touches.rows, self.prices, self.places
