"""What a world may have beside its shop and shoppers: how soon eyes tire, and seasons."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from training.simulate.catalogue import Floats, Ints

_YEAR_SECONDS: Final = 365.25 * 86_400.0
_GOLDEN: Final = 0.618_033_988_749_895  # spreads the best weeks of kinds evenly over the year


@dataclass(frozen=True, slots=True)
class Climate:
    """What differs between worlds; the usual one is calm."""

    steepness: float = 1.0  # multiplies the decay of attention
    season: float = 0.0  # logits by which a kind is worth more in its best week than on average
    eagerness: float = 0.0  # logits by which everything attracts more: shoppers who click a lot

    def season_of(self, kind: Ints, at: float) -> Floats:
        """Return what the season adds to items of these kinds at a moment (Unix seconds), in logits, shape (n,).

        >>> Climate(season=0.0).season_of(np.array([3, 4]), 0.0).tolist()
        [0.0, 0.0]
        """
        phase = at / _YEAR_SECONDS + kind * _GOLDEN
        added: Floats = self.eagerness + self.season * np.sin(2.0 * np.pi * phase)
        return added


CALM: Final = Climate()
