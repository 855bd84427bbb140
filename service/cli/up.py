"""`balad up`."""

import signal
import sys
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
    stopping, hurry = Event(), Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: (hurry if stopping.is_set() else stopping).set())
    Supervisor(_parts(settings, hurry), lambda line: click.echo(f"balad: {line}", err=True)).run(stopping)


def _parts(settings: Settings, hurry: Event) -> list[Kept]:
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
            )
            for name, command in commands
        ),
    ]
