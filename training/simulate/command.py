"""`balad simulate`."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice, takewhile
from pathlib import Path
from typing import Any, Final, cast

import click
import numpy as np
import orjson

from training.simulate.client import Client
from training.simulate.experiment import PlantedStorefront
from training.simulate.files import EVENTS, ITEMS, known_from, write_events, write_exposures, write_items
from training.simulate.live import LiveStorefront, Pace, told_every
from training.simulate.session import Shop, Step
from training.simulate.traffic import ShopOrder, Traffic, coming_arrivals, past_arrivals
from training.simulate.world import draw_shop

_DAY: Final = 86_400.0
_TELL_SECONDS: Final = 10.0
_SESSIONS: Final = 3_000
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
    pages: Path | None
    shop_name: str
    knowledge: float
    per_minute: float
    speed: float
    quiet: bool

    def shop(self, at: float) -> Shop:
        """Return the world as of a time."""
        shoppers = self.shoppers or max(1, int((self.sessions or _SESSIONS) / _VISITS_PER_SHOPPER))
        return draw_shop(self.seed, items=self.items, shoppers=shoppers, at=at)

    def say(self, line: str) -> None:
        """Tell how it goes, unless nobody wants to hear it."""
        if not self.quiet:
            click.echo(line)


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
@click.option(
    "--pages",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="With --out: JSON of pages' settings, as GET /v1/pages shows them with their windows. Listings are then "
    "ordered for those in treatment, and exposures.jsonl says how each was answered.",
)
@click.option(
    "--shop-name", default="demo", show_default=True, help="With --pages: the shop, whose holdout it is."
)
@click.option(
    "--knowledge",
    type=click.FloatRange(0.0, 1.0),
    default=0.5,
    show_default=True,
    help="With --pages: how far the order shown goes from the shop's (0) to the shopper's own (1).",
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
@click.option("--quiet", is_flag=True, help="Say nothing but what goes wrong.")
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
    if min(plan.items, plan.shoppers or 1, plan.sessions or 1, plan.days, plan.per_minute, plan.speed) <= 0:
        raise click.UsageError("Counts, days and rates must be above 0.")
    if plan.out is not None and plan.url is None:
        _into_files(plan, plan.out)
    elif plan.url is not None and plan.out is None:
        if plan.key is None:
            raise click.UsageError("A service asks for a key: give --key or --key-file.")
        _live(plan, Client(plan.url, plan.key))
    else:
        raise click.UsageError("Give either --out, for files, or --url, for a running service.")


def _into_files(plan: Plan, out: Path) -> None:
    """Write the catalogue and a past."""
    until = time.time() if plan.until is None else plan.until
    start = until - plan.days * _DAY
    shop = plan.shop(until)
    items = write_items(out, (known_from(start, item) for item in shop.catalogue.items()))
    rng = np.random.default_rng((plan.seed, 1))
    arrivals = past_arrivals(rng, shop.population, plan.sessions or _SESSIONS, (start, until))
    planted = None if plan.pages is None else _planted(plan, shop)
    steps = Traffic(rng, shop, planted or ShopOrder(), "h").steps(arrivals)
    told = _telling_tenths(takewhile(lambda step: step.at < until, steps), start, until, plan.say)
    events = write_events(out, told, truth=plan.truth)
    if planted is not None:
        write_exposures(out, (exposure for exposure in planted.exposures if exposure["time"] < until))
    plan.say(f"{items} items, {len(arrivals)} visits, {events} events in {out}")


def _planted(plan: Plan, shop: Shop) -> PlantedStorefront:
    """Return a storefront that orders listings by what pages are set to."""
    pages = orjson.loads(cast("Path", plan.pages).read_bytes())
    return PlantedStorefront(plan.shop_name, pages, plan.knowledge, shop.catalogue.ids, f"past-{plan.seed}")


def _live(plan: Plan, client: Client) -> None:
    """Send shoppers to a service until their number is reached, or for ever; Ctrl-C ends it well."""
    clock = WallClock()
    start = clock.now()
    shop = plan.shop(start)
    rng = np.random.default_rng((plan.seed, int(start)))
    front = LiveStorefront(client, shop.catalogue, Pace(clock, start, plan.speed), clock)
    arrivals = coming_arrivals(rng, shop.population, start, plan.per_minute / plan.speed)
    steps = Traffic(rng, shop, front, f"live-{int(start):x}").steps(islice(arrivals, plan.sessions))
    with suppress(KeyboardInterrupt):
        front.tell(told_every(_TELL_SECONDS, clock, lambda: plan.say(front.tally.sentence()), steps))
    plan.say(front.tally.sentence())


def _telling_tenths(
    steps: Iterable[Step], start: float, until: float, say: Callable[[str], None]
) -> Iterator[Step]:
    """Pass steps on, and say how many there are after each tenth of the time."""
    tenth = 0
    for count, step in enumerate(steps, start=1):
        if (reached := int(10 * (step.at - start) / (until - start))) > tenth:
            tenth = reached
            say(f"{10 * tenth} %: {count} events")
        yield step
