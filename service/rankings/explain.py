"""Why each item of an answer stands where it does; only on request, since it costs more than ranking does."""

from collections.abc import Sequence
from typing import Any, Final

from service.deps import Deps
from service.ranking.model import Explaining
from service.ranking.reasons import Reason as Told
from service.ranking.reasons import Why, reasons
from service.rankings.call import Call
from service.rankings.models import model_of
from service.rankings.outcome import Outcome
from service.rankings.reasons import Reason
from service.texts import LANGUAGES, REASONS, joined

MOST: Final = 2  # reasons in a phrase: nobody reads more


def explained(deps: Deps, call: Call, outcome: Outcome) -> list[dict[str, Any]]:
    """Return `reasons` and `because`, the strongest two in words, for each place of the shop's order.

    In the shop's own order only rules are reasons; so they are where the model changed since it scored, or its scorer
    cannot tell.
    """
    of_model = _of_model(deps, call, outcome)
    return [_told(found, ruled=place in outcome.lifted) for place, found in enumerate(of_model)]


def _of_model(deps: Deps, call: Call, outcome: Outcome) -> Sequence[Sequence[Told]]:
    if outcome.why is not None and outcome.reason is not Reason.SHADOW:
        return outcome.why
    model, rows = model_of(deps, call), outcome.served
    if outcome.reason is Reason.SHADOW or rows is None or model is None or model.version != outcome.model:
        return [()] * len(call.item_ids)
    if not isinstance(model.forest, Explaining):
        return [()] * len(call.item_ids)
    return reasons(model.table, rows, model.forest.contributions(rows))


def _told(found: Sequence[Told], *, ruled: bool) -> dict[str, Any]:
    told: list[dict[str, Any]] = [{"reason": why, "weight": weight} for why, weight in found]
    if ruled:  # a rule is above the model, so it comes first; it has no weight in the model's terms
        told.insert(0, {"reason": Why.RULE, "weight": None})
    because = {
        language: joined(language, [REASONS[r["reason"]][language] for r in told[:MOST]])
        for language in LANGUAGES
    }
    return {"reasons": told, "because": because if told else None}
