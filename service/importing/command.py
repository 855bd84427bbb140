"""`balad import` and `balad rebuild`."""

import dataclasses
import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import click

from features.log.place import Log
from features.log.schema import Kind
from features.store import redis_work
from features.store.exchange import Exchange
from features.store.protocol import WorkStore
from features.store.redis_privacy import RedisPrivacy
from features.store.redis_settings import RedisSettings
from service.cli.live import live
from service.importing.foreign.notes import Notes
from service.importing.foreign.options import Wish, foreign_options
from service.importing.intake import Events, Exposures, Intake, Items
from service.importing.load import Into, Load, Tally
from service.importing.progress import progress
from service.importing.rebuild import Rebuild
from service.importing.records import Source
from service.importing.rejects import Rejects
from service.settings import Settings
from service.shops import shop_of

PATIENCE_SECONDS: Final = 60.0  # for one round trip: nobody waits in a shop for it
_NAMES_TOLD: Final = 20


class State(NamedTuple):
    """The stores of an installation, open."""

    store: WorkStore
    settings: RedisSettings
    privacy: RedisPrivacy
    exchange: Exchange
    log: Log


@click.command("import")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--shop", required=True, metavar="NAME", help="The shop they belong to.")
@click.option(
    "--kind",
    type=click.Choice(["events", "items", "exposures"]),
    default="events",
    show_default=True,
    help="What the files hold.",
)
@click.option(
    "--rejected",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("rejected.jsonl"),
    show_default=True,
    help="Where to tell which lines were refused, and why. Written only if there are any.",
)
@foreign_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def import_files(  # noqa: PLR0913 - one per option
    settings: Settings,
    files: tuple[Path, ...],
    shop: str,
    kind: str,
    rejected: Path,
    *,
    wish: Wish,
    as_json: bool,
) -> None:
    """Take events, items or exposures from files into the log and the live state.

    FILE is JSON lines (.jsonl, .ndjson, .json), CSV (.csv) or Parquet (.parquet), also gzipped (.gz). Records are those
    of POST /v1/events and PUT /v1/items; every event says its `time`. What the log has already is left out, so that an
    import can be repeated. Lines that are refused are told in a file with the reason; the others are kept.

    With --format the records are another system's; docs/importing.md has what becomes of each. What has no place here
    is counted by its name.

    CSV names its columns in the first line, as the records name their fields. One row is one item of an event: columns
    item_id, index, price and quantity; rows of one event stand together under its event_id. Attributes of items are
    columns attributes.NAME, several values between bars (38|39). An empty field says nothing. Parquet may be flat like
    this, or hold a list column `items`.

    \b
    event_id,name,time,visitor_id,session_id,page,consent,item_id,index,price
    e-1,view_item_list,2026-11-22T17:00:00Z,v-81,s-3,category/shoes,true,A1,0,79.00
    e-1,view_item_list,2026-11-22T17:00:00Z,v-81,s-3,category/shoes,true,B7,1,59.00
    e-2,select_item,2026-11-22T17:00:09Z,v-81,s-3,category/shoes,true,B7,1,

    \b
    Example:
      balad import catalogue.csv --shop acme --kind items
      balad import events-*.jsonl.gz --shop acme
      balad import events_20261122.json.gz --shop acme --format ga4 --consent no
    """
    began = time.monotonic()
    foreign = wish.reader(kind, files)
    with opened(settings) as state:
        into = Into(state.store, state.log, shop_of(state.settings, shop))
        rejects = Rejects(rejected)
        with closing(rejects):
            tally = _load(Load(into, _intake(kind, into), rejects, foreign), files)
    told = {
        "shop": shop,
        "kind": kind,
        **dataclasses.asdict(tally),
        "seconds": round(time.monotonic() - began, 2),
    }
    if foreign is not None:
        told |= _counts(foreign.notes)
    if as_json:
        click.echo(json.dumps(told | {"rejected_file": str(rejected) if tally.rejected else None}))
    else:
        click.echo(
            f"{kind} of {shop}: {tally.added:,} added, {tally.duplicates:,} there already, "
            f"{tally.rejected:,} rejected, in {told['seconds']:.1f} s"
        )
        if foreign is not None:
            _tell(tally, foreign.notes)
        if tally.rejected:
            click.echo(f"what was rejected, and why: {rejected}", err=True)
    if tally.rejected and not tally.added and not tally.duplicates:
        raise click.ClickException(f"nothing could be used; see {rejected}")
    if tally.unmapped and not tally.added and not tally.duplicates:
        raise click.ClickException("nothing in these files has a place here; is --format right, and --kind?")


