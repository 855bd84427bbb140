"""Exploration: a few rankings are drawn instead of sorted, so that the log tells what visitors do with other orders.

An order is drawn item by item, each with a chance that grows with its score among those left: the Plackett-Luce model
(Plackett 1975; Luce 1959). The id of the ranking draws, so that whoever has id and scores can draw it again.
"""

from hashlib import blake2b
from typing import Final, NamedTuple

import numpy as np

from service.ranking.forest import Scores
from service.ranking.ranker import Order

TEMPERATURE: Final = 0.5  # of a listing's spread of scores, so that it means the same for every model
_ANY: Final = 1.0  # where all scores are equal: whatever the temperature, each order is as likely
_PERSON: Final = b"explore"  # apart from what else is drawn from an id
_HALF: Final = 2.0**64


class Drawn(NamedTuple):
    """An order that was drawn."""

    order: Order  # (n,) shop indices, the first drawn first
    propensity: Scores  # (n,) by shop index: the chance of the item among those left when it was drawn
    temperature: float  # what scores were divided by


def explores(ranking_id: str, share: float) -> bool:
    """Tell whether a ranking is one of the `share` that are drawn.

    >>> explores("0197", 0.0), explores("0197", 1.0)
    (False, True)
    """
    return share > 0.0 and _drawn_words(ranking_id)[0] / _HALF < share


def temperature_of(scores: Scores) -> float:
    """Return what a listing's scores are divided by: TEMPERATURE of their standard deviation.

    >>> temperature_of(np.array([1.0, 3.0])), temperature_of(np.array([2.0, 2.0]))
    (0.5, 1.0)
    """
    spread = float(np.std(scores)) if len(scores) else 0.0
    return TEMPERATURE * spread or _ANY


def drawn(scores: Scores, ranking_id: str) -> Drawn:
    """Draw the order of a listing: a score plus a Gumbel noise each, sorted, is a Plackett-Luce draw (Yellott 1977).

    No candidates give an empty order; one has propensity 1.
    """
    temperature = temperature_of(scores)
    logits = (scores - scores.max(initial=-np.inf)) / temperature  # sharp also where all are far from 0
    raw = np.random.Philox(key=_drawn_words(ranking_id)[1]).random_raw(len(scores))
    uniform = ((raw >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53  # never 0, never 1
    order = np.argsort(-(logits - np.log(-np.log(uniform))), kind="stable")
    return Drawn(order, propensity(logits, order), temperature)


def propensity(logits: Scores, order: Order) -> Scores:
    """Return by shop index the chance of each item among those left when it came, shape (n,).

    Their product is the chance of the whole order. Three items, the second twice as likely as each other, as 1, 0, 2:

    >>> propensity(np.log([1.0, 2.0, 1.0]), np.array([1, 0, 2])).round(3).tolist()
    [0.5, 0.5, 1.0]
    """
    chances = np.empty(len(order))
    ordered = logits[order]
    left = np.logaddexp.accumulate(ordered[::-1])[::-1] if len(order) else ordered
    chances[order] = np.exp(ordered - left)
    return chances


def _drawn_words(ranking_id: str) -> tuple[int, int]:
    """Return two independent numbers of 64 bits: whether, and how."""
    digest = blake2b(ranking_id.encode(), digest_size=16, person=_PERSON).digest()
    return int.from_bytes(digest[:8]), int.from_bytes(digest[8:])
