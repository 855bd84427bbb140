"""Measures what the project promises: `make bench`, or `make bench ONLY="latency throughput"`.

`ONLY=training:1000000` measures the training of so many listings.

Prints each figure as it is measured and keeps it in docs/figures.json, which docs/figures.md and the README's table are
generated from.
"""

import signal
import sys
import time
from functools import partial
from importlib import import_module
from typing import Final

from tests.benchmarks import figures
from tests.benchmarks.figures import Figure
from tests.benchmarks.machine import described

SECTIONS: Final = (
    "latency",
    "throughput",
    "merchant",
    "ingestion",
    "memory",
    "hot_swap",
    "forest",
    "offline",
    "sdk",
    "insights",
    "experiments",
    "bias",
    "recommend",
    "session_tables",
    "training",
)


def main(chosen: list[str]) -> None:
    """Run the chosen benchmarks, all of them where none is named."""
    if unknown := {name.partition(":")[0] for name in chosen} - set(SECTIONS):
        sys.exit(f"no benchmark is called {' or '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # leaves every `with` on the way out
    say(described())
    kept = True
    for wanted in chosen or SECTIONS:
        name, _, size = wanted.partition(":")
        measure, began = import_module(f"tests.benchmarks.{name}").measure, time.monotonic()
        section = figures.measured(name, partial(measure, int(size)) if size else measure)
        say(f"\n{section['title']}\n  {section['how']}")
        for figure in section["figures"]:
            promised = Figure(**{key: value for key, value in figure.items() if key != "kept"})
            say(promised.line())
            kept &= promised.kept is not False
        others = f"; other programs took {section['others']:.0%} of the cores meanwhile"
        say(f"  took {time.monotonic() - began:.0f} s{others}")
        figures.keep(section, SECTIONS)
    sys.exit(0 if kept else 1)


def say(line: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
