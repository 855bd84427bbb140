"""Packages that our libraries use where they find them, and that we do without."""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


class _LeftOut(MetaPathFinder):
    """Finds some packages missing, whatever is installed."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - importlib's
        target: ModuleType | None = None,  # noqa: ARG002 - importlib's
    ) -> ModuleSpec | None:
        """Refuse the packages that are left out, and leave all others to the finders behind."""
        if fullname in self._names:
            raise ModuleNotFoundError(f"{fullname} is left out of this process", name=fullname)
        return None


def leave_out(*names: str) -> None:
    """Have these packages not be found in this process from now on.

    pyarrow imports pandas to see whether a list is one of its series: a second of a core and 88 MB in a worker that
    writes its first file of the log.
    """
    sys.meta_path.insert(0, _LeftOut(frozenset(names)))
