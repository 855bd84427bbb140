"""`balad up`."""

import signal
import sys
from collections.abc import Callable, Mapping
from threading import Event
from typing import Final

import click

from features.store.embedded import EmbeddedServer
from service.settings import Settings
from service.supervisor import Child, Kept, Supervisor
from service.web import refuse_taken

SPARE_SECONDS: Final = 5.0  # beyond the graceful stop of the web processes: for their parent to notice


@click.command()
@click.pass_obj
def up(settings: Settings) -> None:
    """Run everything on this machine: the embedded server, one worker, web.

    What dies is started again. Ctrl-C or SIGTERM stops all of it, a second one at once. Where BALAD_REDIS_URL is
    set, that Redis is used and no server is started.

    \b
    Example:
      BALAD_DATA=/var/lib/balad balad up
    """
    refuse_taken(settings.bind)
    run_until_stopped(lambda hurry: parts(settings, hurry))


def run_until_stopped(kept: Callable[[Event], list[Kept]]) -> None:
    """Keep what `kept` returns running until Ctrl-C, SIGTERM or SIGHUP; the second one sets its event: stop at once."""
    stopping, hurry = Event(), Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: (hurry if stopping.is_set() else stopping).set())
    Supervisor(kept(hurry), lambda line: click.echo(f"balad: {line}", err=True)).run(stopping)


def parts(settings: Settings, hurry: Event, environment: Mapping[str, str] | None = None) -> list[Kept]:
    """Return what runs on this machine, in the order of starting; `environment` is that of our own commands."""
    seconds = settings.graceful_seconds + SPARE_SECONDS
    server = [EmbeddedServer(settings.data / "redis", settings.appendfsync)] if settings.embedded else []
    commands = [("the worker", "worker"), ("web", "serve")]
    return [
        *server,
        *(
            Child(
                name,
                [sys.executable, "-m", "service.cli", command, "--with-parent"],
                stop_seconds=seconds,
                hurry=hurry,
                environment=environment,
            )
            for name, command in commands
        ),
    ]
