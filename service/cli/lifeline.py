"""A process that ends with its parent, even one that was killed: the parent holds a pipe to its standard input."""

import os
import signal
import sys
import threading

import click


def end_with_parent() -> None:
    """Send this process SIGTERM once its standard input ends, as it does when whoever holds it is gone."""
    threading.Thread(target=_follow, args=(sys.stdin.fileno(),), name="lifeline", daemon=True).start()


def _follow(descriptor: int) -> None:
    while os.read(descriptor, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _begin(_context: click.Context, _parameter: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's own
    if value:
        end_with_parent()


with_parent = click.option(
    "--with-parent",
    is_flag=True,
    hidden=True,
    expose_value=False,
    callback=_begin,
    help="End when standard input does; for a process started by another.",
)
