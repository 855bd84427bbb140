"""What a ranking came to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from features.candidates import Candidates
from service.ranking.reasons import Reason as Why
from service.ranking.rules import Effect
from service.rankings.call import Call
from service.rankings.reasons import Reason


@dataclass(frozen=True, slots=True)
class Draw:
    """How an order was drawn that was not sorted; see `service.ranking.exploration`."""

    share: float  # of the page's rankings that are drawn
    temperature: float  # what scores were divided by
    propensity: list[float]  # by shop index: the chance of each item among those left when it was drawn


@dataclass(frozen=True, slots=True)
class Outcome:
    """An order: places of the shop's order, best first; `scores` and `served` are in the shop's order.

    `effects` say what each of the merchant's rules did, `lifted` the places that a pin or a boost speaks for;
    `shadow` is the order that was computed and not answered: what the page would have shown, or, with `shadow_model`,
    what another model would have answered. `draw` says how the order was drawn (None: it was not). `why` has the
    reasons for each item of a recommendation, where they were asked for. `candidates` is the listing as it was scored.
    """

    order: list[int]
    reason: Reason | None
    scores: list[float] | None = None
    served: npt.NDArray[np.float32] | None = None
    model: str | None = None
    effects: Mapping[str, Effect] = field(default_factory=dict)
    lifted: frozenset[int] = frozenset()
    shadow: list[int] | None = None
    draw: Draw | None = None
    shadow_model: str | None = None
    why: Sequence[Sequence[Why]] | None = None
    candidates: Candidates | None = None


def shop_order(call: Call, reason: Reason) -> Outcome:
    """Return the listing as it came."""
    return Outcome(list(range(len(call.item_ids))), reason)


def in_shadow(call: Call, outcome: Outcome) -> Outcome:
    """Return the listing as it came, and beside it what was computed; where nothing was, the reason why stays."""
    if outcome.scores is None:
        return outcome
    order = list(range(len(call.item_ids)))
    return replace(outcome, order=order, reason=Reason.SHADOW, shadow=outcome.order, shadow_model=None)
