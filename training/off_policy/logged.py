"""Choices of one policy and what came of them, with the chance that another policy gives each."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.metrics.ties import Floats


@dataclass(frozen=True, slots=True)
class Logged:
    """n logged decisions, each over K places that are filled one after the other (K is 1 for a plain bandit)."""

    weight: Floats  # (n, K) chance under the policy to be judged over that under the logging policy
    reward: Floats  # (n, K) what came of each place
    cluster: npt.NDArray[np.int64]  # (n,) which decisions belong together: a visitor's session

    def __len__(self) -> int:
        return len(self.weight)


@dataclass(frozen=True, slots=True)
class Terms:
    """An estimate as sums: value = sum over places of sum(over) / sum(under), both (n, K).

    So a resample of decisions needs their sums alone, and two estimates on the same decisions can be compared.
    """

    over: Floats
    under: Floats

    @property
    def value(self) -> float:
        """The estimate; NaN where a place has no weight at all.

        >>> Terms(np.array([[1.0], [0.0]]), np.array([[1.0], [3.0]])).value
        0.25
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            return float(np.sum(self.over.sum(0) / self.under.sum(0)))
