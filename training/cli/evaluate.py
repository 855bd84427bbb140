"""`balad evaluate`."""

import json
import time
from pathlib import Path
from typing import Any

import click
import numpy as np

from features.bundle import BundleError, Manifest, Shelf
from features.table import feature_table
from service.ranking.forest import Forest
from training import similar_sessions
from training.cli.moment import Moment
from training.cli.off_policy import told_off_policy
from training.cli.steps import Steps
from training.cli.words import evaluation_json, figures, folded, folds_json
from training.dataset import Dataset, dataset
from training.evaluate import Evaluation
from training.evaluate import evaluate as evaluated
from training.fit import Forester
from training.folds import FEWEST_FOLDS, Rolled, rolled
from training.run import optional_columns
from training.source import Installation, attributes_of, facts_in, read_log
from training.usable import UnusableLogError


@click.command()
@click.option("--shop", help="The shop whose live model to evaluate.")
@click.option("--since", type=Moment(), help="Listings from then on.  [default: what the model has not seen]")
@click.option("--until", type=Moment(), help="Listings before then.  [default: now]")
@click.option("--seed", type=int, default=17, show_default=True, help="Draws the resamples of the intervals.")
@click.option(
    "--folds",
    type=click.IntRange(FEWEST_FOLDS, 20),
    help="Instead: train on ever more of the log, and judge each time on the stretch that follows.",
)
@click.option(
    "--off-policy",
    nargs=2,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="LOGGED TARGET",
    help="Instead: foretell from one bandit log what the policy of another had, and compare.",
)
@click.option("--json", "json_wanted", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def evaluate(  # noqa: PLR0913 - one parameter per option
    place: Installation,
    shop: str | None,
    since: float | None,
    until: float | None,
    seed: int,
    *,
    off_policy: tuple[Path, Path] | None,
    folds: int | None,
    json_wanted: bool,
) -> None:
    """Compare the live model with orders that need none, on a window of the log.

    With --folds no live model is needed: the recipe of `balad train` is, on several stretches of the log in turn. An
    embargo as long as labels look ahead stands before each, and sessions across a cut count on neither side.

    With --off-policy neither shop nor model is needed, but two files of decisions with columns item_id, position, click
    and propensity_score, packed or not, such as those of the Open Bandit Dataset.

    \b
    Examples:
      balad evaluate --shop acme --since 2026-11-20T00:00:00Z
      balad evaluate --off-policy random/men.csv bts/men.csv
    """
    if off_policy is not None:
        click.echo(told_off_policy(*off_policy, seed, as_json=json_wanted))
        return
    if shop is None:
        raise click.UsageError("name a shop with --shop, or two files with --off-policy")
    steps = Steps(quiet=json_wanted)
    if folds is not None:
        window = (0.0 if since is None else since, time.time() if until is None else until)
        recipe = _rolled(place, shop, window, (folds, seed), steps)
        click.echo(
            json.dumps({"shop": shop, **folds_json(recipe)}) if json_wanted else "\n".join(folded(recipe))
        )
        return
    manifest, model = _live(place, shop)
    seen_until = manifest.window.until
    window = (seen_until if since is None else since, time.time() if until is None else until)
    data = _listings(place, shop, window, steps)
    if data.table_hash != manifest.table_hash:
        raise UnusableLogError(f"{manifest.version} was trained on another feature table; train a new model")
    said = {"shop": shop, "version": manifest.version, "since": window[0], "until": window[1]}
    rivals = similar_sessions.rival(place, shop, window[1], data)
    found = evaluated(data, model, seed=seed, rivals=rivals)
    told = _told(said | {"seen_in_training": window[0] < seen_until}, found)
    click.echo(told[0] if json_wanted else told[1])


def _told(said: dict[str, Any], found: Evaluation) -> tuple[str, str]:
    """Return an evaluation for machines, and for people."""
    lines = list(figures(found))
    if said["seen_in_training"]:
        lines.append("Part of this window was trained on: the model looks better there than it is.")
    return json.dumps({**said, **evaluation_json(found)}), "\n".join(lines)


def _rolled(
    place: Installation, shop: str, window: tuple[float, float], how: tuple[int, int], steps: Steps
) -> Rolled:
    folds, seed = how
    optional = optional_columns(feature_table(attributes_of(place, shop)))
    data = _listings(place, shop, window, steps)
    try:
        return rolled(data, folds, Forester(seed, optional, steps.tell))
    except ValueError as error:
        raise UnusableLogError(f"{error}. Wait for more traffic, or ask for fewer folds.") from None


def _live(place: Installation, shop: str) -> tuple[Manifest, Forest]:
    shelf = Shelf(place.models_url)
    pointer = shelf.live(shop)
    if pointer is None:
        raise BundleError(f"shop {shop} has no model that serves; `balad train --shop {shop}` makes one")
    bundle = shelf.read(shop, pointer.version)
    return bundle.manifest, Forest.of(bundle.model)


def _listings(place: Installation, shop: str, window: tuple[float, float], steps: Steps) -> Dataset:
    since, until = window
    steps.tell(f"reading the log of {shop}")
    log = steps.watch(read_log(place, shop, until), facts_in(place, shop))
    everything = dataset(log, attributes_of(place, shop))
    chosen = everything.listings(everything.time >= since)
    steps.tell(f"{len(chosen):,} listings in the window, {len(everything):,} in the log")
    if not np.any(chosen.label > 0):
        raise UnusableLogError(
            "no listing of this window is followed by a click. Wait for traffic that the model has not seen, or "
            "choose an earlier --since."
        )
    return chosen
