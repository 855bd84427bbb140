"""`balad shop rotate-key` and `balad shop add-key`."""

import json
import time
from typing import Final

import click

from service.cli.live import live
from service.settings import Settings

PATIENCE_SECONDS: Final = 10.0
HOUR_SECONDS: Final = 3600.0


@click.command("rotate-key")
@click.argument("name")
@click.option("--kind", type=click.Choice(["pk", "sk"]), required=True, help="Publishable or secret.")
@click.option(
    "--overlap-hours",
    type=click.FloatRange(min=0.0),
    default=24.0,
    show_default=True,
    help="How long the old key goes on; 0 ends it now.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def rotate_key(settings: Settings, name: str, kind: str, overlap_hours: float, *, as_json: bool) -> None:
    """Make a new key in place of the shop's, which goes on for a day, and print it, this once.

    \b
    Example:
      balad shop rotate-key acme --kind sk
      balad shop rotate-key acme --kind pk --overlap-hours 0
    """
    from features.store.exchange import Exchange
    from features.store.redis_settings import RedisSettings
    from service.key_rotation import rotate
    from service.shops import KeyKind

    now = time.time()
    until = now + overlap_hours * HOUR_SECONDS
    with live(settings) as ready:
        store = RedisSettings(Exchange(str(ready.redis_url), PATIENCE_SECONDS))
        key = rotate(store, name, KeyKind(kind), until=until, now=now)
    if as_json:
        click.echo(json.dumps({"shop": name, "key": key, "old_until": until}))
        return
    ends = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(until))
    click.echo(f"{key}\nThe key is not shown again. The one before ends at {ends}.")


@click.command("add-key")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    metavar="WORD",
    help="What it is for: the first word of the calls' paths after /v1, such as items or events.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def add_key(settings: Settings, name: str, scopes: tuple[str, ...], *, as_json: bool) -> None:
    """Make a secret key for some calls only, and print it, this once.

    \b
    Example:
      balad shop add-key acme --scope items --scope events
    """
    from features.store.exchange import Exchange
    from features.store.redis_settings import RedisSettings
    from service.api.endpoints import ENDPOINTS
    from service.key_rotation import add

    known = {endpoint.scope for endpoint in ENDPOINTS if endpoint.path.startswith("/v1/")}
    if unknown := sorted(set(scopes) - known):
        raise click.UsageError(f"--scope {unknown[0]!r}: it is one of {', '.join(sorted(known))}.")
    with live(settings) as ready:
        store = RedisSettings(Exchange(str(ready.redis_url), PATIENCE_SECONDS))
        key = add(store, name, scopes, now=time.time())
    if as_json:
        click.echo(json.dumps({"shop": name, "key": key, "scopes": scopes}))
    else:
        click.echo(f"{key}\nThe key is not shown again. It is for {', '.join(scopes)} only.")
