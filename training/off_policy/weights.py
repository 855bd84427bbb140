"""How much weights can be trusted: the effective sample size, and the cap that bounds the heaviest."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from training.metrics.ties import Floats
from training.off_policy.logged import Logged

CAP_POWER: Final = 0.5  # a weight counts at most n**0.5: Ionides 2008, "Truncated importance sampling"


def effective_size(weight: Floats) -> float:
    """Return how many decisions of equal weight would be as sure: (sum w)**2 / sum w**2; 0 where none has any.

    >>> effective_size(np.array([1.0, 1.0, 1.0, 1.0])), effective_size(np.array([4.0, 0.0, 0.0, 0.0]))
    (4.0, 1.0)

    Source: Kish 1965; Owen, "Monte Carlo theory, methods and examples", 9.3.
    """
    squares = float(np.square(weight).sum())
    return float(weight.sum()) ** 2 / squares if squares else 0.0


@dataclass(frozen=True, slots=True)
class Clipped:
    """Decisions with bounded weights, and what the bound took."""

    logged: Logged
    cap: float
    share: float  # of the decisions, at the last place, that had more
    mass: float  # of all weight that was cut off: what the estimate no longer sees


def clipped(logged: Logged, cap: float | None = None) -> Clipped:
    """Bound weights at `cap`, else at n**0.5: some bias for much less noise, which vanishes as n grows."""
    bound = float(max(len(logged), 1)) ** CAP_POWER if cap is None else cap
    weight = np.minimum(logged.weight, bound)
    total = float(logged.weight.sum())
    mass = 1.0 - float(weight.sum()) / total if total else 0.0
    share = float(np.mean(logged.weight[:, -1] > bound)) if len(logged) else 0.0
    return Clipped(replace(logged, weight=weight), bound, share, mass)
