"""The Lua scripts of this package, called by their digest."""

import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from typing import Any, Final, TypeAlias

Command: TypeAlias = tuple[Any, ...]

_PLACE: Final = "scripts"


class Script:
    """A script, known to a server by the digest of its text once it was loaded there."""

    def __init__(self, name: str) -> None:
        self.text = resources.files(__package__).joinpath(_PLACE, f"{name}.lua").read_text()
        self._sha = hashlib.sha1(self.text.encode(), usedforsecurity=False).hexdigest()

    def call(self, keys: Sequence[str], args: Iterable[Any]) -> Command:
        """Return the command that runs it."""
        return ("EVALSHA", self._sha, len(keys), *keys, *args)


@cache
def script(name: str) -> Script:
    """Return a script, read once."""
    return Script(name)


def loads() -> list[Command]:
    """Return the commands that make all scripts known to a server."""
    names = (entry.name for entry in resources.files(__package__).joinpath(_PLACE).iterdir())
    return [("SCRIPT", "LOAD", script(n.removesuffix(".lua")).text) for n in names if n.endswith(".lua")]
