"""The commands that training adds to `balad`.

`pyproject.toml` names `commands` in the entry-point group `balad.commands`; `balad` calls it with its
click group. Name the modules here, import nothing heavy: a module is imported when its command runs.
"""

from collections.abc import Callable

COMMANDS = {
    # command name: ("module:attribute", "one line for `balad --help`")
    "check": ("training.cli.check:check", "Whether the data is there and enough, before any training."),
    "train": ("training.cli.train:train", "A model from a shop's log: learn, judge, report, publish."),
    "evaluate": (
        "training.cli.evaluate:evaluate",
        "The live model and the baselines on a window of the log.",
    ),
    "parity": (
        "training.cli.parity:parity",
        "Whether a replay of the log sees what the service saw.",
    ),
    "simulate": (
        "training.simulate.command:simulate",
        "Shoppers with known tastes, against the API or into files.",
    ),
}


def commands(add: Callable[[str, str, str], None]) -> None:
    """Announce each command as `add(name, "module:attribute", help)`; the attribute is a click command."""
    for name, (target, summary) in COMMANDS.items():
        add(name, target, summary)
