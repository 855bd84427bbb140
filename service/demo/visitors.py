"""Ids for who tries the demo: drawn until one is in treatment wherever arms are drawn, so that something is to be seen.

They are among the figures like everybody; a handful of people, none of whom chose a side.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from features.assignment import held_out, in_treatment
from service.pages.settings import KeptPage

COUNT: Final = 8  # of a page: one to begin with, the others for "somebody else"
_ATTEMPTS: Final = 1_000  # with a share of one in a hundred, one in 25,000 draws finds nobody


def visitors(
    shop: str, pages: Mapping[str, KeptPage], draw: Callable[[], str] = lambda: secrets.token_hex(6)
) -> list[str]:
    """Return ids that see Balad's order on every page that has any; fewer, or none, where hardly anybody does."""
    candidates = (f"you-{draw()}" for _ in range(_ATTEMPTS))
    treated = (each for each in candidates if all(_is_treated(shop, page, each) for page in pages.values()))
    return list(_first(treated, COUNT))


def _is_treated(shop: str, page: KeptPage, visitor_id: str) -> bool:
    if held_out(shop, visitor_id, page.holdout):
        return False
    return (
        page.experiment is None
        or page.state != "test"
        or in_treatment(page.experiment, visitor_id, page.share)
    )


def _first(found: Iterator[str], count: int) -> Iterator[str]:
    for _, each in zip(range(count), found, strict=False):
        yield each
