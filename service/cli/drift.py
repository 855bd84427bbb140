"""`balad drift`."""

import time
from typing import TYPE_CHECKING

import click

from service.cli.of_shop import json_text
from service.settings import Settings

if TYPE_CHECKING:
    from service.drift.found import Drift

DRIFTED = 3
_MOST = 8  # columns shown of a day


@click.command()
@click.option("--shop", required=True, metavar="NAME", help="Whose live model.")
@click.option(
    "--days", type=click.IntRange(1, 90), default=14, show_default=True, help="Finished days looked at."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def drift(settings: Settings, shop: str, days: int, *, as_json: bool) -> int:
    """Say how far what the live model reads and says has moved from what it learned from, day by day.

    The population stability index of each column and of the score, by the rows logged as served
    (BALAD_SERVED_ROWS_SHARE). A column has drifted where it passes twice the highest of its clean days, or 0.25
    before five of them are known. The status is 3 where one has drifted on the newest day. The worker does the same
    each day, for the console and for alerts.

    \b
    Example:
      balad drift --shop acme
    """
    from features.bundle import BundleError, Shelf
    from features.log.place import Log
    from service.drift.levels import alarms
    from service.drift.watch import finished_dates, looked_at, reference_of

    reference = reference_of(Shelf(settings.models_url), shop)
    if reference is None:
        raise BundleError(f"shop {shop} has no live model; `balad train --shop {shop}` makes one")
    found = looked_at(Log(settings.log_url), shop, reference, finished_dates(time.time(), days))
    click.echo(_json(found) if as_json else "\n".join(_lines(found)))
    return DRIFTED if alarms(found.days) else 0


def _lines(found: "Drift") -> list[str]:
    from service.drift.levels import drifted

    alarms = drifted(found.days)
    lines = [f"model {found.version}"]
    for day in found.days:
        if day.date not in alarms:
            lines.append(f"{day.date}  {day.rows:>8,} rows: too few to say")
            continue
        worst = sorted(day.moved.items(), key=lambda one: -one[1])[:_MOST]
        told = "  ".join(
            f"{'DRIFTED ' if name in alarms[day.date] else ''}{name} {moved:.3f}" for name, moved in worst
        )
        lines.append(f"{day.date}  {day.rows:>8,} rows: {told}")
    return lines


def _json(found: "Drift") -> str:
    from dataclasses import asdict

    from service.drift.levels import drifted

    days = [asdict(day) for day in found.days]
    return json_text({"model": found.version, "days": days, "drifted": drifted(found.days)})
