"""The order of a listing: by the live model, or the shop's own."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from features.scene import Scene
from service.deps import Deps
from service.ranking import rank
from service.ranking.rules import Effect
from service.rankings.call import Call
from service.rankings.read import State
from service.rankings.reasons import Reason, ShopOrder

_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """An order: places of the shop's order, best first; `scores` and `served` are in the shop's order.

    `effects` say what each of the merchant's rules did; `shadow` is the order that was computed and not answered.
    """

    order: list[int]
    reason: Reason | None
    scores: list[float] | None = None
    served: npt.NDArray[np.float32] | None = None
    model: str | None = None
    effects: Mapping[str, Effect] = field(default_factory=dict)
    shadow: list[int] | None = None


def compute(deps: Deps, call: Call, state: State) -> Outcome:
    """Rank the listing with the shop's live model.

    Raises:
        ShopOrder: There is no model, the deadline passed, or ranking failed, which is a fault of ours.
    """
    if (model := deps.models.current(call.shop_name)) is None:
        raise ShopOrder(Reason.NO_MODEL)
    try:
        ranked = rank(Scene(state.visit, state.table.candidates(call.listing), call.where()), model)
    except Exception:  # noqa: BLE001 - whatever it is, the page is shown
        _LOG.exception("a ranking of shop %s failed", call.shop_name)
        deps.metrics.failed(call.shop_name)()
        raise ShopOrder(Reason.NO_MODEL) from None
    if deps.timer() > call.deadline:
        raise ShopOrder(Reason.TIMEOUT)
    reason = Reason.STORE_UNAVAILABLE if state.degraded else None
    return Outcome(ranked.order.tolist(), reason, ranked.scores.tolist(), ranked.matrix, model.version)


def shop_order(call: Call, reason: Reason) -> Outcome:
    """Return the listing as it came."""
    return Outcome(list(range(len(call.item_ids))), reason)


def in_shadow(call: Call, outcome: Outcome) -> Outcome:
    """Return the listing as it came, and beside it what was computed; where nothing was, the reason why stays."""
    if outcome.scores is None:
        return outcome
    return replace(outcome, order=list(range(len(call.item_ids))), reason=Reason.SHADOW, shadow=outcome.order)
