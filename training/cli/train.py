"""`balad train`."""

import json
import time
from typing import Final

import click

from training.cli.moment import Moment
from training.cli.steps import Steps
from training.cli.words import as_json, summary
from training.report import report
from training.run import Trainer, Wish
from training.source import Installation

REFUSED: Final = 3  # trained, but a gate keeps it from serving


@click.command()
@click.option("--shop", required=True, help="The shop whose log to learn from.")
@click.option(
    "--seed", type=int, default=17, show_default=True, help="The same log and seed give the same model."
)
@click.option("--as-of", type=Moment(), help="Train as if it were then: later facts are not seen.")
@click.option(
    "--no-publish", is_flag=True, help="Write the bundle, but leave the model that serves in place."
)
@click.option("--json", "json_wanted", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def train(  # noqa: PLR0913 - one parameter per option
    place: Installation, shop: str, seed: int, as_of: float | None, *, no_publish: bool, json_wanted: bool
) -> int:
    """Learn a model from a shop's log, judge it, write its report, and let it serve if it passes all gates.

    The status is 0 where the model serves (or was not meant to), 3 where a gate keeps it back, 1 where the log
    cannot carry a model; standard output says why, and what to do.

    \b
    Example:
      balad train --shop acme
    """
    steps = Steps(quiet=json_wanted)
    now = time.time()
    wish = Wish(shop, seed, now if as_of is None else as_of, now, promote=not no_publish)
    trained, bundle = Trainer(place, report, steps).train(wish)
    place_of_report = f"{place.models_url}/{shop}/{bundle.manifest.version}/report.html"
    said = as_json(trained, place_of_report, steps.seconds)
    click.echo(json.dumps(said) if json_wanted else summary(trained, place_of_report, steps.seconds))
    return 0 if trained.verdict.passed or no_publish else REFUSED
