"""The group `balad`: where its commands are, and how a failure is told."""

import signal
import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Final, NamedTuple

import click

ENTRY_POINTS: Final = "balad.commands"
OUR_PACKAGES: Final = ("features", "service", "training")
EXTRAS: Final[Mapping[str, str]] = {
    "dask": "dask",
    "distributed": "dask",
    "matplotlib": "train",
    "opentelemetry": "otel",
    "optuna": "train",
    "s3fs": "s3",
}
INTERRUPTED: Final = 130  # what a shell says of a program stopped by Ctrl-C
TERMINATED: Final = 143  # … by SIGTERM


class Command(NamedTuple):
    """Where a command is, and its line in `balad --help`."""

    target: str  # "module:attribute", a click command
    summary: str


COMMANDS: Final[Mapping[str, Command]] = {
    "demo": Command(
        "service.demo.command:demo", "A shop, shoppers, a model and a page to try them, on this machine."
    ),
    "up": Command("service.cli.up:up", "All in one: the embedded server, one worker, web."),
    "serve": Command("service.cli.serve:serve", "Web only."),
    "worker": Command(
        "service.cli.worker:worker", "Worker only: from the stream to the log and the counters."
    ),
    "shop": Command("service.cli.shop:shop", "Shops and their keys."),
    "people": Command("service.cli.people:people", "Who may log in to the console of a shop."),
    "models": Command("service.cli.models:models", "A shop's models: list, promote, roll back."),
    "import": Command(
        "service.importing.command:import_files", "Events, items or exposures from files into the log."
    ),
    "rebuild": Command("service.importing.command:rebuild", "Redis state from the log."),
    "verify": Command("service.verifying.command:verify", "Whether Redis and the log hold the same."),
    "drift": Command("service.cli.drift:drift", "Whether the live model still sees what it learned from."),
}


class LazyGroup(click.Group):
    """A group that knows its commands by name, and imports one when it is asked for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - click's own signature
        super().__init__(*args, **kwargs)
        self._known: dict[str, Command] | None = None

    @property
    def known(self) -> dict[str, Command]:
        """The commands of the service, then those that other installed packages add."""
        if self._known is None:
            known = dict(COMMANDS)
            for entry in entry_points(group=ENTRY_POINTS):
                entry.load()(lambda name, target, summary: known.setdefault(name, Command(target, summary)))
            self._known = known
        return self._known

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own signature
        """In the order in which people meet them."""
        return list(self.known)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command, imported; None where there is none of that name."""
        if cmd_name not in self.known:
            return None
        module, _, attribute = self.known[cmd_name].target.partition(":")
        command = getattr(import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{self.known[cmd_name].target} is no click command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """From the summaries: nothing is imported."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.summary) for name, command in self.known.items()])

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Read the settings, unless only help is asked for: help answers whatever the environment holds."""
        if "--help" not in ctx.args:
            ctx.obj = _settings()
        return super().invoke(ctx)


@click.group(cls=LazyGroup, context_settings={"max_content_width": 110})
@click.version_option(package_name="balad")
def balad() -> None:
    """Put a shop's listings in the order most useful to each visitor.

    Settings are environment variables BALAD_…, described in docs/settings.md.

    \b
    Example:
      balad demo
    """


def main() -> None:
    """Run `balad`; a failure is one line on standard error and a status that is not 0."""
    signal.signal(signal.SIGTERM, _end)
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run `balad` with these arguments and return the status to exit with."""
    try:
        status = balad.main(arguments, prog_name="balad", standalone_mode=False)
    except click.exceptions.Abort:
        return INTERRUPTED
    except Exception as error:
        if (sentence := told(error)) is None:
            raise  # a bug: its traceback is what helps
        click.echo(f"balad: {sentence}", err=True)
        return error.exit_code if isinstance(error, click.ClickException) else 1
    return status if isinstance(status, int) else 0


def told(error: Exception) -> str | None:
    """What an error tells a person, in one line; None for one that only its traceback explains.

    Errors of our own classes and of the operating system are sentences; so is a missing extra.

    >>> told(FileNotFoundError(2, "No such file or directory", "orders.csv"))
    'orders.csv: No such file or directory'
    >>> told(ModuleNotFoundError("No module named 'matplotlib'", name="matplotlib"))
    "this needs an extra that is not installed; pip install 'balad[train]'"
    >>> told(KeyError("a bug"))
    """
    if isinstance(error, click.UsageError):
        path = error.ctx.command_path if error.ctx else "balad"
        return f"{_line(error.format_message())} See {path} --help."
    if isinstance(error, click.ClickException):
        return _line(error.format_message())
    if isinstance(error, ImportError):
        extra = EXTRAS.get((error.name or "").partition(".")[0])
        return f"this needs an extra that is not installed; pip install 'balad[{extra}]'" if extra else None
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    if type(error).__module__.partition(".")[0] in OUR_PACKAGES:
        return _line(str(error))
    return None


def _line(text: str) -> str:
    return " ".join(text.split())


def _settings() -> object:
    from service.settings import load, misspelt

    for name, meant in misspelt().items():
        click.echo(f"balad: {name} is not a setting; did you mean {meant}?", err=True)
    return load()


def _end(_signal: int, _frame: object) -> None:
    sys.exit(TERMINATED)  # unlike the default, leaves every `with` on the way out
