"""What a long command says while it works: one line per step, with the seconds since it began."""

import time
from dataclasses import dataclass, field

import click


@dataclass(slots=True)
class Steps:
    """Tells steps on standard error, so that standard output holds the result alone."""

    quiet: bool = False
    began: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """Seconds since the command began."""
        return time.monotonic() - self.began

    def tell(self, line: str) -> None:
        """Say what is being done."""
        if not self.quiet:
            click.echo(f"{self.seconds:6.1f} s  {line}", err=True)
