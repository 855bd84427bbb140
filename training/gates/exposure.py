"""Whom a model lets be seen: new items, which it has little to go by, and the most viewed ones."""

from typing import Final

import numpy as np
import numpy.typing as npt

from service.ranking.model import Scorer
from training.baselines import as_served
from training.dataset import Dataset
from training.gate import Check

SEEN: Final = 10  # first places: what most shoppers look at
NEW_DAYS: Final = 14.0
FEWEST: Final = 0.01  # of the shop's own first places that are new: below it there is nothing to lose
LEAST_LEFT: Final = (
    0.2  # of what new items have in the shop's order: less, and the catalogue could never renew itself
)
MOST_VIEWED: Final = 0.9  # quantile


def new_items_are_seen(judged: Dataset, model: Scorer) -> Check:
    """Compare how many of the first SEEN places new items have in the model's order and in the shop's.

    How concentrated both are on the most viewed tenth of the rows is told, and blocks nothing: a shop may want it.
    """
    name = "new items are seen"
    ours = _first(judged, as_served(judged, np.nan_to_num(model.score(judged.X), nan=-np.inf)))
    theirs = _first(judged, -judged.shop_index.astype(np.float64))
    viewed = _concentration(judged, ours, theirs)
    age = judged.X[:, judged.names.index("age_days")]
    if np.isnan(age).all():
        return Check(name, passed=True, says=f"Nobody says when items were new. {viewed}")
    new = age <= NEW_DAYS
    before, after = float(new[theirs].mean()), float(new[ours].mean())
    passed = before < FEWEST or after >= LEAST_LEFT * before
    found = f"Items of at most {NEW_DAYS:.0f} days have {after:.1%} of the first {SEEN} places"
    says = f"{found}, {before:.1%} in the shop's order"
    if not passed:
        return Check(
            name, passed, f"{says}: too few ever to be known. Send created_at, or train on explored traffic."
        )
    return Check(name, passed, f"{says}. {viewed}")


def _first(data: Dataset, scores: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Return which rows are among the first SEEN of their listing, shape (rows,)."""
    listing = np.repeat(np.arange(len(data)), data.group)
    order = np.lexsort((-scores, listing))
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order)) - np.repeat(np.cumsum(data.group) - data.group, data.group)
    return place < SEEN


def _concentration(data: Dataset, ours: npt.NDArray[np.bool_], theirs: npt.NDArray[np.bool_]) -> str:
    views = data.X[:, data.names.index("log_views_30d")]
    if np.isnan(views).all():
        return "Nothing is known of views."
    most = views >= np.nanquantile(views, MOST_VIEWED)
    return (
        f"The most viewed tenth has {most[ours].mean():.1%} of the first {SEEN} places, "
        f"{most[theirs].mean():.1%} in the shop's order."
    )
