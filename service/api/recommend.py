"""POST /v1/recommend: items for a place on a page, without a list of the shop's."""

from typing import Final

from flask import Response
from pydantic import TypeAdapter

from features.candidates import Listing
from service.api.auth import Access, Caller
from service.api.browsers import user_agent
from service.api.endpoint import Endpoint, body_as
from service.api.problems import Forbidden
from service.api.rank import RankAnswer, answer
from service.api.rates import check_visitor
from service.contract.recommendation import RECOMMEND_REQUEST, RecommendRequest
from service.contract.verdicts import FieldError
from service.deps import Deps
from service.rankings.arrange import arranged
from service.rankings.call import Arrival, Call, respecting
from service.rankings.decide import SHADOW, decide
from service.rankings.outcome import in_shadow
from service.rankings.reasons import ShopOrder
from service.rankings.suggest import Wanted, in_own_order, ranked, shown, suggest
from service.rankings.write import write


def post_recommend(deps: Deps, caller: Caller) -> Response:
    """Suggest items to this visitor now."""
    call, wanted = parse(deps, caller)
    decision = decide(call, kill_switch=deps.settings.kill_switch)
    suggestion = suggest(deps, call, decision, wanted)
    call = suggestion.call
    try:
        decision.or_shop_order()
        outcome = ranked(deps, suggestion)
    except ShopOrder as early:
        outcome = in_own_order(suggestion, early.reason)
    if decision.arm == SHADOW:
        outcome = in_shadow(call, outcome)
    call, outcome = shown(call, arranged(deps, call, outcome))
    write(deps, call, decision, outcome)
    return answer(deps, call, decision, outcome)


def parse(deps: Deps, caller: Caller) -> tuple[Call, Wanted]:
    """Return the call that the request makes; raises a Problem where it is not one that this key may make."""
    arrival = Arrival(deps.clock(), deps.timer(), user_agent())
    request: RecommendRequest = body_as(RECOMMEND_REQUEST)
    if request["time"] is not None and not caller.is_trusted:
        wrong = FieldError("time", "secret_key_needed", "Only a secret key may state the time of a ranking")
        raise Forbidden("secret_key_needed", wrong.message, [wrong])
    said = request["consent"]
    consent = request["visitor_id"] is not None if said is None else said
    call = Call(
        ranking_id=deps.new_id(arrival.now),
        shop=caller.shop,
        page=request["page"],
        visitor_id=request["visitor_id"] if consent else None,
        session_id=request["session_id"] if consent else None,
        consent=consent,
        listing=Listing((), ()),
        context=request["context"] or {},
        limit=request["n"],
        at=arrival.now if request["time"] is None else request["time"],
        now=arrival.now,
        began=arrival.timer,
        deadline=arrival.timer + (request["deadline_ms"] or deps.settings.deadline_ms) / 1000,
        explain=request["explain"],
        recommends=True,
        user_agent=arrival.user_agent,
    )
    check_visitor(deps, caller, call.visitor_id)
    wanted = Wanted(request["n"], request["item_id"], request["items"] or (), request["exclude"] or ())
    return respecting(call, deps.objections), wanted


ENDPOINTS: Final = (
    Endpoint(
        "POST",
        "/v1/recommend",
        post_recommend,
        Access.PUBLISHABLE,
        "Suggest items to a visitor",
        RECOMMEND_REQUEST,
        TypeAdapter(RankAnswer),
        "Up to `n` items: what others looked at beside what this visitor looks at, what goes with an item (`item_id`) "
        "or a cart (`items`), what was looked at before, what is popular on the page, what is new. Nothing that is "
        "excluded, hidden by a rule, sold out, or in the request itself. The answer is that of POST /v1/rank; where it "
        "is not personalised, the items stand by their own worth, and `reason` says why. With `explain`, what a model "
        "chose carries its reasons.",
    ),
)
