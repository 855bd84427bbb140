"""Options that every command about a shop's models takes, wherever in the line they are written."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def of_shop(command: Command) -> Command:
    """Let a command take --shop and --json."""
    command = click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)
    return click.option("--shop", metavar="NAME", help="Whose models.")(command)


def asked(ctx: click.Context, shop: str | None, *, as_json: bool) -> tuple[str, bool]:
    """Return whose models, and whether as JSON: said behind the subcommand or before it."""
    name = shop or ctx.meta["shop"]
    if not name:
        raise click.UsageError("Missing option '--shop'.", ctx)
    return name, as_json or ctx.meta["as_json"]


def json_text(answer: dict[str, Any]) -> str:
    """Return an answer for programs."""
    import orjson

    return orjson.dumps(answer, option=orjson.OPT_INDENT_2).decode()
