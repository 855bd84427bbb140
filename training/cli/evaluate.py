"""`balad evaluate`."""

import json
import time
from typing import Any

import click
import numpy as np

from features.bundle import BundleError, Manifest, Shelf
from service.ranking.forest import Forest
from training.cli.moment import Moment
from training.cli.steps import Steps
from training.cli.words import evaluation_json, figures
from training.dataset import Dataset, dataset
from training.evaluate import evaluate as evaluated
from training.source import Installation, attributes_of, facts_in, read_log
from training.usable import UnusableLogError


@click.command()
@click.option("--shop", required=True, help="The shop whose live model to evaluate.")
@click.option("--since", type=Moment(), help="Listings from then on.  [default: what the model has not seen]")
@click.option("--until", type=Moment(), help="Listings before then.  [default: now]")
@click.option("--seed", type=int, default=17, show_default=True, help="Draws the resamples of the intervals.")
@click.option("--json", "json_wanted", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def evaluate(  # noqa: PLR0913 - one parameter per option
    place: Installation, shop: str, since: float | None, until: float | None, seed: int, *, json_wanted: bool
) -> None:
    """Compare the live model with orders that need none, on a window of the log.

    \b
    Example:
      balad evaluate --shop acme --since 2026-11-20T00:00:00Z
    """
    steps = Steps(quiet=json_wanted)
    manifest, model = _live(place, shop)
    seen_until = manifest.window.until
    window = (seen_until if since is None else since, time.time() if until is None else until)
    data = _listings(place, shop, window, steps)
    if data.table_hash != manifest.table_hash:
        raise UnusableLogError(f"{manifest.version} was trained on another feature table; train a new model")
    found = evaluated(data, model, seed=seed)
    if json_wanted:
        said: dict[str, Any] = {
            "shop": shop,
            "version": manifest.version,
            "since": window[0],
            "until": window[1],
        }
        click.echo(json.dumps({**said, "seen_in_training": window[0] < seen_until, **evaluation_json(found)}))
        return
    click.echo("\n".join(figures(found)))
    if window[0] < seen_until:
        click.echo("Part of this window was trained on: the model looks better there than it is.")


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
