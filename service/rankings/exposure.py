"""The fact that a ranking was answered. Pure."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Final

import orjson

from features.columnar import Columns, columns
from service.ranking.rules import Verdict
from service.rankings.call import Call
from service.rankings.decide import Decision
from service.rankings.outcome import Outcome
from service.rankings.reasons import Reason

OFF_SHARE: Final = 0.1  # of the rankings on pages that are off: enough to see the traffic
_SAMPLED: Final = frozenset({Reason.OFF_BY_MERCHANT, Reason.KILL_SWITCH})
_SHARES: Final = 1 << 32
_CONTEXT: Final = ("device", "country", "search_term", "filters", "referrer")


def is_recorded(call: Call, decision: Decision) -> bool:
    """Tell whether the exposure is written: always in an experiment, for a sample where nothing is decided."""
    return decision.reason not in _SAMPLED or is_drawn(call.ranking_id, OFF_SHARE)


def is_drawn(ranking_id: str, share: float) -> bool:
    """Draw by the last, random, 32 bits of the id: the same for the same ranking.

    >>> is_drawn("0197-00000000", 0.1), is_drawn("0197-ffffffff", 0.1), is_drawn("0197-ffffffff", 1.0)
    (True, False, True)
    """
    return int(ranking_id[-8:], 16) < share * _SHARES


def exposure_of(
    call: Call, decision: Decision, outcome: Outcome, latency_ms: float, served_share: float
) -> bytes:
    """Return the fact: the listing in the shop's order, each item with its answered index (None: cut by the limit)."""
    rows = outcome.served if is_drawn(call.ranking_id, served_share) else None
    draw = outcome.draw
    return orjson.dumps(
        {
            "ranking_id": call.ranking_id,
            "time": call.at,
            "received_at": call.at,
            "visitor_id": call.visitor_id,
            "session_id": call.session_id,
            "page": call.page,
            "consent": call.consent,
            **({} if call.user_agent is None else {"user_agent": call.user_agent}),
            "arm": decision.arm,
            "experiment": decision.experiment,
            "window": decision.window,
            "source": decision.source,
            "personalized": outcome.reason is None,
            "reason": outcome.reason,
            "model": outcome.model,
            "context": {name: call.context.get(name) for name in _CONTEXT},
            "items": _items(call, outcome),
            "said": _said(call),
            "recommends": call.recommends,
            "candidates": len(call.item_ids),
            "served": None if rows is None else b64encode(rows.tobytes()).decode(),
            "latency_ms": latency_ms,
            "rules": [rule for rule, effect in outcome.effects.items() if effect.verdict is Verdict.CHANGED],
            "shadow": outcome.shadow,
            "shadow_model": outcome.shadow_model,
            "exploration": draw and draw.share,
            "temperature": draw and draw.temperature,
            "propensity": draw and draw.propensity,
            "moved": None if outcome.shadow is None else moved(outcome.order, outcome.shadow),
        }
    )


def _items(call: Call, outcome: Outcome) -> Columns:
    ids, said = call.listing.item_ids, call.listing.said
    stated = said if any(said) else ()
    indexes: list[int | None] = [None] * len(ids)
    for index, place in enumerate(outcome.order[: call.limit]):
        indexes[place] = index
    return columns(
        item_id=ids,
        index=indexes,
        score=outcome.scores or (),
        price=[item and item.get("price") for item in stated],
        in_stock=[item and item.get("in_stock") for item in stated],
    )


def moved(shown: Sequence[int], other: Sequence[int]) -> float:
    """Return the share of indexes at which two orders of the same items differ; 0 where there are none.

    >>> moved([0, 1, 2, 3], [0, 2, 1, 3])
    0.5
    """
    return sum(a != b for a, b in zip(shown, other, strict=True)) / max(len(shown), 1)


def _said(call: Call) -> str | None:
    """Return what the call said about its items, as JSON parallel to the listing, for a replay to say it again."""
    said = call.listing.said
    return orjson.dumps(said).decode() if any(said) else None
