"""Hide: items that are not shown."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from service.ranking.rules.effect import CHANGED, NOTHING, Effect, overridden
from service.ranking.rules.selection import Listed, Selection


@dataclass(frozen=True, slots=True)
class Hide:
    """A rule that hides what it selects."""

    id: str
    selection: Selection


def hidden_by(hides: Sequence[Hide], listed: Listed, effects: dict[str, Effect]) -> dict[int, str]:
    """Return the places of the shop's order that are hidden, each with the first rule that hides it."""
    hidden: dict[int, str] = {}
    for hide in hides:
        chosen = np.nonzero(hide.selection.mask(listed))[0].tolist()
        fresh = [place for place in chosen if place not in hidden]
        effects[hide.id] = CHANGED if fresh else overridden(hidden[chosen[0]]) if chosen else NOTHING
        hidden.update(dict.fromkeys(fresh, hide.id))
    return hidden
