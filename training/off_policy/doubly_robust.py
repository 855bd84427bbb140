"""Doubly robust: a guess of the rewards, corrected by what the log says; right where the guess or the chances are."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from training.metrics.ties import Floats, Ints
from training.off_policy.logged import Logged, Terms

SHRUNK: Final = 20.0  # decisions that the mean of all counts for in that of a group


@dataclass(frozen=True, slots=True)
class Guess:
    """What rewards are expected, (n, K): of what was chosen, and of what the judged policy would choose."""

    chosen: Floats
    judged: Floats


def doubly_robust(logged: Logged, guess: Guess) -> Terms:
    """Take the guess for the judged policy, and add the weighted error of the guess where it can be seen.

    A guess of 0 leaves IPS. A guess that is right leaves no noise of the weights:

    >>> both = Logged(np.array([[2.0], [0.0]]), np.array([[0.4], [0.1]]), np.arange(2))
    >>> right = Guess(chosen=np.array([[0.4], [0.1]]), judged=np.array([[0.4], [0.4]]))
    >>> doubly_robust(both, right).value
    0.4

    With more than one place the guess of a place is used where the places before it agree. Source: Dudik, Langford and
    Li 2011, equation 3; for places in turn, Jiang and Li 2016, equation 10.
    """
    before = np.concatenate([np.ones((len(logged), 1)), logged.weight[:, :-1]], axis=1)
    over = before * guess.judged + logged.weight * (logged.reward - guess.chosen)
    return Terms(over, np.ones_like(over))


def mean_by_group(reward: Floats, group: Ints, asked: Ints, folds: Ints) -> Floats:
    """Return the mean reward of each asked group, (len(asked),), never from decisions of its own fold.

    `reward`, `group` and `folds` are (n,), of the logged decisions; `asked` (n,) is a group for each of them. Means
    are shrunk towards the mean of all by SHRUNK decisions, so that a group that was never seen gets that of all.
    """
    guessed = np.zeros(len(asked))
    for fold in np.unique(folds):
        others, own = folds != fold, folds == fold
        overall = float(reward[others].mean()) if others.any() else 0.0
        names, place = np.unique(np.concatenate([group[others], asked[own]]), return_inverse=True)
        seen, wanted = place[: int(others.sum())], place[int(others.sum()) :]
        total = np.bincount(seen, reward[others], len(names)) + SHRUNK * overall
        guessed[own] = (total / (np.bincount(seen, minlength=len(names)) + SHRUNK))[wanted]
    return guessed
