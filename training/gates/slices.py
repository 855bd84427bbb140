"""Whether some kind of listing pays for the gain of the others."""

from typing import Final

from training.evaluate import DECIDING, Evaluation
from training.gate import Check

MOST_LOST: Final = 0.01  # of NDCG@10


def no_slice_worse(evaluation: Evaluation) -> Check:
    """Check that no slice is worse than the shop's order by more than MOST_LOST with its interval below 0."""
    worse = [
        s for s in evaluation.slices if s.over_shop_order.mean < -MOST_LOST and s.over_shop_order.high < 0.0
    ]
    says = f"None of {len(evaluation.slices)} kinds of listing is surely worse than in the shop's order."
    if worse:
        told = "; ".join(
            f"{s.question} {s.name}: {DECIDING} {s.over_shop_order.mean:+.4f}, at best {s.over_shop_order.high:+.4f}, "
            f"on {s.listings:,} listings"
            for s in worse
        )
        says = f"Surely worse than the shop's order for some: {told}."
    return Check("no kind of listing worse", not worse, says)
