"""Models that recommend: they score candidates by the columns of `features.sessions`, whatever a shop declares."""

from dataclasses import dataclass
from typing import Final

from features.attributes import Attribute
from features.bundle import Bundle, BundleError
from features.sessions.columns import COLUMNS, NAMES, TABLE_HASH
from service.models.loading import other_table, scorer_of
from service.models.registry import ModelKind
from service.ranking import Forest, Scorer


@dataclass(frozen=True, slots=True)
class NextItemModel:
    """One model, ready to score candidates; immutable, shared by all threads."""

    version: str
    forest: Scorer
    table_hash: str = TABLE_HASH


def load(bundle: Bundle, _: tuple[Attribute, ...]) -> NextItemModel:
    """Return the model of a bundle. Raises BundleError, in one line, where it is not one that may serve."""
    if bundle.manifest.table_hash != TABLE_HASH:
        raise BundleError(other_table(bundle.manifest.features, NAMES))
    scorer = scorer_of(bundle, COLUMNS)
    if isinstance(scorer, Forest):
        scorer.contributions(bundle.golden.rows)  # compiled before anybody asks why
    return NextItemModel(bundle.manifest.version, scorer)


NEXT_ITEM_MODELS: Final = ModelKind(load, lambda _: TABLE_HASH)
