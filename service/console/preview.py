"""A ranking for nobody: a page's listing for a session that a merchant composes, with the code that serves.

Nothing is recorded: no exposure, no visitor, no count of rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson

from features.candidates import Listing
from features.facts import interactions_of
from features.identity import session_hash
from features.items import described
from features.visit import Visit
from service.console.place import Place
from service.deps import Deps
from service.directory import ShopSettings
from service.pages.compiled import compiled
from service.pages.rules import Rule
from service.pages.settings import KeptPage, rules_source
from service.rankings.arrange import arranged
from service.rankings.call import Call
from service.rankings.compute import compute
from service.rankings.explain import explained
from service.rankings.outcome import Outcome, shop_order
from service.rankings.read import State, read
from service.rankings.reasons import Reason, ShopOrder

MOST_VIEWED: Final = 10
_SESSION: Final = "preview"
_SECONDS: Final = 5.0  # a person waits longer than a shopper
_APART_SECONDS: Final = 30.0  # between two looks of the composed session


class Uncounted:
    """A tally that keeps nothing."""

    def count(self, *_: object) -> None:
        """Count nothing."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An item at its place; `moved` is how many places it stands above (+) or below (-) that of the shop's order."""

    item_id: str
    item: dict[str, Any] | None  # as the catalogue has it
    index: int
    moved: int
    because: dict[str, str] | None
    viewed: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """The shop's order and Balad's; `reason` is why that is the shop's too, `hidden` are items that rules leave out."""

    shop: list[Shown]
    balad: list[Shown]
    hidden: list[Shown]
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Composed:
    """What is looked at: a listing, what the session has just viewed, the newest last, and which rules hold."""

    item_ids: Sequence[str]
    viewed: Sequence[str]
    rules: Sequence[Rule] | None  # None: none at all


def preview(place: Place, composed: Composed) -> Preview:
    """Rank a listing for a composed session. Raises StoreUnavailable where items cannot be read."""
    desk = place.desk
    deps = replace(desk.deps, tally=Uncounted())  # type: ignore[arg-type]
    wanted = list(dict.fromkeys([*composed.item_ids, *composed.viewed]))
    texts = deps.store.get_items(desk.shop_name, wanted)
    items = {i: None if text is None else orjson.loads(text) for i, text in texts.items()}
    call = _call(place, deps, composed)
    try:
        state = read(deps, call)
        outcome = compute(deps, call, _with_session(state, place, composed.viewed, items))
    except ShopOrder as early:
        outcome = shop_order(call, early.reason)
    outcome = arranged(deps, call, outcome)
    because = [told["because"] for told in explained(deps, call, outcome)]
    return _laid_out(composed, outcome, items, because)


def _call(place: Place, deps: Deps, composed: Composed) -> Call:
    now, timer = deps.clock(), deps.timer()
    return Call(
        ranking_id="preview",
        shop=_ruled(place, composed.rules),
        page=place.page,
        visitor_id=None,
        session_id=_SESSION,
        consent=True,
        listing=Listing(list(composed.item_ids), [None] * len(composed.item_ids)),
        context={},
        limit=len(composed.item_ids),
        at=now,
        now=now,
        began=timer,
        deadline=timer + _SECONDS,
        explain=True,
    )


def _ruled(place: Place, rules: Sequence[Rule] | None) -> ShopSettings:
    """Return the shop with these rules for the page and for whatever it would inherit them from."""
    shop = place.settings
    if rules is None:
        return replace(shop, rules={})
    source = rules_source(shop.pages, place.page) or place.page
    pages = dict(shop.pages)
    if source in pages:
        pages[source] = pages[source].model_copy(update={"rules": list(rules)})
    else:
        pages[source] = KeptPage.model_construct(rules=list(rules))
    return replace(shop, pages=pages, rules={**shop.rules, source: compiled(rules, shop.shop.attributes)})


def _with_session(
    state: State, place: Place, viewed: Sequence[str], items: dict[str, dict[str, Any] | None]
) -> State:
    """Return the state of a visitor who has just looked at these items, and at nothing else."""
    now, attributes = place.desk.now, place.desk.shop.attributes
    records = b"".join(
        interactions_of(
            _look(item_id, now - _APART_SECONDS * (len(viewed) - n)),
            lambda i: described(items.get(i), attributes),
        )
        for n, item_id in enumerate(viewed)
    )
    return replace(state, visit=Visit.of(records, b"", session_hash(_SESSION), now))


def _look(item_id: str, at: float) -> dict[str, Any]:
    return {
        "name": "view_item",
        "visitor_id": _SESSION,
        "session_id": _SESSION,
        "time": at,
        "detail": None,
        "items": [{"item_id": item_id, "price": None, "index": None}],
    }


def _laid_out(
    composed: Composed,
    outcome: Outcome,
    items: dict[str, dict[str, Any] | None],
    because: list[dict[str, str] | None],
) -> Preview:
    ids, index_of = composed.item_ids, {place: index for index, place in enumerate(outcome.order)}

    def shown(place: int, index: int, moved: int) -> Shown:
        item_id = ids[place]
        return Shown(item_id, items.get(item_id), index, moved, because[place], item_id in composed.viewed)

    shop = [shown(place, place, 0) for place in range(len(ids))]
    balad = [shown(place, index, place - index) for index, place in enumerate(outcome.order)]
    hidden = [shown(place, place, 0) for place in range(len(ids)) if place not in index_of]
    return Preview(shop, balad, hidden, outcome.reason)
