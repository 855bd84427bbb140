"""`balad simulate`."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice, takewhile
from pathlib import Path
from typing import Any, Final

import click
import numpy as np

from training.simulate.client import Client
from training.simulate.files import EVENTS, ITEMS, write_events, write_items
from training.simulate.live import LiveStorefront, Pace, told_every
from training.simulate.session import Shop
from training.simulate.traffic import ShopOrder, Traffic, coming_arrivals, past_arrivals
from training.simulate.world import draw_shop

_DAY: Final = 86_400.0
_TELL_SECONDS: Final = 10.0
_VISITS_PER_SHOPPER: Final = 2.5  # in a history: most come once, some often


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the command line asks for; each field is an option of `balad simulate`."""

    seed: int
    out: Path | None
    url: str | None
    key: str | None
    items: int
    shoppers: int | None
    sessions: int | None
    days: float
    until: float | None
    truth: bool
    per_minute: float
    speed: float

    def shop(self, at: float) -> Shop:
        """Return the world as of a time."""
        shoppers = self.shoppers or max(1, int((self.sessions or 3_000) / _VISITS_PER_SHOPPER))
        return draw_shop(self.seed, items=self.items, shoppers=shoppers, at=at)


class WallClock:
    """The machine's clock."""

    def now(self) -> float:
        """Unix seconds."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


@click.command()
@click.option("--seed", type=int, required=True, help="Draws the shop, its shoppers and what they do.")
@click.option("--items", type=int, default=1_200, show_default=True, help="How many items the shop sells.")
@click.option("--shoppers", type=int, help="How many people come.  [default: sessions / 2.5]")
@click.option(
    "--sessions", type=int, help="How many visits.  [default: 3000 into files, for ever with --url]"
)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help=f"Write {ITEMS} and {EVENTS} here."
)
@click.option("--days", type=float, default=14.0, show_default=True, help="With --out: how long a past.")
@click.option("--until", type=float, help="With --out: the end of it in Unix seconds.  [default: now]")
@click.option(
    "--truth", is_flag=True, help="With --out: write truth.jsonl too, the true relevance of each listing."
)
@click.option("--url", help="Send shoppers to a running service.")
@click.option("--key", help="With --url: the shop's publishable or secret key.")
@click.option(
    "--key-file", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="Read the key there."
)
@click.option(
    "--per-minute", type=float, default=20.0, show_default=True, help="With --url: visits begun per minute."
)
@click.option(
    "--speed", type=float, default=1.0, show_default=True, help="With --url: how much faster they live."
)
def simulate(key_file: Path | None, **options: Any) -> None:  # noqa: ANN401 - the fields of Plan
    """Let shoppers with known tastes visit a generated shop, in files or live.

    The same seed and options give the same shop, and the same files. Live shoppers of the same seed and numbers are
    the people of the files.

    \b
    Examples:
      balad simulate --seed 17 --out history
      balad simulate --seed 17 --url http://127.0.0.1:8000 --key pk_... --per-minute 30
    """
    if key_file is not None:
        options["key"] = key_file.read_text(encoding="utf-8").strip()
    plan = Plan(**options)
    if (plan.out is None) == (plan.url is None):
        raise click.UsageError("Give either --out, for files, or --url, for a running service.")
    if plan.url is not None and plan.key is None:
        raise click.UsageError("A service asks for a key: give --key or --key-file.")
    if min(plan.items, plan.shoppers or 1, plan.sessions or 1, plan.days, plan.per_minute, plan.speed) <= 0:
        raise click.UsageError("Counts, days and rates must be above 0.")
    run = _into_files if plan.out is not None else _live
    run(plan)


def _into_files(plan: Plan) -> None:
    """Write the catalogue and a past."""
    assert plan.out is not None  # noqa: S101 - the caller looked
    until = time.time() if plan.until is None else plan.until
    start = until - plan.days * _DAY
    shop = plan.shop(until)
    items = write_items(plan.out, shop.catalogue.items())
    rng = np.random.default_rng((plan.seed, 1))
    arrivals = past_arrivals(rng, shop.population, plan.sessions or 3_000, (start, until))
    steps = Traffic(rng, shop, ShopOrder(), "h").steps(arrivals)
    steps = takewhile(lambda step: step.at < until, steps)
    events = write_events(plan.out, steps, truth=plan.truth, say=_progress(start, until))
    click.echo(f"{items} items, {len(arrivals)} visits, {events} events in {plan.out}")


def _live(plan: Plan) -> None:
    """Send shoppers to a service until their number is reached, or for ever; Ctrl-C ends it well."""
    assert plan.url is not None  # noqa: S101 - the caller looked
    assert plan.key is not None  # noqa: S101 - the caller looked
    clock = WallClock()
    start = clock.now()
    shop = plan.shop(start)
    rng = np.random.default_rng((plan.seed, int(start)))
    front = LiveStorefront(Client(plan.url, plan.key), shop.catalogue, Pace(clock, start, plan.speed), clock)
    arrivals = coming_arrivals(rng, shop.population, start, plan.per_minute / plan.speed)
    steps = Traffic(rng, shop, front, f"live-{int(start):x}").steps(islice(arrivals, plan.sessions))
    try:
        front.tell(told_every(_TELL_SECONDS, clock, lambda: _say(front.tally.sentence()), steps))
    except KeyboardInterrupt:
        click.echo()
    click.echo(front.tally.sentence())


def _progress(start: float, until: float) -> Callable[[int, float], None]:
    """Return what is told each event: on a terminal one line that moves, elsewhere a line per tenth."""
    tenth = 0

    def say(count: int, at: float) -> None:
        nonlocal tenth
        if (reached := int(10 * (at - start) / (until - start))) > tenth:
            tenth = reached
            _say(f"{10 * tenth} %: {count} events")

    return say


def _say(text: str) -> None:
    """Tell how it goes, on standard error; a terminal keeps only the last line."""
    end = "\r" if sys.stderr.isatty() else "\n"
    click.echo(f"{text:<78}{end}" if end == "\r" else f"{text}{end}", err=True, nl=False)
