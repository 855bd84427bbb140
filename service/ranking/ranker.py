"""The ranker: the one function that serving and evaluation call."""

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from features.matrix import matrix
from features.scene import Scene
from service.ranking.forest import Matrix, Scores
from service.ranking.model import Model

Order: TypeAlias = npt.NDArray[np.intp]


class Ranked(NamedTuple):
    """A listing in the order most useful to the visitor."""

    order: Order  # (n,) shop indices, the best first
    scores: Scores  # (n,) by shop index
    matrix: Matrix  # (n, k) by shop index, as scored


def rank(scene: Scene, model: Model) -> Ranked:
    """Rank the candidates of a scene.

    No candidates give an empty ranking, one candidate a ranking of one.
    """
    X = matrix(model.table, scene)
    scores = model.forest.score(X)
    return Ranked(ordered(scores), scores, X)


def ordered(scores: Scores) -> Order:
    """Return indices by falling score; equal scores keep the order they came in, which is the shop's.

    >>> ordered(np.array([0.5, 2.0, 0.5])).tolist()
    [1, 0, 2]
    """
    return np.argsort(-scores, kind="stable")
