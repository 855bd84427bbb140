"""One ranking's inputs together, with what several columns share computed once."""

from dataclasses import dataclass
from functools import cached_property

from features.attributes import code
from features.candidates import Candidates, Context
from features.course import course
from features.prices import prices
from features.touches import Column, Touches
from features.visit import Visit


@dataclass(frozen=True)
class Scene:
    """Who looks (`visit`), at what (`candidates`, in the shop's order) and where (`context`)."""

    visit: Visit
    candidates: Candidates
    context: Context

    @cached_property
    def touches(self) -> Touches:
        """The visit laid against the listing."""
        return Touches.of(self.visit, self.candidates)

    @cached_property
    def prices(self) -> list[Column]:
        """One row per Price, of shape (n,): the listing's prices against each other and against those looked at."""
        return prices(self.candidates.price, self.touches.prices, self.visit.earlier)

    @cached_property
    def course(self) -> list[float]:
        """One number per Course: how far the visitor is in the session."""
        return course(self.visit)

    @cached_property
    def searched(self) -> list[int]:
        """The codes that the words of the search term have as values of an attribute."""
        return [code(word) for word in (self.context.search_term or "").split()]
