"""Which measurement window a question is about: visitors of different windows are never pooled."""

from collections.abc import Sequence
from typing import NamedTuple

from features.pages import DEFAULT_PAGE


class Window(NamedTuple):
    """Rankings under one experiment since one change of its settings, which stand on the page `source`.

    Rankings that were logged before windows were are of the experiment '' since 0.
    """

    experiment: str
    since: float
    source: str | None
    rankings: int
    first_at: float
    last_at: float


def chosen(windows: Sequence[Window], page: str) -> Window | None:
    """Return the newest window of a page's own settings, else the newest of a page below it; None without any.

    >>> old, new = Window("a", 1.0, "shoes", 9, 1.0, 2.0), Window("a", 2.0, "shoes", 5, 2.0, 3.0)
    >>> below = Window("b", 3.0, "shoes/boots", 7, 3.0, 4.0)
    >>> chosen([below, new, old], "shoes") is new, chosen([below], "shoes") is below
    (True, True)
    """
    own = [window for window in windows if _holds_for(window.source, page)]
    return max(own or windows, key=lambda window: (window.since, window.last_at), default=None)


def _holds_for(source: str | None, page: str) -> bool:
    return source is None or source in {page, DEFAULT_PAGE} or page.startswith(f"{source}/")
