"""What ranks: a feature table and the scorer that was trained on it."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from features.table import FeatureTable
from service.ranking.forest import Matrix, Scores


class Scorer(Protocol):
    """Gives each row of a matrix a score, higher is better. Forest does; so does LightGBM where the forest cannot."""

    def score(self, matrix: Matrix) -> Scores:
        """Return shape (n,) for a matrix of shape (n, k)."""
        ...


@runtime_checkable
class Explaining(Scorer, Protocol):
    """A scorer that can say where its scores come from."""

    def contributions(self, matrix: Matrix) -> Scores:
        """Return what each column adds to each row's score, shape (n, k)."""
        ...


@dataclass(frozen=True, slots=True)
class Model:
    """One model, ready to rank; immutable, shared by all threads."""

    version: str
    table: FeatureTable
    forest: Scorer

    @property
    def table_hash(self) -> str:
        """The hash of its table."""
        return self.table.hash
