"""Rolling origin: the same recipe trained several times, each time on what lies before a stretch it is judged on.

One cut may fall on a lucky week. Here every stretch of the later log is judged once, by a model that knows what came
before it and nothing else; see `window.cut` for what is left out around each cut.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from service.ranking.forest import Forest
from training.baselines import as_served, shop_order
from training.bootstrap import Interval, difference
from training.dataset import Dataset
from training.evaluate import DECIDING, METRICS, Evaluation, evaluate
from training.fit import Forester, with_positives
from training.metrics.ties import Floats, Sorted
from training.window import Cut, cut

FIRST_SHARE: Final = 0.4  # of the listings, which the first model learns from
FEWEST_FOLDS: Final = 3


@dataclass(frozen=True, slots=True)
class Fold:
    """One stretch, and the model of what came before it."""

    cut: Cut
    evaluation: Evaluation
    values: Floats  # (L,) NDCG of the model per judged listing
    shops: Floats  # … of the shop's order


@dataclass(frozen=True, slots=True)
class Rolled:
    """All folds, and what they say together."""

    folds: tuple[Fold, ...]
    objective: str
    lift: Interval  # over the shop's order, all judged listings together


def cuts(data: Dataset, folds: int) -> Iterator[Cut]:
    """Yield a cut for each of `folds` stretches of about equally many listings, the earliest first.

    Sessions across a cut are on neither side of it. Stretches with nothing to learn or to judge are left out.
    """
    if not len(data):
        return
    moments = np.sort(data.time)
    shares = np.linspace(FIRST_SHARE, 1.0, folds + 1)
    places = np.minimum((shares * len(moments)).astype(np.int64), len(moments) - 1)
    ends = [*moments[places[1:-1]].tolist(), float("inf")]
    for at, end in zip(moments[places[:-1]].tolist(), ends, strict=True):
        found = cut(data.listings(data.time < end), at)
        if len(with_positives(found.before)) and len(with_positives(found.after)):
            yield found


def rolled(data: Dataset, folds: int, forester: Forester) -> Rolled:
    """Choose the kind of model on what the first fold may know, then train and judge it fold by fold.

    Raises ValueError where fewer than FEWEST_FOLDS stretches can be judged.
    """
    found = list(cuts(data, folds))
    if len(found) < FEWEST_FOLDS:
        raise ValueError(f"only {len(found)} stretches of this log can be judged; it takes {FEWEST_FOLDS}")
    best = forester.choose(found[0].before).best
    judged = []
    for number, each in enumerate(found, 1):
        forester.tell(
            f"fold {number} of {len(found)}: {len(each.before):,} listings, then {len(each.after):,}"
        )
        judged.append(_fold(each, Forest.of(forester.grow(each.before, best).text), forester.seed))
    session = np.concatenate([fold.cut.after.session for fold in judged])
    ours, shops = (np.concatenate(side) for side in zip(*((f.values, f.shops) for f in judged), strict=True))
    return Rolled(tuple(judged), best.objective, difference(ours, shops, session, seed=forester.seed))


def _fold(each: Cut, model: Forest, seed: int) -> Fold:
    after = each.after
    ours, shops = (
        METRICS[DECIDING](Sorted.of(scores, after.gain, after.group))
        for scores in (as_served(after, model.score(after.X)), shop_order(after))
    )
    return Fold(each, evaluate(after, model, seed=seed), ours, shops)
