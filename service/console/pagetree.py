"""The pages of a shop as a tree: those with settings, those that visitors saw, and what is above them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from features.pages import DEFAULT_PAGE
from service.insights.traffic import PageTraffic
from service.pages.settings import KeptPage
from service.pages.status import Circumstances, Status, status_of

MOST_CHILDREN: Final = 12  # of one page, the busiest; a shop's searches would bury the rest


@dataclass(frozen=True, slots=True)
class Branch:
    """One page of the tree; figures include the pages below it. `more` are the children that are not listed."""

    page: str
    depth: int
    status: Status
    has_own: bool
    rankings: int
    personalized: int
    more: int = 0

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.page.rpartition("/")[2]

    @property
    def reach(self) -> float | None:
        """The share of its rankings that were personalised; None of none."""
        return self.personalized / self.rankings if self.rankings else None


def page_tree(
    pages: Mapping[str, KeptPage], traffic: Iterable[PageTraffic], circumstances: Circumstances
) -> list[Branch]:
    """Return `default`, then each page after the one above it, the busiest of one level first."""
    counts = _counts(pages, traffic)
    children: dict[str, list[str]] = {}
    for page in counts:
        if page != DEFAULT_PAGE:
            children.setdefault(page.rpartition("/")[0], []).append(page)

    def listed(parent: str) -> list[str]:
        ordered = sorted(children.get(parent, ()), key=lambda page: (-counts[page][0], page))
        return [page for n, page in enumerate(ordered) if n < MOST_CHILDREN or page in pages]

    def branch(page: str, depth: int) -> Branch:
        status, more = status_of(pages, page, circumstances), len(children.get(page, ())) - len(listed(page))
        return Branch(page, depth, status, page in pages, *counts[page], more)

    def below(parent: str, depth: int) -> Iterable[Branch]:
        for page in listed(parent):
            yield branch(page, depth)
            yield from below(page, depth + 1)

    return [branch(DEFAULT_PAGE, 0), *below("", 1)]


def _counts(pages: Iterable[str], traffic: Iterable[PageTraffic]) -> dict[str, tuple[int, int]]:
    """Return rankings and personalised ones by page, each added to all pages above it; `default` is the whole."""
    counts: dict[str, tuple[int, int]] = dict.fromkeys((DEFAULT_PAGE, *_with_ancestors(pages)), (0, 0))
    for page, rankings, personalized in traffic:
        for place in (*_with_ancestors([page]), DEFAULT_PAGE):
            before = counts.get(place, (0, 0))
            counts[place] = before[0] + rankings, before[1] + personalized
    return counts


def _with_ancestors(pages: Iterable[str]) -> list[str]:
    """Return pages and those above them.

    >>> _with_ancestors(["a/b/c"])
    ['a', 'a/b', 'a/b/c']
    """
    found = {}
    for page in pages:
        parts = page.split("/")
        found.update(dict.fromkeys("/".join(parts[: n + 1]) for n in range(len(parts))))
    found.pop(DEFAULT_PAGE, None)
    return list(found)
