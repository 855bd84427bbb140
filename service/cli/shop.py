"""`balad shop`."""

import dataclasses
import json
import time
from typing import Final

import click

from service.cli.keys import add_key, rotate_key
from service.cli.live import live
from service.settings import Settings

PATIENCE_SECONDS: Final = 10.0  # nobody waits in a shop for this


@click.group()
def shop() -> None:
    """Shops and their keys.

    \b
    Example:
      balad shop create acme
    """


@shop.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--attribute",
    "attributes",
    multiple=True,
    metavar="NAME:KIND",
    help="An attribute of the items to learn from; the kind is categorical, multi, numeric or time. "
    "May be given several times, in place of category and brand.",
)
@click.pass_obj
def create(settings: Settings, name: str, attributes: tuple[str, ...], *, as_json: bool) -> None:
    """Make a shop and print its two keys, this once: only their hashes are kept.

    \b
    Example:
      balad shop create acme --attribute category:categorical --attribute size:multi --attribute weight:numeric
    """
    from features.attributes import DEFAULT, declared
    from features.store.exchange import Exchange
    from features.store.redis_settings import RedisSettings
    from service.shops import create_shop

    chosen = declared(attributes) if attributes else DEFAULT
    with live(settings) as ready:
        store = RedisSettings(Exchange(str(ready.redis_url), PATIENCE_SECONDS))
        new = create_shop(store, name, chosen, now=time.time())
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(new)))
        return
    click.echo(f"shop             {new.shop}")
    click.echo(f"publishable key  {new.publishable_key}   (may sit in a browser)")
    click.echo(f"secret key       {new.secret_key}   (may do everything: keep it on a server)")
    click.echo("The keys are not shown again.")


@shop.command()
@click.argument("name")
@click.argument("origins", nargs=-1)
@click.option("--clear", is_flag=True, help="Declare none.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def origins(settings: Settings, name: str, origins: tuple[str, ...], *, clear: bool, as_json: bool) -> None:
    """Say which web pages may call with the publishable key, in place of those said before; without any, show them.

    While none is declared, only pages served from localhost may.

    \b
    Example:
      balad shop origins acme https://shop.example https://www.shop.example
    """
    from features.store.exchange import Exchange
    from features.store.redis_settings import RedisSettings
    from service.shops import set_origins, shop_of

    with live(settings) as ready:
        store = RedisSettings(Exchange(str(ready.redis_url), PATIENCE_SECONDS))
        if origins or clear:
            holds = set_origins(store, name, () if clear else origins, now=time.time())
        else:
            holds = shop_of(store, name)
    if as_json:
        click.echo(json.dumps({"shop": name, "origins": holds.origins}))
        return
    click.echo("\n".join(holds.origins) or "none declared: only pages served from localhost may call")


shop.add_command(rotate_key)
shop.add_command(add_key)
