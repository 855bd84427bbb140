"""`balad serve`."""

import click

from service.cli.lifeline import with_parent
from service.cli.live import live
from service.settings import Settings


@click.command()
@with_parent
@click.pass_obj
def serve(settings: Settings) -> None:
    """Answer HTTP calls until stopped, with one web process per core.

    A `balad worker` must run somewhere on the same Redis, or nothing reaches the log.

    \b
    Example:
      BALAD_REDIS_URL=redis://10.0.0.5:6379 BALAD_BIND=0.0.0.0:8000 balad serve
    """
    from service.web import Web, refuse_taken, url

    refuse_taken(settings.bind)
    with live(settings) as ready:
        Web(ready, lambda: click.echo(f"Balad serves at {url(settings.bind)}")).run()
