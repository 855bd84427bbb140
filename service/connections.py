"""How many connections each web process holds, in memory that the processes share: new ones go where there are fewest.

All processes listen on one socket, and the system wakes whichever it likes: often one of them took all connections of
a load, and half the machine stood still.
"""

from mmap import mmap
from typing import Final

_PLACES: Final = 1024  # processes come and go; two of one place would only be less even
_LARGEST: Final = (1 << 16) - 1


class Connections:
    """A count per web process; made before they are forked."""

    def __init__(self) -> None:
        self._counts = memoryview(mmap(-1, 2 * _PLACES)).cast("H")

    def hold(self, process: int, count: int) -> None:
        """Say how many connections a process holds, by gunicorn's number of it."""
        self._counts[process % _PLACES] = 1 + min(count, _LARGEST - 1)

    def leave(self, process: int) -> None:
        """Say that a process takes no more."""
        self._counts[process % _PLACES] = 0

    def fewest(self) -> int:
        """Return the least that a process which takes more holds; 0 where there is none.

        >>> connections = Connections()
        >>> connections.hold(1, 5), connections.hold(2, 3), connections.fewest()
        (None, None, 3)
        >>> connections.leave(2), connections.fewest()
        (None, 5)
        """
        return min(filter(None, self._counts), default=1) - 1
