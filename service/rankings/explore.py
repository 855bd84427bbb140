"""The share of a page's rankings that is drawn rather than sorted."""

from dataclasses import replace

import numpy as np

from service.ranking.exploration import drawn, explores
from service.rankings.call import Call
from service.rankings.decide import Decision
from service.rankings.outcome import Draw, Outcome


def explored(call: Call, decision: Decision, outcome: Outcome) -> Outcome:
    """Return the outcome with its order drawn, where the page explores and the ranking's id is one of its share.

    One that is not personalised, or degraded, is left as it is; so is one that states its time, which is a test, a
    replay or a preview, and nobody's click follows. The merchant's rules come after the draw.
    """
    is_live = call.at == call.now
    if not is_live or outcome.reason is not None or outcome.scores is None:
        return outcome
    if not explores(call.ranking_id, decision.exploration):
        return outcome
    found = drawn(np.asarray(outcome.scores), call.ranking_id)
    draw = Draw(decision.exploration, found.temperature, found.propensity.tolist())
    return replace(outcome, order=found.order.tolist(), draw=draw)