@click.command()
@click.option("--shop", required=True, metavar="NAME", help="The shop to rebuild.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def rebuild(settings: Settings, shop: str, *, as_json: bool) -> None:
    """Make the Redis state of a shop anew from its log: settings, catalogue, visitors and counters.

    For after a loss of Redis or an upgrade. The service may go on meanwhile: events are kept and reach their visitors
    at the end, rankings know less until then. A rebuild that was interrupted is simply run again.

    \b
    Example:
      balad rebuild --shop acme
    """
    began = time.monotonic()
    with opened(settings) as state:
        dates = state.log.dates(shop, Kind.EVENTS)
        with progress(f"rebuild {shop}", len(dates)) as told:
            count = Rebuild(state.store, state.settings, state.privacy, state.log, shop, time.time).run(
                lambda date, done: told(sum(d <= date for d in dates), f"{done:,} facts, up to {date}")
            )
    seconds = round(time.monotonic() - began, 2)
    if as_json:
        click.echo(json.dumps({"shop": shop, "facts": count, "seconds": seconds}))
    else:
        click.echo(f"{shop}: rebuilt from {count:,} facts in {seconds:.1f} s")


@contextmanager
def opened(settings: Settings) -> Iterator[State]:
    """Open the stores of an installation, with the embedded server where it is used."""
    with ExitStack() as stack:
        ready = stack.enter_context(live(settings))
        url = str(ready.redis_url)
        store = redis_work.connect(url, stream_bound=ready.stream_bound, timeout_seconds=PATIENCE_SECONDS)
        exchange = Exchange(url, PATIENCE_SECONDS)
        stack.callback(store.close)
        stack.callback(exchange.close)
        yield State(store, RedisSettings(exchange), RedisPrivacy(exchange), exchange, Log(ready.log_url))


def _counts(notes: Notes) -> dict[str, dict[str, int]]:
    """Return what was counted by name, the most frequent first."""
    counted = {"unmapped_names": notes.unmapped, "assumed": notes.assumed, "left_out": notes.left_out}
    return {what: dict(names.most_common()) for what, names in counted.items()}


def _tell(tally: Tally, notes: Notes) -> None:
    click.echo(f"{tally.read:,} records read, {tally.unmapped:,} of them have no place here")
    titles = {"no place": notes.unmapped, "assumed": notes.assumed, "left out": notes.left_out}
    for title, names in titles.items():
        for name, number in names.most_common(_NAMES_TOLD):
            click.echo(f"  {title:8}  {number:>12,}  {name}")
        if len(names) > _NAMES_TOLD:
            click.echo(
                f"  {title:8}  {'…':>12}  and {len(names) - _NAMES_TOLD:,} other names; --json has all"
            )


def _intake(kind: str, into: Into) -> Intake:
    match kind:
        case "events":
            return Events()
        case "items":
            return Items(into.store, into.shop.name, into.shop.attributes)
        case _:
            return Exposures()


def _load(load: Load, files: tuple[Path, ...]) -> Tally:
    load.prepare()
    with ExitStack() as stack:
        sources = [stack.enter_context(closing(Source(path))) for path in files]
        size, before = sum(source.size for source in sources), 0
        with progress("import", size) as told:
            for source in sources:
                for _ in load.take(source):
                    told(before + source.position, f"{load.tally.read:,} records")
                before += source.size
    return load.tally
