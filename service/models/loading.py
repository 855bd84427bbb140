"""From a bundle to a model that may serve: every check that stands between a file and a shopper."""

import logging

import numpy as np

from features.attributes import Attribute
from features.bundle import Bundle, BundleError, Golden
from features.candidates import Context, Listing
from features.facts import INTERACTION, Action
from features.identity import hash64
from features.items import ItemRead, ItemTable
from features.scene import Scene
from features.table import feature_table
from features.visit import Visit
from service.models.lightgbm import LightGBM
from service.ranking import Forest, Model, ModelTextError, Scorer, UnsupportedModelError, rank

_LOG = logging.getLogger(__name__)


def load(bundle: Bundle, attributes: tuple[Attribute, ...]) -> Model:
    """Return the model of a bundle, warm, for a shop that declares these attributes.

    Raises BundleError, in one line, where it was trained on other columns than this process computes, or does not
    score its golden rows as it did where it was trained.
    """
    table = feature_table(attributes)
    if bundle.manifest.table_hash != table.hash:
        raise BundleError(_other_table(bundle.manifest.features, table.names))
    model = Model(bundle.manifest.version, table, _scorer(bundle.model, len(table)))
    _check_golden(model.forest, bundle.golden)
    ranked = rank(invented_scene(attributes), model)
    if isinstance(model.forest, Forest):
        model.forest.contributions(ranked.matrix)
    return model


def invented_scene(attributes: tuple[Attribute, ...]) -> Scene:
    """Return somebody who looked at one of two items, and searches: what it takes to run every loop of a ranking once.

    A loop that is compiled when a shopper first needs it costs that shopper a second.
    """
    looked = np.zeros(1, INTERACTION)
    looked["item"], looked["action"] = hash64("seen"), Action.VIEW
    table = ItemTable(attributes)
    table.put(
        [ItemRead(item_id, None, None) for item_id in table.missing(["seen"], 1.0, 1.0)], None, 1.0, 1.0
    )
    candidates = table.candidates(Listing.of([{"item_id": "seen"}, {"item_id": "unseen"}]))
    filters = [f"{attribute.name}:seen" for attribute in attributes]
    context = Context("search", search_term="seen", filters=filters)
    return Scene(Visit.of(looked.tobytes(), None, 0, 1.0), candidates, context)


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


def _other_table(trained: tuple[str, ...], ours: tuple[str, ...]) -> str:
    for i, (theirs, name) in enumerate(zip(trained, ours, strict=False)):
        if theirs != name:
            return (
                f"it was trained on another feature table: column {i} is {theirs!r} there and {name!r} here"
            )
    if len(trained) != len(ours):
        return f"it was trained on another feature table: {len(trained)} columns there and {len(ours)} here"
    return "it was trained on another feature table: columns of the same names with another meaning"
