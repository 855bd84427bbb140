"""`balad parity`."""

import json
import time
from dataclasses import asdict
from typing import Any, Final

import click

from training.parity import Parity
from training.parity import parity as compared
from training.source import Installation, attributes_of, read_log

NEEDED_SHARE: Final = 0.999


class ParityError(RuntimeError):
    """A replay of the log does not see what the service saw."""


@click.command()
@click.option("--shop", required=True, help="The shop whose rankings to compare.")
@click.option("--json", "json_wanted", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def parity(place: Installation, shop: str, *, json_wanted: bool) -> None:
    """Compare the rows that rankings were served with, where they were logged, with a replay of the log.

    BALAD_SERVED_ROWS_SHARE says of how many rankings the rows are logged. Fails where less than 99.9 % of the
    rows are equal: a model would then be trained on other numbers than it ranks with.

    \b
    Example:
      balad parity --shop acme
    """
    found = compared(read_log(place, shop, until=time.time()), attributes_of(place, shop))
    if json_wanted:
        click.echo(json.dumps(said(shop, found)))
    else:
        click.echo("\n".join(lines(found)))
    if found.equal_share < NEEDED_SHARE:
        raise ParityError(
            f"{found.equal_share:.2%} of the rows are equal, and {NEEDED_SHARE:.1%} should be; "
            "the columns that differ say where to look"
        )


def said(shop: str, found: Parity) -> dict[str, Any]:
    """Return the comparison for programs."""
    return {"shop": shop, "equal_share": found.equal_share, **asdict(found)}


def lines(found: Parity) -> list[str]:
    """Return the comparison for people; columns that differ last, the worst first."""
    if not found.rankings:
        return ["no ranking in the log has its rows; BALAD_SERVED_ROWS_SHARE says how many log them"]
    worst = sorted(found.differing.items(), key=lambda column: -column[1])
    other = f"; {found.other_table:,} of another feature table left out" if found.other_table else ""
    return [
        f"rankings compared   {found.rankings:,}{other}",
        f"equal to the bit    {found.bit_equal_rankings:,}",
        f"rows equal          {found.equal_rows:,} of {found.rows:,} ({found.equal_share:.3%})",
        *(f"differs in {count:,} rows: {name}" for name, count in worst),
    ]
