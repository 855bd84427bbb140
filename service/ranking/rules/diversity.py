"""Diversity: at most so many in a row with the same value of an attribute."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from features.attributes import NO_CODE
from features.compiled import jit
from service.ranking.rules.effect import CHANGED, SAME, Effect, overridden
from service.ranking.rules.pin import Places, pinned
from service.ranking.rules.selection import Listed


@dataclass(frozen=True, slots=True)
class Diversity:
    """A rule that lets at most `at_most` items in a row share the value in a slot."""

    id: str
    slot: int
    at_most: int


class Run:
    """How long the run of one value at the end of the list is."""

    def __init__(self, rule: Diversity, codes: Sequence[int]) -> None:
        self.rule = rule
        self.codes = codes
        self._value = NO_CODE
        self._length = 0

    @property
    def full_of(self) -> int:
        """The value of which no more may follow; NO_CODE where any may, as do items whose value nobody knows."""
        return self._value if self._length >= self.rule.at_most else NO_CODE

    def add(self, place: int) -> None:
        """Take an item to the end of the list."""
        value = self.codes[place]
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
    result = pinned(order, kept)
    if not (strictest := _strictest(rules, effects)):
        return result
    codes, places = listed.candidates.slots, np.array(result, np.intp)
    if all(_longest_run(codes, rule.slot, places) <= rule.at_most for rule in strictest):
        return result
    runs = [Run(rule, codes[:, rule.slot].tolist()) for rule in strictest]
    return spread(order, kept, runs, effects)


@jit
def _longest_run(codes: npt.NDArray[np.uint16], slot: int, order: npt.NDArray[np.intp]) -> int:
    """Return the most that stand in a row with the same code in a slot; whose code nobody knows, is in no run."""
    longest = length = 0
    last = NO_CODE
    for place in order:
        code = codes[place, slot]
        length = 1 if code != last or code == NO_CODE else length + 1
        longest, last = max(longest, length), code
    return longest


def spread(order: Sequence[int], kept: Places, runs: Sequence[Run], effects: dict[str, Effect]) -> list[int]:
    """Return the list place by place: what `filled` returns, where no run is too long as well."""
    used = set(kept.exact.values())
    left = [place for place in order if place not in used]
    result: list[int] = []
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


def _strictest(rules: Sequence[Diversity], effects: dict[str, Effect]) -> list[Diversity]:
    """Return one rule per attribute, the one that lets the fewest follow each other; it overrides the others."""
    by_slot: dict[int, Diversity] = {}
    for rule in sorted(rules, key=lambda rule: rule.at_most):
        strictest = by_slot.setdefault(rule.slot, rule)
        effects[rule.id] = SAME if strictest is rule else overridden(strictest.id)
    return list(by_slot.values())


def _first(left: Sequence[int], runs: Sequence[Run], effects: dict[str, Effect]) -> int:
    """Return the first item that no rule refuses, else the first; the rules that pass one over have an effect."""
    full = [(run.codes, run.full_of, run.rule.id) for run in runs if run.full_of != NO_CODE]
    if not full:
        return left[0]
    refusing: set[str] = set()
    for place in left:
        refusals = [rule for codes, value, rule in full if codes[place] == value]
        if not refusals:
            effects.update(dict.fromkeys(refusing, CHANGED))
            return place
        refusing.update(refusals)
    return left[0]
