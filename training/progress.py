"""How a long training is watched."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Progress(Protocol):
    """Hears what is being done."""

    def tell(self, line: str) -> None:
        """Hear of a step."""
        ...

    def watch(self, things: Iterable[T], total: int, what: str = "facts") -> Iterable[T]:
        """Yield about `total` things as they come, hearing how far they are and what they are called."""
        ...


class Silent:
    """Hears nothing."""

    def tell(self, line: str) -> None:
        """Forget a step."""

    def watch(self, things: Iterable[T], total: int, what: str = "facts") -> Iterable[T]:  # noqa: ARG002 - the protocol's
        """Return the things."""
        return things
