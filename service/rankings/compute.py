"""The order of a listing: by the live model or the canary, or the shop's own."""

import logging
from typing import Final

from features.scene import Scene
from service.deps import Deps
from service.ranking import rank
from service.rankings.call import Call
from service.rankings.models import beside, model_of
from service.rankings.outcome import Outcome
from service.rankings.read import State
from service.rankings.reasons import Reason, ShopOrder

_LOG: Final = logging.getLogger(__name__)


def compute(deps: Deps, call: Call, state: State) -> Outcome:
    """Rank the listing with the model of this visitor; a model in shadow scores some listings as well.

    Raises:
        ShopOrder: There is no model, the deadline passed, or ranking failed, which is a fault of ours.
    """
    if (model := model_of(deps, call)) is None:
        raise ShopOrder(Reason.NO_MODEL)
    try:
        candidates = state.table.candidates(call.listing)
        ranked = rank(Scene(state.visit, candidates, call.where()), model)
    except Exception:  # noqa: BLE001 - whatever it is, the page is shown
        _LOG.exception("a ranking of shop %s failed", call.shop_name)
        deps.metrics.failed(call.shop_name)()
        raise ShopOrder(Reason.NO_MODEL) from None
    if deps.timer() > call.deadline:
        raise ShopOrder(Reason.TIMEOUT)
    reason = Reason.STORE_UNAVAILABLE if state.degraded else None
    order, scores = ranked.order.tolist(), ranked.scores.tolist()
    outcome = Outcome(order, reason, scores, ranked.matrix, model.version, candidates=candidates)
    return beside(deps, call, outcome)
