"""Pages are slash paths; what is set for one holds for those below it, and `default` for all."""

from collections.abc import Iterator
from typing import Final

DEFAULT_PAGE: Final = "default"  # the reserved page that every other inherits from


def lineage(page: str) -> Iterator[str]:
    """Yield the pages whose settings count for a page, the nearest first.

    >>> list(lineage("category/shoes"))
    ['category/shoes', 'category', 'default']
    """
    place = page
    while place:
        yield place
        place = place.rpartition("/")[0]
    if page != DEFAULT_PAGE:
        yield DEFAULT_PAGE
