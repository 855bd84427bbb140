"""From a bundle to a model that may serve: every check that stands between a file and a shopper."""

import logging

import numpy as np

from features.attributes import Attribute
from features.bundle import Bundle, BundleError, Golden
from features.table import feature_table
from service.models.lightgbm import LightGBM
from service.models.warm_up import invented_scene
from service.ranking import Forest, Model, ModelTextError, Scorer, UnsupportedModelError, rank

_LOG = logging.getLogger(__name__)


def load(bundle: Bundle, attributes: tuple[Attribute, ...]) -> Model:
    """Return the model of a bundle, warm, for a shop that declares these attributes.

    Raises BundleError, in one line, where it was trained on other columns than this process computes, or does not
    score its golden rows as it did where it was trained.
    """
    table = feature_table(attributes)
    if bundle.manifest.table_hash != table.hash:
        raise BundleError(other_table(bundle.manifest.features, table.names))
    model = Model(bundle.manifest.version, table, scorer_of(bundle, len(table)))
    ranked = rank(invented_scene(attributes), model)
    if isinstance(model.forest, Forest):
        model.forest.contributions(ranked.matrix)
    return model


def scorer_of(bundle: Bundle, columns: int) -> Scorer:
    """Return what scores as LightGBM did where the bundle was trained; raises BundleError where nothing does."""
    scorer = _scorer(bundle.model, columns)
    _check_golden(scorer, bundle.golden)
    return scorer


def _scorer(text: str, columns: int) -> Scorer:
    """Return the forest, or LightGBM itself where the forest cannot give the same bits."""
    scorer: Forest | LightGBM
    try:
        scorer = Forest.of(text)
    except ModelTextError as error:
        raise BundleError(f"model.txt: {error}") from None
    except UnsupportedModelError as unsupported:
        _LOG.warning("LightGBM itself scores this model, more slowly: %s", unsupported)
        scorer = LightGBM(text)
    if len(scorer.names) != columns:
        raise BundleError(f"model.txt reads {len(scorer.names)} columns where the table has {columns}")
    return scorer


def _check_golden(scorer: Scorer, golden: Golden) -> None:
    wrong = scorer.score(golden.rows).view(np.int64) != golden.scores.view(np.int64)
    if wrong.any():
        count = np.count_nonzero(wrong)
        raise BundleError(
            f"{count} of {len(wrong)} golden rows score differently here than where it was trained"
        )


def other_table(trained: tuple[str, ...], ours: tuple[str, ...]) -> str:
    """Say in one line how the columns that a model was trained on differ from ours."""
    for i, (theirs, name) in enumerate(zip(trained, ours, strict=False)):
        if theirs != name:
            return (
                f"it was trained on another feature table: column {i} is {theirs!r} there and {name!r} here"
            )
    if len(trained) != len(ours):
        return f"it was trained on another feature table: {len(trained)} columns there and {len(ours)} here"
    return "it was trained on another feature table: columns of the same names with another meaning"
