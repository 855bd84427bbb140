"""`balad models`."""

import time
from typing import TYPE_CHECKING, Any

import click

from service.cli.canary import COMMANDS
from service.cli.of_shop import asked, json_text, of_shop
from service.settings import Settings

if TYPE_CHECKING:
    from features.bundle import Pointer, Shelf


@click.group(invoke_without_command=True)
@of_shop
@click.pass_context
def models(ctx: click.Context, shop: str | None, *, as_json: bool) -> None:
    """List a shop's models, or say which one serves.

    \b
    Example:
      balad models --shop acme
      balad models --shop acme canary 2026-11-22T10-00-00Z-4f2a
      balad models --shop acme promote 2026-11-22T10-00-00Z-4f2a
      balad models --shop acme rollback
    """
    ctx.meta.update(shop=shop, as_json=as_json)
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_models)


@models.command("list")
@of_shop
@click.pass_context
def list_models(ctx: click.Context, shop: str | None, *, as_json: bool) -> None:
    """List the models, the newest first, with what their evaluation found.

    \b
    Example:
      balad models --shop acme list --json
    """
    name, as_json = asked(ctx, shop, as_json=as_json)
    shelf = _shelf(ctx.obj)
    pointer = shelf.live(name)
    found = [_described(shelf, name, version, pointer) for version in shelf.versions(name)]
    if as_json:
        click.echo(json_text({"shop": name, "models": found}))
    elif found:
        _print_table(found)
    else:
        click.echo(f"{name} has no model yet; `balad train --shop {name}` makes one")


@models.command()
@click.argument("version")
@of_shop
@click.pass_context
def promote(ctx: click.Context, version: str, shop: str | None, *, as_json: bool) -> None:
    """Let a version serve all visitors, if it passes every check that a web process makes. A canary ends.

    \b
    Example:
      balad models --shop acme promote 2026-11-22T10-00-00Z-4f2a
    """
    from features.attributes import declared
    from service.models.loading import load

    name, as_json = asked(ctx, shop, as_json=as_json)
    shelf = _shelf(ctx.obj)
    bundle = shelf.read(name, version)
    load(bundle, declared(bundle.manifest.attributes))
    _print_pointer(name, _moved(shelf, name, shelf.promote(name, version, time.time())), as_json=as_json)


@models.command()
@of_shop
@click.pass_context
def rollback(ctx: click.Context, shop: str | None, *, as_json: bool) -> None:
    """Let the version serve that served before; a second rollback undoes the first. A canary ends.

    \b
    Example:
      balad models --shop acme rollback
    """
    name, as_json = asked(ctx, shop, as_json=as_json)
    shelf = _shelf(ctx.obj)
    _print_pointer(name, _moved(shelf, name, shelf.rollback(name, time.time())), as_json=as_json)


def _shelf(settings: Settings) -> "Shelf":
    from features.bundle import Shelf

    return Shelf(settings.models_url)


def _moved(shelf: "Shelf", shop: str, pointer: "Pointer") -> "Pointer":
    """Take the canary's pointer away: what it was compared with is no longer live. The worker notes how it ended."""
    from features.bundle import CANARY

    shelf.unpoint(shop, CANARY)
    return pointer


def _tried(shelf: "Shelf", shop: str) -> dict[str, str]:
    """Return the versions that are on their way, with the word for it."""
    from features.bundle import CANARY, SHADOW

    pointers = {name: shelf.pointer(shop, name) for name in (SHADOW, CANARY)}
    return {pointer.version: name for name, pointer in pointers.items() if pointer is not None}


def _described(shelf: "Shelf", shop: str, version: str, pointer: "Pointer | None") -> dict[str, Any]:
    """Return a model as a line of the list; one whose manifest cannot be read says why."""
    from features.bundle import BundleError

    place = _tried(shelf, shop).get(version)
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
            json_text({"shop": shop, "live": pointer.version, "previous": pointer.previous, "at": pointer.at})
        )
    else:
        before = f"; before: {pointer.previous}" if pointer.previous else ""
        click.echo(f"{pointer.version} serves {shop} within 2 seconds{before}")


for command in COMMANDS:
    models.add_command(command)
