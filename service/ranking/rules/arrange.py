"""All rules on one order: hide > pin > boost and bury > the order as it came, with diversity between the pins."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from service.ranking.rules.boost import Boost, boosted
from service.ranking.rules.diversity import Diversity, filled
from service.ranking.rules.effect import Effect
from service.ranking.rules.hide import Hide, hidden_by
from service.ranking.rules.pin import Pin, judge, kept_places
from service.ranking.rules.selection import Listed


class Rules(NamedTuple):
    """The rules that hold for one list, each kind in the merchant's order."""

    hides: tuple[Hide, ...] = ()
    pins: tuple[Pin, ...] = ()
    boosts: tuple[Boost, ...] = ()
    diversities: tuple[Diversity, ...] = ()

    def __bool__(self) -> bool:
        return any(self[:])

    @property
    def needs_facts(self) -> bool:
        """Whether some rule asks for more than the ids of the items."""
        selections = [rule.selection for rule in self.hides] + [rule.selection for rule in self.boosts]
        return bool(self.diversities) or any(selection.needs_facts for selection in selections)


class Arranged(NamedTuple):
    """An order, of places of the shop's order, without what is hidden; and what each rule did, by its id.

    `lifted` are the places that a pin or a boost speaks for.
    """

    order: list[int]
    effects: Mapping[str, Effect]
    lifted: frozenset[int] = frozenset()


def arrange(order: Sequence[int], listed: Listed, rules: Rules) -> Arranged:
    """Apply rules to an order, whoever made it: the model or the shop.

    The result holds each place of `order` once, but for the hidden ones. Which these are, and where hard pins stand,
    does not depend on the order. Without rules the order stays; where everything is hidden, nothing is left.
    """
    effects: dict[str, Effect] = {}
    hidden = hidden_by(rules.hides, listed, effects) if rules.hides else {}
    left = [place for place in order if place not in hidden]
    lifted: set[int] = set()
    left = boosted(left, rules.boosts, listed, effects, lifted)
    if not (rules.pins or rules.diversities):
        return Arranged(left, effects, frozenset(lifted))
    kept = kept_places(rules.pins, listed.item_ids, hidden, effects)
    result = filled(left, kept, rules.diversities, listed, effects)
    judge(kept, left, result, effects)
    return Arranged(result, effects, frozenset(lifted | kept.rule_of.keys()))
