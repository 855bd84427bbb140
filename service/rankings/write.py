"""Recording that a ranking was answered: one script call, and never a reason to answer late."""

from typing import Final

import orjson

from features.store.protocol import ExposureWrite, StoreUnavailable
from service.deps import Deps
from service.rankings.call import Call
from service.rankings.decide import Decision
from service.rankings.exposure import exposure_of, is_recorded
from service.rankings.outcome import Outcome
from service.rankings.patience import patience
from service.rankings.reasons import Reason

LEAST_SECONDS: Final = 0.005  # for the write of a ranking that was late itself, not because of the store
_NO_STORE: Final = frozenset({Reason.STORE_UNAVAILABLE})


def write(deps: Deps, call: Call, decision: Decision, outcome: Outcome) -> None:
    """Append the exposure, and keep the order where the answer is only its beginning.

    What cannot be written is counted as lost; the answer does not wait for it.
    """
    order = (
        b"" if call.limit == len(call.item_ids) else orjson.dumps([call.item_ids[i] for i in outcome.order])
    )
    recorded = is_recorded(call, decision)
    if not recorded and not order:
        return
    timer = deps.timer()
    latency_ms, share = 1000 * (timer - call.began), deps.settings.served_rows_share
    body = exposure_of(call, decision, outcome, latency_ms, share) if recorded else b""
    may_take = max(patience(call.deadline - timer), LEAST_SECONDS)
    try:
        if outcome.reason in _NO_STORE:
            raise StoreUnavailable("it did not answer this very call")  # noqa: TRY301 - no request waits twice
        exposure = ExposureWrite(call.ranking_id, call.visitor_id, body, order)
        deps.store.append_exposure(call.shop_name, exposure, timeout_seconds=may_take)
    except StoreUnavailable:
        if recorded:
            deps.metrics.exposure_lost(call.shop_name)()
