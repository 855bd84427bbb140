"""`balad worker`."""

import os
from typing import Final

import click

from service.cli.lifeline import with_parent
from service.cli.live import live
from service.settings import Settings

NICENESS: Final = 10  # nobody waits for the worker: where cores are short, rankings go first


@click.command()
@with_parent
@click.pass_obj
def worker(settings: Settings) -> None:
    """Move what shops send from the stream to the log and the counters, until stopped.

    Any number may run: each shop's work is claimed by one of them.

    \b
    Example:
      BALAD_REDIS_URL=redis://10.0.0.5:6379 BALAD_LOG_URL=s3://bucket/log balad worker
    """
    from service import logs
    from service.optional import leave_out
    from service.worker.run import run

    leave_out("pandas")
    os.nice(NICENESS)
    logs.begin(settings)
    with live(settings) as ready:
        run(ready)
