"""`balad train`."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import click

from features.bundle import NEXT_ITEMS
from training.cli.moment import Moment
from training.cli.steps import Steps
from training.cli.words import as_json, recommending, recommending_json, summary
from training.effort import Effort
from training.next_items.run import Learned, learn
from training.report import report
from training.run import Trained, Trainer, Wish
from training.source import Installation
from training.usable import UnusableLogError

REFUSED: Final = 3  # trained, but a gate keeps it from serving
TUNE_MINUTES: Final = 30.0  # so that a training at night still ends before the day
T = TypeVar("T")


@click.command()
@click.option("--shop", required=True, help="The shop whose log to learn from.")
@click.option(
    "--seed", type=int, default=17, show_default=True, help="The same log and seed give the same model."
)
@click.option("--as-of", type=Moment(), help="Train as if it were then: later facts are not seen.")
@click.option(
    "--no-publish", is_flag=True, help="Write the bundle, but leave the model that serves in place."
)
@click.option(
    "--promote",
    "at_once",
    is_flag=True,
    help="Let it serve all visitors at once, not a share of them first. A shop's first model always does.",
)
@click.option(
    "--twice", is_flag=True, help="Grow the final model twice, and refuse it unless both are equal."
)
@click.option(
    "--tune",
    type=click.IntRange(1, 1_000),
    metavar="N",
    help="First look for better parameters: N trials, on folds before the judged part.  [default: the usual ones]",
)
@click.option(
    "--tune-minutes",
    type=click.FloatRange(0.0, min_open=True),
    help=f"End --tune after that long, with the best found until then.  [default: {TUNE_MINUTES:g}]",
)
@click.option(
    "--dask",
    metavar="ADDRESS",
    help="Build the dataset and grow the forests on a Dask cluster, by its scheduler's address.",
)
@click.option("--json", "json_wanted", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def train(  # noqa: PLR0913 - one parameter per option
    place: Installation,
    shop: str,
    seed: int,
    as_of: float | None,
    *,
    no_publish: bool,
    at_once: bool,
    twice: bool,
    tune: int | None,
    tune_minutes: float | None,
    dask: str | None,
    json_wanted: bool,
) -> int:
    """Learn from a shop's log, judge what was learned, write the report, and let it serve if it passes all gates.

    The first model that ranks serves all visitors; later ones serve 1 % of them first, then 5, 25 and 100 %, and are
    rolled back by themselves where they do harm (`balad models`).

    There are two models: one ranks listings, from listings that were seen; one recommends, from sessions in which
    items were looked at. What the log cannot carry is said and left out. The status is 0 where the model serves (or was
    not meant to), 3 where a gate keeps it back; of the one that ranks, where there is one. It is 1 where the log can
    carry neither; standard output says why, and what to do.

    With --tune, N sets of parameters of the model that ranks are tried beside the usual ones, which stay unless another
    set is better. Manifest and report keep all that was tried. 20 trials are a good start.

    With --dask, workers that have this version of Balad, and see the same log and data directory, do the long parts.

    \b
    Examples:
      balad train --shop acme
      balad train --shop acme --tune 20 --tune-minutes 15
      balad train --shop acme --dask tcp://scheduler:8786
    """
    steps = Steps(quiet=json_wanted)
    now = time.time()
    until = now if as_of is None else as_of
    effort = _effort(tune, tune_minutes)
    wish = Wish(shop, seed, until, now, promote=not no_publish, at_once=at_once, twice=twice, tune=effort)
    with _trainer(place, steps, dask) as trainer:
        ranks = _or_why_not(lambda: trainer.train(wish)[0])
    recommends = _or_why_not(lambda: learn(place, wish, steps))
    if isinstance(ranks, UnusableLogError) and isinstance(recommends, UnusableLogError):
        raise UnusableLogError(f"{ranks} Nor can what comes next be learned: {recommends}")
    reports = f"{place.models_url}/{shop}"
    if json_wanted:
        click.echo(json.dumps(_json(ranks, recommends, reports, steps.seconds)))
    else:
        click.echo("\n".join((*_lines(ranks, recommends, reports), f"took    {steps.seconds:.1f} s")))
    decides = recommends if isinstance(ranks, UnusableLogError) else ranks
    passed = not isinstance(decides, UnusableLogError) and decides.verdict.passed
    return 0 if passed or no_publish else REFUSED


@contextmanager
def _trainer(place: Installation, steps: Steps, dask: str | None) -> Iterator[Trainer]:
    if dask is None:
        yield Trainer(place, report, steps)
        return
    from training.cluster import connected  # noqa: PLC0415 - an extra of its own

    with connected(dask) as cluster:
        yield Trainer(place, report, steps, cluster.pool, cluster.grow)


def _effort(trials: int | None, minutes: float | None) -> Effort | None:
    if trials is not None:
        return Effort(trials, 60.0 * (TUNE_MINUTES if minutes is None else minutes))
    if minutes is not None:
        raise click.UsageError("--tune-minutes bounds --tune: say how many trials with --tune N")
    return None


def _or_why_not(train: Callable[[], T]) -> T | UnusableLogError:
    try:
        return train()
    except UnusableLogError as why_not:
        return why_not.with_traceback(None)  # which would keep all that was read in memory


def _lines(
    ranks: Trained | UnusableLogError, recommends: Learned | UnusableLogError, reports: str
) -> Iterator[str]:
    if isinstance(ranks, UnusableLogError):
        yield f"No model ranks listings: {ranks}"
    else:
        yield summary(ranks, f"{reports}/{ranks.manifest.version}/report.html")
    yield ""
    if isinstance(recommends, UnusableLogError):
        yield f"No model recommends: {recommends}"
    else:
        yield recommending(recommends, f"{reports}/{NEXT_ITEMS}/{recommends.manifest.version}/report.html")


def _json(
    ranks: Trained | UnusableLogError, recommends: Learned | UnusableLogError, reports: str, seconds: float
) -> dict[str, Any]:
    if isinstance(ranks, UnusableLogError):
        said: dict[str, Any] = {
            "published": False,
            "passed": False,
            "why_not": str(ranks),
            "seconds": seconds,
        }
    else:
        said = as_json(ranks, f"{reports}/{ranks.manifest.version}/report.html", seconds)
    if isinstance(recommends, UnusableLogError):
        return {**said, "next_items": {"published": False, "passed": False, "why_not": str(recommends)}}
    return {**said, "next_items": recommending_json(recommends)}
