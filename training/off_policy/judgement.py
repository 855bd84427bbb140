"""What every estimator says of one policy on one log, with what their worth depends on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from training.off_policy.bandit_file import Decisions, judged_on
from training.off_policy.doubly_robust import Guess, doubly_robust
from training.off_policy.estimate import Estimate, estimate
from training.off_policy.ips import ips
from training.off_policy.logged import Logged, Terms
from training.off_policy.snips import snips
from training.off_policy.weights import clipped, effective_size


@dataclass(frozen=True, slots=True)
class Judgement:
    """Estimates by the estimator's name."""

    decisions: int
    effective: float  # of them, at the last place
    cap: float
    clipped_share: float
    clipped_mass: float
    largest: float  # weight, before it was clipped
    estimates: Mapping[str, Estimate]

    def as_json(self) -> dict[str, Any]:
        """Return all of it for machines."""
        told = {name: {"value": e.value, "low": e.low, "high": e.high} for name, e in self.estimates.items()}
        return {
            "decisions": self.decisions,
            "effective_decisions": self.effective,
            "cap": self.cap,
            "clipped_share": self.clipped_share,
            "clipped_mass": self.clipped_mass,
            "largest_weight": self.largest,
            "estimates": told,
        }


def judged(logged: Logged, guess: Guess | None, *, seed: int) -> Judgement:
    """Estimate the value of a policy, on clipped weights: by IPS, SNIPS and, with a guess, doubly robust."""
    bound = clipped(logged)
    terms = {"IPS": ips(bound.logged), "SNIPS": snips(bound.logged)}
    if guess is not None:
        terms["doubly robust"] = doubly_robust(bound.logged, guess)
    return Judgement(
        decisions=len(logged),
        effective=effective_size(bound.logged.weight[:, -1]),
        cap=bound.cap,
        clipped_share=bound.share,
        clipped_mass=bound.mass,
        largest=float(logged.weight.max(initial=0.0)),
        estimates={name: estimate(of, logged.cluster, seed=seed) for name, of in terms.items()},
    )


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two logs of two policies: each as it was, and the second as the first one's log foretells it."""

    logging: Estimate
    target: Estimate
    foretold: Judgement

    def as_json(self) -> dict[str, Any]:
        """Return all of it for machines."""
        own = {"logging": self.logging, "target": self.target}
        said = {name: {"value": e.value, "low": e.low, "high": e.high} for name, e in own.items()}
        return {**said, "foretold": self.foretold.as_json()}


def compared(logging: Decisions, target: Decisions, *, seed: int) -> Comparison:
    """Foretell the click rate of the policy of `target` from the log of `logging`, beside what it truly had."""
    rows, guess = judged_on(logging, target)
    return Comparison(_own(logging, seed), _own(target, seed), judged(rows, guess, seed=seed))


def _own(decisions: Decisions, seed: int) -> Estimate:
    click = decisions.click[:, None]
    return estimate(Terms(click, np.ones_like(click)), np.arange(len(decisions)), seed=seed)
