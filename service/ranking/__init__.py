"""The pure ranker, the same in serving and in training: a matrix, a score per row, an order."""

from service.ranking.forest import Forest
from service.ranking.lightgbm_text import ModelTextError, UnsupportedModelError
from service.ranking.model import Model, Scorer
from service.ranking.ranker import Ranked, ordered, rank

__all__ = [
    "Forest",
    "Model",
    "ModelTextError",
    "Ranked",
    "Scorer",
    "UnsupportedModelError",
    "ordered",
    "rank",
]
