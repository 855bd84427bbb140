"""What taking position bias out is worth, where the truth is known: a world is played, its log is learned from.

Every model is grown by the code that trains for shops, on the same listings and columns, with the same number of trees.
The oracle is grown on the truth itself, in place of clicks: nothing can be learned from these columns that it has not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import lightgbm as lgb
import numpy as np

from service.ranking.forest import Forest
from training.baselines import shop_order
from training.bootstrap import Interval, difference
from training.fit import DEBIASED, NAMES, Candidate, Forester, in_tie_order, parameters_for
from training.metrics.ndcg import ndcg
from training.metrics.ties import Floats, Sorted
from training.simulate.climate import Climate
from training.simulate.exploring import Incumbent, Known, known_past
from training.simulate.world import draw_shop

START: Final = 1_790_000_000.0  # Unix seconds; any moment would do
DAY: Final = 86_400.0
DAYS: Final = 28
LEARNED_SHARE: Final = 0.7  # of the listings, by time; the rest is judged on
TREES: Final = 100
ORACLE: Final = "oracle"
SHOP_ORDER: Final = "shop order"
STEEP: Final = Climate(steepness=4.0, season=0.5)  # at a desktop 1 / (1 + index): Joachims et al. 2017, eta 1


@dataclass(frozen=True, slots=True)
class World:
    """A shop whose own order was shown, a share of it drawn."""

    seed: int
    visits: int = 1_500
    items: int = 600
    shoppers: int = 400
    exploration: float = 0.1
    climate: Climate = STEEP


@dataclass(frozen=True, slots=True)
class Proof:
    """True NDCG of each way to order, per later listing, (L,)."""

    world: World
    listings: int
    drawn: int
    values: Mapping[str, Floats]
    session: Floats

    @property
    def naive(self) -> str:
        """The better one, by the truth, of the models that take clicks as they are."""
        return max((NAMES["lambdarank"], NAMES["binary"]), key=self.mean)

    def mean(self, name: str) -> float:
        """Return the true NDCG of a way to order."""
        return float(np.mean(self.values[name]))

    def gain(self, over: str) -> Interval:
        """Return by how much the de-biased model is truly better than another, by sessions."""
        return difference(self.values[NAMES[DEBIASED]], self.values[over], self.session, seed=self.world.seed)

    @property
    def share_of_oracle(self) -> float:
        """What the de-biased model reaches of the true NDCG of the oracle."""
        return self.mean(NAMES[DEBIASED]) / self.mean(ORACLE)


def prove(world: World) -> Proof:
    """Play a world, grow every model on its first part and judge all by the truth of the rest."""
    past = _played(world)
    learned, judged = _parts(past)
    forester = Forester(world.seed)
    models = {
        name: Forest.of(forester.grow(learned.data, Candidate(objective, TREES, 0.0, ())).text)
        for objective, name in NAMES.items()
    }
    models[ORACLE] = _oracle(learned, world.seed)
    scores = {name: model.score(judged.data.X) for name, model in models.items()}
    scores[SHOP_ORDER] = shop_order(judged.data)
    values = {name: ndcg(Sorted.of(of, judged.truth, judged.data.group)) for name, of in scores.items()}
    drawn = 0 if past.data.shown is None else int(past.data.shown.drawn(past.data.group).sum())
    return Proof(world, len(past.data), drawn, values, judged.data.session.astype(np.float64))


def _played(world: World) -> Known:
    shop = draw_shop(world.seed, items=world.items, shoppers=world.shoppers, at=START + DAYS * DAY)
    shop = replace(shop, climate=world.climate)
    incumbent = Incumbent(shop, 0.0, world.exploration, f"w{world.seed}")
    return known_past(shop, incumbent, world.visits, (START, START + DAYS * DAY), world.seed)


def _parts(past: Known) -> tuple[Known, Known]:
    time = past.data.time
    before = time < np.sort(time)[int(LEARNED_SHARE * len(time))]
    return _some(past, before), _some(past, ~before)


def _some(past: Known, chosen: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Known:
    return Known(past.data.listings(chosen), past.truth[np.repeat(chosen, past.data.group)])


def _oracle(learned: Known, seed: int) -> Forest:
    """Grow a forest on what truly attracts, in all listings, clicked or not."""
    rows = in_tie_order(learned.data)
    listing = np.repeat(np.arange(len(rows)), rows.group)
    truth = learned.truth[np.lexsort((learned.data.tie, listing))]
    parameters = {**parameters_for("binary", rows, seed), "objective": "cross_entropy"}
    return Forest.of(lgb.train(parameters, lgb.Dataset(rows.X, truth), TREES).model_to_string())
