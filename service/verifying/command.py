"""`balad verify`."""

import json
from dataclasses import asdict

import click

from service.importing.command import opened
from service.settings import Settings
from service.shops import shop_of
from service.verifying.verify import Found, Installation
from service.verifying.verify import verify as verified

DIFFERS = 3  # the status where Redis and the log do not hold the same


@click.command()
@click.option("--shop", required=True, metavar="NAME", help="The shop to look at.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def verify(settings: Settings, shop: str, *, as_json: bool) -> int:
    """Count what Redis and the log hold of a shop, and name any difference.

    It only looks, and reads the whole log; the worker stands still meanwhile, events and rankings go on. The status
    is 0 where nothing differs, 3 where something does: `balad rebuild` makes Redis anew from the log.

    \b
    Example:
      balad verify --shop acme
    """
    with opened(settings) as state:
        shop_of(state.settings, shop)
        place = Installation(state.store, state.settings, state.privacy, state.exchange, state.log)
        found = verified(place, shop)
    click.echo(json.dumps(_as_json(shop, found)) if as_json else "\n".join(_lines(shop, found)))
    return DIFFERS if found.differences else 0


def _as_json(shop: str, found: Found) -> dict[str, object]:
    differences = [difference._asdict() for difference in found.differences]
    return {"shop": shop, **asdict(found), "differences": differences}


def _lines(shop: str, found: Found) -> list[str]:
    log, waiting, redis = (found.counts[name] for name in ("log", "waiting", "redis"))
    lines = [f"{shop}: {sum(kind['rows'] for kind in log.values()):,} facts in the log"]
    lines += [
        f"  {kind:10} {held['rows']:>12,} in {held['files']:,} files, {waiting[kind]:,} on their way"
        for kind, held in log.items()
    ]
    lines.append(
        f"  Redis holds {redis['visitors']:,} visitors, {redis['items']:,} items, statistics of "
        f"{redis['statistics']:,}; {found.counts['marked']:,} visitors are erased or object"
    )
    for what, count, examples in found.differences:
        lines.append(f"DIFFERS: {count:,} {what}" + (f": {', '.join(examples)} …" if examples else ""))
    return lines if found.differences else [*lines, "no difference"]
