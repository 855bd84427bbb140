"""How a long import tells how far it is: a bar on a terminal, a plain line now and then elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import click

_LINE_SECONDS: Final = 5.0

Told = Callable[[int, str], None]  # bytes read so far, and what to say beside them


@contextmanager
def progress(label: str, size: int) -> Iterator[Told]:
    """Yield what to call with the bytes read so far of `size`, and a few words."""
    if sys.stderr.isatty():
        with click.progressbar(length=max(size, 1), label=label, file=sys.stderr, show_pos=False) as bar:
            yield lambda position, _words: bar.update(position - bar.pos)
        return
    said_at = time.monotonic()

    def say(position: int, words: str) -> None:
        nonlocal said_at
        if time.monotonic() - said_at >= _LINE_SECONDS:
            said_at = time.monotonic()
            click.echo(f"{label}: {100 * position // max(size, 1)} %, {words}", err=True)

    yield say
