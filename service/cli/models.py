"""`balad models`."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from service.settings import Settings

if TYPE_CHECKING:
    from features.bundle import Pointer, Shelf

_Command = TypeVar("_Command", bound=Callable[..., Any])


def _of_shop(command: _Command) -> _Command:
    """Let a command take --shop and --json, wherever in the line they are written."""
    command = click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)
    return click.option("--shop", metavar="NAME", help="Whose models.")(command)


@click.group(invoke_without_command=True)
@_of_shop
@click.pass_context
def models(ctx: click.Context, shop: str | None, *, as_json: bool) -> None:
    """List a shop's models, or say which one serves.

    \b
    Example:
      balad models --shop acme
      balad models --shop acme promote 2026-11-22T10-00-00Z-4f2a
      balad models --shop acme rollback
    """
    ctx.meta.update(shop=shop, as_json=as_json)
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_models)


@models.command("list")
@_of_shop
@click.pass_context
def list_models(ctx: click.Context, shop: str | None, *, as_json: bool) -> None:
    """List the models, the newest first, with what their evaluation found.

    \b
    Example:
      balad models --shop acme list --json
    """
    name, as_json = _asked(ctx, shop, as_json=as_json)
    shelf = _shelf(ctx.obj)
    pointer = shelf.live(name)
    found = [_described(shelf, name, version, pointer) for version in shelf.versions(name)]
    if as_json:
        click.echo(_json({"shop": name, "models": found}))
    elif found:
        _print_table(found)
    else:
        click.echo(f"{name} has no model yet; `balad train --shop {name}` makes one")


@models.command()
@click.argument("version")
@_of_shop
@click.pass_context
def promote(ctx: click.Context, version: str, shop: str | None, *, as_json: bool) -> None:
    """Let a version serve, if it passes every check that a web process makes.

    \b
    Example:
      balad models --shop acme promote 2026-11-22T10-00-00Z-4f2a
    """
    from features.attributes import declared
    from service.models.loading import load

    name, as_json = _asked(ctx, shop, as_json=as_json)
    shelf = _shelf(ctx.obj)
    bundle = shelf.read(name, version)
    load(bundle, declared(bundle.manifest.attributes))
    _print_pointer(name, shelf.promote(name, version, time.time()), as_json=as_json)


@models.command()
@_of_shop
@click.pass_context
def rollback(ctx: click.Context, shop: str | None, *, as_json: bool) -> None:
    """Let the version serve that served before; a second rollback undoes the first.

    \b
    Example:
      balad models --shop acme rollback
    """
    name, as_json = _asked(ctx, shop, as_json=as_json)
    _print_pointer(name, _shelf(ctx.obj).rollback(name, time.time()), as_json=as_json)


def _asked(ctx: click.Context, shop: str | None, *, as_json: bool) -> tuple[str, bool]:
    """Return whose models, and whether as JSON: said behind the subcommand or before it."""
    name = shop or ctx.meta["shop"]
    if not name:
        raise click.UsageError("Missing option '--shop'.", ctx)
    return name, as_json or ctx.meta["as_json"]


def _shelf(settings: Settings) -> "Shelf":
    from features.bundle import Shelf

    return Shelf(settings.models_url)


def _described(shelf: "Shelf", shop: str, version: str, pointer: "Pointer | None") -> dict[str, Any]:
    """Return a model as a line of the list; one whose manifest cannot be read says why."""
    from features.bundle import BundleError

    place = None
    if pointer is not None and version in {pointer.version, pointer.previous}:
        place = "live" if version == pointer.version else "previous"
    try:
        manifest = shelf.manifest(shop, version)
    except BundleError as error:
        return {"version": version, "place": place, "unusable": str(error)}
    said = manifest.model_dump(
        mode="json", include={"created_at", "parent", "window", "counts", "metrics", "seed"}
    )
    return {"version": version, "place": place, **said, "unusable": None}


def _print_table(found: list[dict[str, Any]]) -> None:
    for model in found:
        click.echo(f"{model['version']}  {model['place'] or '':8}  {_figures(model)}".rstrip())


def _figures(model: dict[str, Any]) -> str:
    """Return the evaluation in a few words: the figures that are no differences, the first four."""
    if model["unusable"]:
        return f"unusable: {model['unusable']}"
    plain = [f"{name} {m['value']:.3f}" for name, m in model["metrics"].items() if " over " not in name]
    return "  ".join([f"{model['counts'].get('listings', 0):,} listings", *plain[:4]])


def _print_pointer(shop: str, pointer: "Pointer", *, as_json: bool) -> None:
    if as_json:
        click.echo(
            _json({"shop": shop, "live": pointer.version, "previous": pointer.previous, "at": pointer.at})
        )
    else:
        before = f"; before: {pointer.previous}" if pointer.previous else ""
        click.echo(f"{pointer.version} serves {shop} within 2 seconds{before}")


def _json(answer: dict[str, Any]) -> str:
    import orjson

    return orjson.dumps(answer, option=orjson.OPT_INDENT_2).decode()
