"""Diversity: at most so many in a row with the same value of an attribute."""

from collections.abc import Sequence
from dataclasses import dataclass

from features.attributes import NO_CODE
from service.ranking.rules.effect import CHANGED, SAME, Effect
from service.ranking.rules.pin import Places
from service.ranking.rules.selection import Listed


@dataclass(frozen=True, slots=True)
class Diversity:
    """A rule that lets at most `at_most` items in a row share the value in a slot."""

    id: str
    slot: int
    at_most: int


class _Run:
    """How long the run of one value at the end of the list is."""

    def __init__(self, rule: Diversity, codes: Sequence[int]) -> None:
        self.rule = rule
        self._codes = codes
        self._value = NO_CODE
        self._length = 0

    def refuses(self, place: int) -> bool:
        """Tell whether an item would make the run too long; an item whose value nobody knows never does."""
        return self._length >= self.rule.at_most and self._codes[place] == self._value != NO_CODE

    def add(self, place: int) -> None:
        value = self._codes[place]
        self._length = self._length + 1 if value == self._value else 1
        self._value = value


def filled(
    order: Sequence[int],
    kept: Places,
    rules: Sequence[Diversity],
    listed: Listed,
    effects: dict[str, Effect],
) -> list[int]:
    """Return the places of `order` as a list in which pins have what is kept for them.

    Every other index takes the first of those left that no rule refuses, and where all are refused the first:
    a rule that cannot be kept to the end of the list is kept as far as it goes. Pins are above diversity.
    """
    runs = [_Run(rule, listed.candidates.slots[:, rule.slot].tolist()) for rule in rules]
    used = set(kept.exact.values())
    left = [place for place in order if place not in used]
    result: list[int] = []
    effects.update((rule.id, SAME) for rule in rules)
    for index in range(len(order)):
        place = kept.exact.get(index)
        if place is None:
            place = kept.latest.get(index)
            if place is None or place in used:
                place = _first(left, runs, effects)
            left.remove(place)
            used.add(place)
        for run in runs:
            run.add(place)
        result.append(place)
    return result


def _first(left: Sequence[int], runs: Sequence[_Run], effects: dict[str, Effect]) -> int:
    """Return the first item that no rule refuses, else the first; the rules that pass one over have an effect."""
    refusing: set[str] = set()
    for place in left:
        refusals = [run.rule.id for run in runs if run.refuses(place)]
        if not refusals:
            effects.update(dict.fromkeys(refusing, CHANGED))
            return place
        refusing.update(refusals)
    return left[0]
