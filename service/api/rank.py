"""POST /v1/rank: the visitor's order of a listing."""

from typing import Annotated, Any, Final, NotRequired

from flask import Response
from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from service.api.auth import Access, Caller
from service.api.browsers import user_agent
from service.api.endpoint import Endpoint, answer_of, body_as
from service.api.problems import Forbidden, refused
from service.api.rates import check_visitor
from service.contract.listing import RANK_REQUEST, repeated
from service.contract.verdicts import FieldError
from service.deps import Deps
from service.ranking.reasons import Why
from service.rankings.arrange import arranged
from service.rankings.call import Arrival, Call, call_of, respecting
from service.rankings.compute import compute
from service.rankings.decide import SHADOW, Decision, decide
from service.rankings.explain import explained
from service.rankings.explore import explored
from service.rankings.outcome import Outcome, in_shadow, shop_order
from service.rankings.read import read
from service.rankings.reasons import Reason, ShopOrder
from service.rankings.write import write

PRIVATE: Final = {"Cache-Control": "private, no-store"}


class ReasonAnswer(TypedDict):
    """A reason; `weight` is by how much of the score it puts the item above the list's median one, null of a rule."""

    reason: Why
    weight: float | None


class RankedItem(TypedDict):
    """An item at its place; the score only compares items of one ranking, and is null in the shop's order."""

    item_id: str
    index: int
    score: float | None
    reasons: NotRequired[
        Annotated[list[ReasonAnswer], Field(description="Where `explain` asks, strongest first.")]
    ]
    because: NotRequired[
        Annotated[dict[str, str] | None, Field(description="The two strongest in words, by language.")]
    ]


class RankAnswer(TypedDict):
    """The listing in the order to show it."""

    ranking_id: Annotated[str, Field(description="Send it with the events that this listing leads to.")]
    page: str
    personalized: bool
    reason: Annotated[
        Reason | None, Field(description="Why the listing is not personalised; null where it is.")
    ]
    arm: str | None
    model: str | None
    explored: Annotated[
        bool, Field(description="Whether the order was drawn by the scores, not sorted by them.")
    ]
    items: list[RankedItem]
    unknown_items: Annotated[list[str], Field(description="Items that the catalogue does not hold.")]


def post_rank(deps: Deps, caller: Caller) -> Response:
    """Put a listing in the order most useful to this visitor now."""
    stage = deps.metrics.timings.stage
    with stage("parse"):
        call = parse(deps, caller)
    with stage("decide"):
        decision = decide(call, kill_switch=deps.settings.kill_switch)
    try:
        decision.or_shop_order()
        with stage("read"):
            state = read(deps, call)
        with stage("compute"):
            outcome = explored(call, decision, compute(deps, call, state))
    except ShopOrder as early:
        outcome = shop_order(call, early.reason)
    if decision.arm == SHADOW:
        outcome = in_shadow(call, outcome)
    outcome = arranged(deps, call, outcome)
    with stage("write"):
        write(deps, call, decision, outcome)
    with stage("answer"):
        return answer(deps, call, decision, outcome)


def parse(deps: Deps, caller: Caller) -> Call:
    """Return the call that the request makes; raises a Problem where it is not one that this key may make."""
    arrival = Arrival(deps.clock(), deps.timer(), user_agent())
    request = body_as(RANK_REQUEST)
    if request["time"] is not None and not caller.is_trusted:
        wrong = FieldError("time", "secret_key_needed", "Only a secret key may state the time of a ranking")
        raise Forbidden("secret_key_needed", wrong.message, [wrong])
    call = call_of(request, caller.shop, deps.new_id(arrival.now), arrival, deps.settings.deadline_ms)
    if twice := repeated(call.item_ids):
        raise refused(twice)
    check_visitor(deps, caller, call.visitor_id)
    return respecting(call, deps.objections)


def answer(deps: Deps, call: Call, decision: Decision, outcome: Outcome) -> Response:
    """Return the beginning of the order, as far as was asked for."""
    deps.metrics.ranked(call.shop_name, outcome.reason)()
    took = deps.timer() - call.began
    deps.metrics.timings.took("total", took)
    if not call.explain:  # which takes its time, and somebody asked for it
        deps.shedding.ranked(took)
    body: dict[str, Any] = {
        "ranking_id": call.ranking_id,
        "page": call.page,
        "personalized": outcome.reason is None,
        "reason": outcome.reason,
        "arm": decision.arm,
        "model": outcome.model,
        "explored": outcome.draw is not None,
        "items": _items(deps, call, outcome),
        "unknown_items": deps.tables.of(call.shop.shop).uncatalogued(call.item_ids),
    }
    return answer_of(body, PRIVATE)


def _items(deps: Deps, call: Call, outcome: Outcome) -> list[dict[str, Any]]:
    ids, scores = call.item_ids, None if outcome.reason is Reason.SHADOW else outcome.scores
    shown = outcome.order[: call.limit]
    items: list[dict[str, Any]] = [
        {"item_id": ids[i], "index": n, "score": None if scores is None else scores[i]}
        for n, i in enumerate(shown)
    ]
    if call.explain:
        told = explained(deps, call, outcome)
        return [{**item, **told[i]} for item, i in zip(items, shown, strict=True)]
    return items


ENDPOINTS: Final = (
    Endpoint(
        "POST",
        "/v1/rank",
        post_rank,
        Access.PUBLISHABLE,
        "Order a listing for a visitor",
        RANK_REQUEST,
        TypeAdapter(RankAnswer),
        "The answer is a permutation of the listing, cut to `limit`. Every well-formed call is answered with 200; "
        "where the order is the shop's own, `reason` says why.",
    ),
)
