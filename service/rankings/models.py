"""Which model ranks for a visitor, and which one scores beside it."""

import logging
from dataclasses import replace
from typing import Final

from features.assignment import in_canary
from service.deps import Deps
from service.ranking import Model, ordered
from service.rankings.call import Call
from service.rankings.exposure import is_drawn
from service.rankings.outcome import Outcome

_LOG: Final = logging.getLogger(__name__)


def model_of(deps: Deps, call: Call) -> Model | None:
    """Return the canary for the visitors that it is tried on, else the live model; None where there is none.

    A visitor without an id gets the live model, as does everybody where this process does not hold the canary.
    """
    canary = call.shop.canary
    if canary is not None and call.visitor_id is not None:
        tried = deps.canaries.current(call.shop_name)
        if tried is not None and tried.version == canary.version:  # noqa: SIM102 - the hash is the dear part
            if in_canary(call.shop_name, canary.version, call.visitor_id, canary.share):
                return tried
    return deps.models.current(call.shop_name)


def beside(deps: Deps, call: Call, outcome: Outcome) -> Outcome:
    """Return the outcome with the order of a model in shadow, for a sample of rankings; it can spoil none."""
    shadow = deps.shadows.current(call.shop_name)
    if shadow is None or outcome.served is None or not is_drawn(call.ranking_id, deps.settings.shadow_share):
        return outcome
    try:
        order = ordered(shadow.forest.score(outcome.served)).tolist()
    except Exception:  # noqa: BLE001 - whatever it is, the page is shown
        _LOG.exception("the model in shadow of shop %s failed", call.shop_name)
        return outcome
    return replace(outcome, shadow=order, shadow_model=shadow.version)
