"""What a long command says while it works: one line per step, with the seconds since it began."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeVar

import click

_LINE_SECONDS: Final = 5.0
_LOOK_EVERY: Final = 500  # things between two looks at the clock, where there are as many

T = TypeVar("T")


@dataclass(slots=True)
class Steps:
    """Tells steps on standard error, so that standard output holds the result alone."""

    quiet: bool = False
    clock: Callable[[], float] = time.monotonic
    began: float = field(init=False)

    def __post_init__(self) -> None:
        self.began = self.clock()

    @property
    def seconds(self) -> float:
        """Seconds since the command began."""
        return self.clock() - self.began

    def tell(self, line: str) -> None:
        """Say what is being done."""
        if not self.quiet:
            click.echo(f"{self.seconds:6.1f} s  {line}", err=True)

    def watch(self, things: Iterable[T], total: int, what: str = "facts") -> Iterator[T]:
        """Yield things: a bar on a terminal, a plain line now and then elsewhere."""
        look_every = _LOOK_EVERY if total >= _LOOK_EVERY else 1
        if not self.quiet and sys.stderr.isatty():
            with click.progressbar(
                things, length=max(total, 1), file=sys.stderr, update_min_steps=look_every
            ) as bar:
                yield from bar
            return
        said_at = self.clock()
        for done, thing in enumerate(things, start=1):
            if done % look_every == 0 and self.clock() - said_at >= _LINE_SECONDS:
                said_at = self.clock()
                self.tell(f"{100 * done // max(total, 1)} %: {done:,} of {total:,} {what}")
            yield thing
