"""The candidates of a recommendation: in their own order, what a listing's shop order is to a ranking."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from features.candidates import Listing
from features.identity import hash64, session_hash
from features.sessions.index import Asked, Suggested
from features.sessions.trail import NOBODY, session_key
from features.sessions.walk import Floats
from features.visit import Visit
from service.contract.recommendation import MOST
from service.deps import Deps
from service.ranking import Scorer, ordered
from service.ranking.model import Explaining
from service.ranking.next_item_reasons import next_item_reasons
from service.ranking.reasons import Reason as Why
from service.rankings.call import Call
from service.rankings.decide import Decision
from service.rankings.outcome import Outcome
from service.rankings.read import read
from service.rankings.reasons import Reason, ShopOrder

EARLIER_ITEMS: Final = 20  # items of earlier sessions that are candidates again
_OF_THE_VISITOR: Final = frozenset(
    {None, Reason.SHADOW, Reason.CONTROL}
)  # decisions that let them be looked at
_NOBODY: Final = Visit.of(None, None, 0, 0.0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a recommendation should go with, and what it should leave out."""

    n: int
    item_id: str | None
    cart: Sequence[str]
    exclude: Sequence[str]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The call with its candidates as the listing, what is known of them, and why no more is (None: all is well)."""

    call: Call
    items: Suggested
    reason: Reason | None


def suggest(deps: Deps, call: Call, decision: Decision, wanted: Wanted) -> Suggestion:
    """Return the candidates for a call, the best first by their own worth.

    The control gets them by that worth alone; where a page is off, or nothing may be known of the visitor, they are
    what goes with the item and the cart, and what is popular. A shop where nothing was looked at has none.
    """
    visit, reason = _visit(deps, call) if decision.reason in _OF_THE_VISITOR else (_NOBODY, None)
    items = deps.recent.of(call.shop_name).suggest(_asked(call, wanted, visit), MOST)
    listing = Listing(items.item_ids, [None] * len(items.item_ids))
    return Suggestion(replace(call, listing=listing, limit=min(wanted.n, len(items.item_ids))), items, reason)


def _visit(deps: Deps, call: Call) -> tuple[Visit, Reason | None]:
    """Return what the visitor did, and why it is not known where it is not."""
    try:
        state = read(deps, call)
    except ShopOrder as early:
        return _NOBODY, early.reason
    return state.visit, Reason.STORE_UNAVAILABLE if state.degraded else None


def _asked(call: Call, wanted: Wanted, visit: Visit) -> Asked:
    """Return the session under way, with the cart and the item that is looked at as its latest items."""
    with_these = [*wanted.cart, *(() if wanted.item_id is None else (wanted.item_id,))]
    touched = visit.touched["item"].tolist()
    session = int(visit.session["session"][-1]) if len(visit.session) else session_hash(call.session_id)
    earlier = dict.fromkeys(visit.earlier["item"][::-1].tolist())
    return Asked(
        touched=[*touched, *map(hash64, with_these)],
        own=NOBODY if call.visitor_id is None else session_key(call.visitor_id, session),
        page=call.page,
        earlier=[item for item in earlier if item not in set(touched)][:EARLIER_ITEMS],
        hidden=frozenset(map(hash64, (*with_these, *wanted.exclude))),
    )


def in_own_order(suggestion: Suggestion, reason: Reason) -> Outcome:
    """Return the candidates by their own worth."""
    return Outcome(list(range(len(suggestion.items.item_ids))), reason)


def ranked(deps: Deps, suggestion: Suggestion) -> Outcome:
    """Rank the candidates with the model of next items.

    Raises:
        ShopOrder: The visitor could not be read, there is no model, or the deadline passed.
    """
    call = suggestion.call
    if suggestion.reason not in (None, Reason.STORE_UNAVAILABLE):
        raise ShopOrder(suggestion.reason)
    if (model := deps.next_items.current(call.shop_name)) is None:
        raise ShopOrder(Reason.NO_MODEL)
    scores = model.forest.score(suggestion.items.X)
    if deps.timer() > call.deadline:
        raise ShopOrder(Reason.TIMEOUT)
    why = _why(model.forest, suggestion.items.X) if call.explain else None
    order = ordered(scores).tolist()
    return Outcome(order, suggestion.reason, scores.tolist(), model=model.version, why=why)


def _why(forest: Scorer, X: Floats) -> list[list[Why]] | None:
    return next_item_reasons(X, forest.contributions(X)) if isinstance(forest, Explaining) else None


def shown(call: Call, outcome: Outcome) -> tuple[Call, Outcome]:
    """Return the call and its outcome with the items alone that are answered, in the candidates' own order."""
    places = sorted(outcome.order[: call.limit])
    at = {place: new for new, place in enumerate(places)}
    ids = [call.item_ids[place] for place in places]
    scores = outcome.scores
    left = replace(
        outcome,
        order=[at[place] for place in outcome.order[: call.limit]],
        scores=None if scores is None else [scores[place] for place in places],
        lifted=frozenset(at[place] for place in outcome.lifted if place in at),
        why=None if outcome.why is None else [outcome.why[place] for place in places],
        shadow=None if outcome.shadow is None else _kept(outcome.shadow, at),
    )
    return replace(call, listing=Listing(ids, [None] * len(ids)), limit=len(ids)), left


def _kept(order: Sequence[int], at: dict[int, int]) -> list[int]:
    return [at[place] for place in order if place in at]
