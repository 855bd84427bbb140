"""`balad people`."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import click

from service.cli.live import live
from service.settings import Settings

if TYPE_CHECKING:
    from features.store.settings import SettingsStore

PATIENCE_SECONDS: Final = 10.0  # nobody waits in a shop for this
ROLES: Final = ("viewer", "merchandiser", "admin")
ACTOR: Final = "command line"

_shop = click.option("--shop", required=True, metavar="NAME", help="Whose people.")
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_stdin = click.option(
    "--password-stdin",
    "from_stdin",
    is_flag=True,
    help="Read the password from standard input, in place of making one.",
)


@click.group()
def people() -> None:
    """The people of a shop: who may log in to its console, and what they may do there.

    \b
    Example:
      balad people add marie --shop acme --role admin
    """


@people.command()
@click.argument("name")
@_shop
@click.option(
    "--role",
    type=click.Choice(ROLES),
    default="viewer",
    show_default=True,
    help="A viewer sees figures, a merchandiser changes pages and rules, an admin does everything.",
)
@_stdin
@_json
@click.pass_obj
def add(  # noqa: PLR0913 - the options of a command
    settings: Settings, name: str, shop: str, role: str, *, from_stdin: bool, as_json: bool
) -> None:
    """Let somebody in, and print their password, this once: only its hash is kept.

    \b
    Example:
      balad people add marie --shop acme --role merchandiser
    """
    from service.pages.change import Author
    from service.people import Role, add_person

    password = _password(from_stdin=from_stdin)
    with _store(settings, shop) as store:
        person = add_person(store, Author(shop, ACTOR, time.time()), name, Role[role.upper()], password)
    _tell(shop, person.name, None if from_stdin else password, as_json=as_json)


@people.command()
@click.argument("name")
@_shop
@_stdin
@_json
@click.pass_obj
def password(settings: Settings, name: str, shop: str, *, from_stdin: bool, as_json: bool) -> None:
    """Give somebody another password, and print it; whoever is logged in as them is out.

    \b
    Example:
      balad people password marie --shop acme
    """
    from service.pages.change import Author
    from service.people import change_password

    new = _password(from_stdin=from_stdin)
    with _store(settings, shop) as store:
        person = change_password(store, Author(shop, ACTOR, time.time()), name, new)
    _tell(shop, person.name, None if from_stdin else new, as_json=as_json)


@people.command()
@click.argument("name")
@_shop
@click.pass_obj
def remove(settings: Settings, name: str, shop: str) -> None:
    """Let somebody in no longer; whoever is logged in as them is out.

    \b
    Example:
      balad people remove marie --shop acme
    """
    from service.pages.change import Author
    from service.people import remove_person

    with _store(settings, shop) as store:
        remove_person(store, Author(shop, ACTOR, time.time()), name)


@people.command("list")
@_shop
@_json
@click.pass_obj
def list_people(settings: Settings, shop: str, *, as_json: bool) -> None:
    """List the people of a shop.

    \b
    Example:
      balad people list --shop acme
    """
    from service.people import people_of

    with _store(settings, shop) as store:
        found = people_of(store.read(shop).values)
    if as_json:
        rows = [{"name": one.name, "role": one.role.word, "created_at": one.created_at} for one in found]
        click.echo(json.dumps({"shop": shop, "people": rows}))
        return
    for one in found:
        click.echo(f"{one.role.word:<14}{one.name}")
    if not found:
        click.echo(f"nobody yet; `balad people add NAME --shop {shop} --role admin` lets the first one in")


@contextmanager
def _store(settings: Settings, shop: str) -> Iterator["SettingsStore"]:
    """Yield the settings of a shop that exists."""
    from features.store.exchange import Exchange
    from features.store.redis_settings import RedisSettings
    from service.shops import shop_of

    with live(settings) as ready:
        store = RedisSettings(Exchange(str(ready.redis_url), PATIENCE_SECONDS))
        shop_of(store, shop)
        yield store


def _password(*, from_stdin: bool) -> str:
    from service.passwords import made

    return sys.stdin.readline().rstrip("\r\n") if from_stdin else made()


def _tell(shop: str, name: str, new: str | None, *, as_json: bool) -> None:
    if as_json:
        said = {"shop": shop, "name": name}
        click.echo(json.dumps(said if new is None else {**said, "password": new}))
    elif new is not None:
        click.echo(f"password of {name}  {new}")
        click.echo("It is not shown again. They can change it in the console, at the top right.")
