"""Whether a model is not worse than the one that serves, on listings that neither learned from."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from features.bundle import BundleError, Shelf
from service.ranking.forest import Forest
from service.ranking.model import Scorer
from training.baselines import as_served
from training.bootstrap import difference
from training.dataset import Dataset
from training.evaluate import DECIDING, METRICS
from training.gate import FEWEST_LISTINGS, Check
from training.metrics.ties import Floats, Sorted

MARGIN: Final = 0.002  # of NDCG@10: less is noise between two trainings
NAME: Final = "not worse than the live model"


@dataclass(frozen=True, slots=True)
class Live:
    """The model that serves."""

    version: str
    forest: Scorer
    seen_until: float  # Unix seconds; what is later it has not learned from
    table_hash: str


def live_model(shelf: Shelf, shop: str) -> Live | None:
    """Return the model that serves; None where there is none, or none that can be read."""
    try:
        pointer = shelf.live(shop)
        bundle = None if pointer is None else shelf.read(shop, pointer.version)
    except BundleError:
        return None  # it is about to be replaced
    if bundle is None:
        return None
    manifest = bundle.manifest
    return Live(manifest.version, Forest.of(bundle.model), manifest.window.until, manifest.table_hash)


def not_worse_than_live(judged: Dataset, model: Scorer, live: Live | None, *, seed: int) -> Check:
    """Compare on the judged listings that the live model has not learned from.

    The lower end of the interval must be above -MARGIN where it is narrow enough for two equal models to pass; where it
    is wider, the model must not be surely worse. Fewer than FEWEST_LISTINGS, or columns that the live model
    does not know, cannot be compared: that is said and lets the model through, for the other gates hold.
    """
    if live is None:
        return Check(NAME, passed=True, says="No model serves yet.")
    if live.table_hash != judged.table_hash:
        says = f"{live.version} reads another feature table: the two cannot be compared on these listings."
        return Check(NAME, passed=True, says=says)
    unseen = judged.listings(judged.time >= live.seen_until)
    lift = difference(_values(unseen, model), _values(unseen, live.forest), unseen.session, seed=seed)
    if lift.listings < FEWEST_LISTINGS or np.isnan(lift.low):
        says = (
            f"Only {lift.listings:,} of the judged listings are new to {live.version}: too few to compare on."
        )
        return Check(NAME, passed=True, says=says)
    narrow = lift.high - lift.low <= 2 * MARGIN
    passed = lift.low > -MARGIN if narrow else lift.high >= 0.0
    found = (
        f"{DECIDING} {lift.mean:+.4f} against {live.version}, 95 % between {lift.low:+.4f} and {lift.high:+.4f}, on "
        f"{lift.listings:,} listings new to both"
    )
    return Check(NAME, passed, f"{found}." if passed else f"{found}: it is worse, so the live model stays.")


def _values(data: Dataset, model: Scorer) -> Floats:
    scores = np.nan_to_num(model.score(data.X), nan=-np.inf)
    return METRICS[DECIDING](Sorted.of(as_served(data, scores), data.gain, data.group))
