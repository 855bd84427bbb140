"""Pins: items with a place of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from service.ranking.rules.effect import CHANGED, NOTHING, SAME, Effect, overridden


@dataclass(frozen=True, slots=True)
class Pin:
    """A rule that gives an item the place `index`; where `soft`, that place or a higher one."""

    id: str
    item_id: str
    index: int
    soft: bool = False


@dataclass(slots=True)
class Places:
    """Which index of the list is kept for which place of the shop's order, and by which rule."""

    exact: dict[int, int] = field(default_factory=dict)
    latest: dict[int, int] = field(default_factory=dict)  # unless the item stands higher by itself
    rule_at: dict[int, str] = field(default_factory=dict)
    rule_of: dict[int, str] = field(default_factory=dict)


def kept_places(
    pins: Sequence[Pin],
    item_ids: Sequence[str],
    hidden: Mapping[int, str],
    effects: dict[str, Effect],
) -> Places:
    """Return the places that pins keep in a list of those items that are not hidden.

    Hard pins come first, then soft ones, each in the order of the rules. A place beyond the list is its last one. Where
    a place is taken, a hard pin takes the next free one below, then above; a soft one above, then below; it counts as
    overridden. Of two pins of one item the first holds.
    """
    length, kept = len(item_ids) - len(hidden), Places()
    named = {pin.item_id for pin in pins}
    place_of = {item_id: place for place, item_id in enumerate(item_ids) if item_id in named}
    for pin in sorted(pins, key=lambda pin: pin.soft):
        place = place_of.get(pin.item_id)
        if place is None:
            effects[pin.id] = NOTHING
        elif place in hidden:
            effects[pin.id] = overridden(hidden[place])
        elif place in kept.rule_of:
            effects[pin.id] = overridden(kept.rule_of[place])
        else:
            wanted = min(pin.index, length - 1)
            if wanted in kept.rule_at and (not pin.soft or _no_room_above(wanted, kept)):
                effects[pin.id] = overridden(kept.rule_at[wanted])
            index = _free(wanted, length, kept.rule_at, above=pin.soft)
            (kept.latest if pin.soft else kept.exact)[index] = place
            kept.rule_at[index] = kept.rule_of[place] = pin.id
    return kept


def pinned(order: Sequence[int], kept: Places) -> list[int]:
    """Return the places of `order` with each pin at its index; what is pinned softly and stands higher, stays there."""
    exact = set(kept.exact.values())
    result = [place for place in order if place not in exact]
    for index, place in sorted((kept.exact | kept.latest).items()):  # what stands above an index is final
        if place not in exact:
            if place in result[:index]:
                continue
            result.remove(place)
        result.insert(index, place)
    return result


def judge(kept: Places, before: Sequence[int], after: Sequence[int], effects: dict[str, Effect]) -> None:
    """Say of each pin that held whether it moved its item from where it stood without pins."""
    stands = {place: index for index, place in kept.exact.items()}
    for place, rule in kept.rule_of.items():
        if rule not in effects:
            index = stands[place] if place in stands else after.index(place)
            effects[rule] = SAME if before[index] == place else CHANGED


def _no_room_above(wanted: int, kept: Places) -> bool:
    return all(index in kept.rule_at for index in range(wanted))


def _free(wanted: int, length: int, taken: Mapping[int, str], *, above: bool) -> int:
    """Return the free index nearest to the one wanted, first on one side, then on the other. One is free."""
    up, down = range(wanted, -1, -1), range(wanted, length)
    sides = (up, down) if above else (down, up)
    return next(index for side in sides for index in side if index not in taken)
