"""One ranking's inputs together, with what several columns share computed once."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from features.candidates import Candidates, Context
from features.covisitation import lay_covisitation
from features.facts import Records
from features.prices import prices
from features.touches import Touches
from features.visit import Visit


@dataclass(frozen=True)
class Scene:
    """Who looks (`visit`), at what (`candidates`, in the shop's order) and where (`context`)."""

    visit: Visit
    candidates: Candidates
    context: Context

    @property
    def touched_records(self) -> Records:
        """The session's interactions with items, oldest first: without searches."""
        return self.visit.touched

    @cached_property
    def touches(self) -> Touches:
        """The session's interactions laid against the listing."""
        return Touches.of(self.visit, self.touched_records, self.candidates)

    @cached_property
    def covisitation(self) -> npt.NDArray[np.float32]:
        """Shape (3, n): what the candidates share with the session's items; see `features.columns.covisitation`."""
        candidates = self.candidates
        return lay_covisitation(self.touched_records["item"], candidates.neighbours, candidates.weights)

    @cached_property
    def prices(self) -> npt.NDArray[np.float32]:
        """Shape (len(Price), n): the listing's prices against each other and against those looked at."""
        return prices(self.candidates.price, self.touches.prices, self.visit.earlier["price"])
