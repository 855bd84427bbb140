"""What taking position bias out of clicks is worth, in worlds whose truth is known."""

from typing import Final

import numpy as np

from tests.benchmarks.figures import Figure, Section
from training.simulate.proof import ORACLE, SHOP_ORDER, World, prove

SEEDS: Final = (1, 2, 3)
VISITS: Final = 3_000


def measure() -> Section:
    """Play each world once and compare by the truth."""
    proofs = [prove(World(seed, visits=VISITS)) for seed in SEEDS]
    gains = [proof.gain(proof.naive) for proof in proofs]
    listings, drawn = sum(p.listings for p in proofs), sum(p.drawn for p in proofs)
    return Section(
        "Position bias taken out, in simulated worlds",
        f"{len(SEEDS)} worlds (seeds {SEEDS[0]} to {SEEDS[-1]}) with tastes, seasons, new items and attention that "
        f"falls as 1 / (1 + index) or faster: {listings:,} listings in the shop's order, {drawn:,} of them drawn. True "
        "NDCG on the latest 30 %: the model with `position=` against the better of the listwise and the pointwise one "
        "that take clicks as they are, and against an oracle, the same forest grown on the truth itself.",
        [
            Figure(
                "true NDCG gained, mean of the worlds",
                float(np.mean([g.mean for g in gains])),
                "",
                at_least=0.03,
            ),
            Figure("true NDCG gained, lowest interval's lower end", min(g.low for g in gains), ""),
            Figure(
                "of the oracle, mean",
                100 * float(np.mean([p.share_of_oracle for p in proofs])),
                "%",
                at_least=95,
            ),
            Figure("of the oracle, lowest", 100 * min(p.share_of_oracle for p in proofs), "%"),
            Figure(
                "true NDCG of the better naive model", float(np.mean([p.mean(p.naive) for p in proofs])), ""
            ),
            Figure("true NDCG of the oracle", float(np.mean([p.mean(ORACLE) for p in proofs])), ""),
            Figure("true NDCG of the shop's order", float(np.mean([p.mean(SHOP_ORDER) for p in proofs])), ""),
        ],
    )
