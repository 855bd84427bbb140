"""Whether a model is not worse than the live one where clicks do not flatter what already stood on top."""

from typing import Final

from service.ranking.model import Scorer
from training.dataset import Dataset
from training.gate import Check
from training.gates.live import NAME as LIVE
from training.gates.live import Live
from training.off_policy.estimate import Estimate
from training.off_policy.listings import FEWEST_EFFECTIVE, drawn_listings, first_place, lift_on_drawn
from training.off_policy.snips import snips

NAME: Final = "not worse on randomised traffic"
MOST_LOST: Final = 0.01  # of the live model's own rate


def not_worse_on_randomised(judged: Dataset, model: Scorer, live: Live | None, *, seed: int) -> Check:
    """Compare the chance that the item put first is wanted, by SNIPS, on drawn listings that neither learned from.

    The lower end of the difference must be above -MOST_LOST of the live model's rate where the interval is narrow
    enough for two equal models to pass; where it is wider, the model must not be surely worse. Too few drawn listings,
    or another feature table, cannot be compared: that is said and lets the model through, for the other gates hold.
    """
    if live is None:
        return Check(NAME, passed=True, says="No model serves yet.")
    if live.table_hash != judged.table_hash:
        return Check(NAME, passed=True, says=f"{live.version} reads another feature table: not compared.")
    drawn = drawn_listings(judged.listings(judged.time >= live.seen_until))
    if not len(drawn):
        return Check(
            NAME, passed=True, says=f"No drawn listing is new to {live.version}: nothing to compare on."
        )
    lift, effective = lift_on_drawn(drawn, model, live.forest, seed=seed)
    if effective < FEWEST_EFFECTIVE:
        says = (
            f"{len(drawn):,} drawn listings are new to {live.version}, worth {effective:,.0f}: too few to compare on, "
            f"it takes {FEWEST_EFFECTIVE:,.0f}."
        )
        return Check(NAME, passed=True, says=says)
    return _judged(lift, snips(first_place(drawn, live.forest)).value, live.version, effective)


def left_to_randomised() -> Check:
    """Say in the place of the comparison on logged clicks that a de-biased model is not judged by them.

    It was chosen because drawn listings proved it better, and what it takes out is what logged clicks reward.
    """
    return Check(
        LIVE, passed=True, says="Chosen on randomised traffic, where it is surely better, and judged there."
    )


def _judged(lift: Estimate, rate: float, version: str, effective: float) -> Check:
    margin = MOST_LOST * rate
    narrow = lift.high - lift.low <= 2 * margin
    passed = lift.low >= -margin if narrow else not lift.high < 0.0
    found = (
        f"SNIPS {lift.value:+.4f} against {version}, 95 % between {lift.low:+.4f} and {lift.high:+.4f}, of a rate of "
        f"{rate:.4f}, on drawn listings worth {effective:,.0f}"
    )
    return Check(NAME, passed, f"{found}." if passed else f"{found}: it is worse, so the live model stays.")
