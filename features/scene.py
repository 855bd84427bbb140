"""One ranking's inputs together, with what several columns share computed once."""

from dataclasses import dataclass, field

from features.attributes import code
from features.candidates import Candidates, Context
from features.course import course
from features.prices import prices
from features.touches import Column, Touches
from features.visit import Visit


@dataclass(slots=True)
class Scene:
    """Who looks (`visit`), at what (`candidates`, in the shop's order) and where (`context`)."""

    visit: Visit
    candidates: Candidates
    context: Context
    touches: Touches = field(init=False)  # the visit laid against the listing
    prices: list[Column] = field(
        init=False
    )  # one row per Price: against each other and against those looked at
    course: list[float] = field(init=False)  # one number per Course: how far the visitor is in the session
    searched: list[int] = field(
        init=False
    )  # codes that the words of the search term have as attribute values

    def __post_init__(self) -> None:
        self.touches = Touches.of(self.visit, self.candidates)
        self.prices = prices(self.candidates.price, self.touches.prices, self.visit.earlier)
        self.course = course(self.visit)
        self.searched = [code(word) for word in (self.context.search_term or "").split()]
