"""The merchant's rules on an order, whoever made it: the model, or the shop."""

from dataclasses import replace

from features.candidates import Candidates
from service.deps import Deps
from service.pages.compiled import active
from service.pages.settings import rules_source
from service.ranking.rules import Listed, Rules, arrange
from service.rankings.call import Call
from service.rankings.outcome import Outcome
from service.rankings.read import read
from service.rankings.reasons import ShopOrder


def arranged(deps: Deps, call: Call, outcome: Outcome) -> Outcome:
    """Return the outcome with the page's rules applied to it, and to what a shadow would have shown.

    Where no page has rules, nothing runs. What rules ask of items that this process does not know is read; where that
    fails, they apply as far as the items are known.
    """
    if not any(rules := rules_of(call)):
        return outcome
    scored = outcome.candidates
    listed = Listed(call.item_ids, _candidates(deps, call, rules) if scored is None else scored, call.at)
    answered = arrange(outcome.order, listed, rules)
    shadow = None if outcome.shadow is None else arrange(outcome.shadow, listed, rules).order
    deps.tally.count(call.shop_name, rules_source(call.shop.pages, call.page) or call.page, answered.effects)
    return replace(
        outcome, order=answered.order, effects=answered.effects, lifted=answered.lifted, shadow=shadow
    )


def rules_of(call: Call) -> Rules:
    """Return the rules that hold for a call."""
    if not call.shop.rules or (source := rules_source(call.shop.pages, call.page)) is None:
        return Rules()
    return active(call.shop.rules[source], call.where(), call.at)


def _candidates(deps: Deps, call: Call, rules: Rules) -> Candidates:
    """Return a listing that nobody scored, as far as it is known where the rules ask for more than ids."""
    if rules.needs_facts:
        _read_items(deps, call)
    return deps.tables.of(call.shop.shop).candidates(call.listing)


def _read_items(deps: Deps, call: Call) -> None:
    """Read the items, and nothing of the visitor: most of what comes here may not be."""
    try:
        read(deps, replace(call, visitor_id=None))
    except ShopOrder:
        return
