"""Why an item is recommended, in terms that a shopper knows: what the columns of sessions add to its score."""

from typing import Final

import numpy as np

from features.sessions.columns import NAMES
from service.ranking.forest import Matrix, Scores
from service.ranking.reasons import Mask, Reason, Why, above_median

_SEEN: Final = ("steps_since_looked_at", "times_looked_at")
_POPULAR: Final = ("looks", "heat")
_OF_SESSION: Final = (  # the same for all candidates: they tell none from the others
    *("items_looked_at", "looks_at_the_last_item"),
    *("top_similarity", "top_sessions", "top_looks_right_after"),
)
# A reason is only given of an item of which it is true.
_TRUE_WHERE_POSITIVE: Final = {
    Why.SEEN: ("times_looked_at",),
    Why.TOGETHER: ("sessions_with_it", "looks_beside_all_items", "looks_ahead_of_the_last_item"),
}


def why_of(name: str) -> Why | None:
    """Return the reason that a column counts towards; None for what says the same of every candidate.

    >>> why_of("heat"), why_of("looks_beside_all_items"), why_of("top_sessions")
    (<Why.POPULAR: 'popular'>, <Why.TOGETHER: 'viewed_together'>, None)
    """
    if name in _OF_SESSION:
        return None
    return Why.SEEN if name in _SEEN else Why.POPULAR if name in _POPULAR else Why.TOGETHER


def next_item_reasons(X: Matrix, contributions: Scores) -> list[list[Reason]]:
    """Return what puts each candidate above the median one, per row, the strongest first.

    `X`, the rows as scored, and `contributions`, what each column adds, have shape (n, COLUMNS).
    """
    truth = {why: _any_positive(X, names) for why, names in _TRUE_WHERE_POSITIVE.items()}
    truth[Why.POPULAR] = np.ones(len(X), np.bool_)
    return above_median([why_of(name) for name in NAMES], truth, contributions)


def _any_positive(X: Matrix, names: tuple[str, ...]) -> Mask:
    return np.asarray((X[:, [NAMES.index(name) for name in names]] > 0).any(axis=1))
