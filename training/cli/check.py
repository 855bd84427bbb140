"""`balad check`."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import click

from features.readiness import Level, Observed, Readiness, readiness
from features.readiness.amount import WANTED_WITHIN, days_in_words
from training.cli.steps import Steps
from training.source import Installation, attributes_of, facts_in, observing, read_log

USABLE, BROKEN, NOT_YET = 0, 1, 3
_MARKS: Final = {Level.BROKEN: "broken", Level.MISSING: "missing", Level.COSTS: "costs"}


@click.command()
@click.option("--shop", required=True, help="The shop whose log to look at.")
@click.option("--json", "json_wanted", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def check(place: Installation, shop: str, *, json_wanted: bool) -> int:
    """Say which data of a shop is there, whether a model can be trained on it, and what is missing.

    Reads the log once and changes nothing. The status is 0 where a model can be trained, 3 where there is not enough
    yet, 1 where what is sent contradicts itself and more of it would not help.

    \b
    Example:
      balad check --shop acme
    """
    steps = Steps(quiet=json_wanted)
    attributes_of(place, shop)  # tells a shop that there is not from one without data
    steps.tell(f"reading the log of {shop}")
    seen = Observed(now=time.time())
    log = read_log(place, shop, until=float("inf"))
    for _ in steps.watch(observing(seen, log), facts_in(place, shop)):
        pass
    found = readiness(seen)
    if json_wanted:
        click.echo(json.dumps(said(shop, seen, found)))
    else:
        click.echo("\n".join((*there(seen), "", *lines(found))))
    if found.usable:
        return USABLE
    return BROKEN if found.level is Level.BROKEN else NOT_YET


def said(shop: str, seen: Observed, found: Readiness) -> dict[str, Any]:
    """Return the findings for programs."""
    spans = bool(seen.events) and seen.last >= seen.first
    return {
        "shop": shop,
        **found.as_json(),
        "since": seen.first if spans else None,
        "until": seen.last if spans else None,
        "events": dict(seen.events),
        "exposures": seen.kinds["exposures"],
        "catalogue": len(seen.items.catalogue),
        "items_in_events": len(seen.items.named),
    }


def there(seen: Observed) -> Iterator[str]:
    """Yield what data there is."""
    events = ", ".join(f"{name} {count:,}" for name, count in seen.events.most_common()) or "none"
    if seen.last >= seen.first:
        yield f"from, to    {_utc(seen.first)} to {_utc(seen.last)}"
    yield f"events      {events}"
    yield f"rankings    {seen.kinds['exposures']:,} answered"
    yield f"catalogue   {len(seen.items.catalogue):,} items; events name {len(seen.items.named):,}"


def lines(found: Readiness) -> Iterator[str]:
    """Yield the verdict, then what was found."""
    amount = found.amount
    yield f"learnable   {amount.listings:,} listings with a click, of {amount.sessions:,} sessions"
    if amount.per_day:
        yield f"today       about {amount.per_day:,.0f} such listings a day"
    if found.usable:
        yield f"verdict     usable; a lift would be known within about ±{amount.interval:.1%} of NDCG@10"
    elif found.level is Level.BROKEN:
        yield "verdict     broken: what is sent contradicts itself, and more of it would not help"
    else:
        days = days_in_words(amount.days_to_usable)
        yield f"verdict     not yet; about {days} of such traffic still needed"
    if found.usable and amount.days_to_sharp:
        yield f"            ±{WANTED_WITHIN:.0%} takes about {days_in_words(amount.days_to_sharp)} more"
    for finding in found.findings:
        yield ""
        yield f"{_MARKS[finding.level]:11} {finding.found}"
        yield f"{'':11} {finding.cost}"
        yield f"{'':11} {finding.remedy}"


def _utc(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
