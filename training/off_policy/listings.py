"""Drawn listings as logged decisions: which item to put first, then second, and so on down the list.

The chance of an item among those left, which the exposure holds, is all that is needed: no chance is guessed. A place
counts where the judged order agrees with the shown one there and above it, so clicks at a place may depend on what
stands above it, as they do for people who read from the top (McInerney et al. 2020, "Counterfactual evaluation of slate
recommendations with sequential reward interactions"). With one place nothing at all is assumed of what people do.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from service.ranking.model import Scorer
from training.dataset import Dataset
from training.metrics.ties import Floats, Ints
from training.off_policy.doubly_robust import Guess, mean_by_group
from training.off_policy.estimate import Estimate, difference
from training.off_policy.logged import Logged
from training.off_policy.snips import snips
from training.off_policy.weights import clipped, effective_size

FOLDS: Final = 5
FEWEST_EFFECTIVE: Final = 100.0  # listings, of each model's own: fewer give no interval worth its name
_BANDS: Final = np.array([1, 4, 10, 25])  # places of the shop's order, from the top down


def drawn_listings(data: Dataset) -> Dataset:
    """Return the listings whose order was drawn; none where the log does not say."""
    if data.shown is None:
        return data.listings(np.zeros(len(data), np.bool_))
    return data.listings(data.shown.drawn(data.group))


def as_logged(drawn: Dataset, scores: Floats, places: int = 1) -> tuple[Logged, Guess]:
    """Return drawn listings with what sorting by `scores` (rows,) would have put at the first `places`, (L, places).

    The reward of a place is whether its item was clicked, put in the cart or bought. Equal scores keep the shop's
    order, as in an answer. The guess is the mean reward of the place by page type and by where the shop itself had the
    item, from other sessions. A list that is shorter than `places` has no reward and full weight beyond its end.
    """
    shown = drawn.shown
    if shown is None:
        raise ValueError("nothing was drawn: there is no chance to weigh with")
    first = np.cumsum(drawn.group) - drawn.group
    listing = np.repeat(np.arange(len(drawn)), drawn.group)
    was = _top(shown.index.astype(np.float64), listing, first, drawn.group, places)
    would = _top(-scores, listing, first, drawn.group, places)
    there = was >= 0
    chance: Floats = np.where(there, shown.propensity[was], 1.0)
    agrees = np.asarray(was == would, np.float64)
    weight = np.cumprod(agrees / chance, axis=1, dtype=np.float64)
    reward = (there & (drawn.label[was] > 0)).astype(np.float64)
    logged = Logged(weight, reward, drawn.session.astype(np.int64))
    return logged, _guess(drawn, logged, was, would)


def lift_on_drawn(drawn: Dataset, ours: Scorer, theirs: Scorer, *, seed: int) -> tuple[Estimate, float]:
    """Return by how much oftener the item that `ours` puts first is wanted than that of `theirs`, by SNIPS.

    Beside it the effective number of listings, of the one with fewer.
    """
    mine, other = (first_place(drawn, scorer) for scorer in (ours, theirs))
    effective = min(effective_size(logged.weight[:, 0]) for logged in (mine, other))
    return difference(snips(mine), snips(other), mine.cluster, seed=seed), effective


def first_place(drawn: Dataset, scorer: Scorer) -> Logged:
    """Return drawn listings with the item that a model would put first, weights clipped."""
    scores = np.nan_to_num(scorer.score(drawn.X), nan=-np.inf)
    return clipped(as_logged(drawn, scores)[0]).logged


def _top(key: Floats, listing: Ints, first: Ints, group: npt.NDArray[np.int32], places: int) -> Ints:
    """Return the rows with the least keys of each listing, (L, places); -1 beyond its end."""
    order = np.lexsort((np.arange(len(key)), key, listing))
    wanted = first[:, None] + np.arange(places)
    inside = np.arange(places) < group[:, None]
    return np.where(inside, order[np.minimum(wanted, max(len(order) - 1, 0))], -1)


def _guess(drawn: Dataset, logged: Logged, was: Ints, would: Ints) -> Guess:
    _, kind = np.unique([page.partition("/")[0] for page in drawn.page], return_inverse=True)
    band = np.searchsorted(_BANDS, drawn.shop_index, side="right")
    fold = logged.cluster % FOLDS
    chosen, judged = np.zeros_like(logged.reward), np.zeros_like(logged.reward)
    for place in range(logged.reward.shape[1]):
        seen, aimed = (kind * (len(_BANDS) + 1) + band[rows[:, place]] for rows in (was, would))
        reward = logged.reward[:, place]
        chosen[:, place] = mean_by_group(reward, seen, seen, fold)
        judged[:, place] = mean_by_group(reward, seen, aimed, fold)
    return Guess(chosen, judged)
