"""Changing a page: seen by one writer, compared, recorded; two merchants cannot overwrite each other unseen."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final, TypeAlias

from features.assignment import experiment_salt
from features.store.settings import SettingsStore
from service.changes import change
from service.pages.settings import KeptPage, PageSettings
from service.pages.tree import PAGE_PREFIX, pages_of

NO_SETTINGS: Final = "none"  # the tag of a page without settings of its own
_ATTEMPTS: Final = 5

Pages: TypeAlias = dict[str, KeptPage]
Change: TypeAlias = Callable[[Pages], PageSettings | None]  # all pages of the shop -> the page's new settings
Precondition: TypeAlias = Callable[[str], bool]  # of the tag of what stands


class Stale(Exception):  # noqa: N818 - read as a sentence: "the writer's view is stale"
    """What the writer saw no longer stands."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes what of whom, and when: what the audit log says of it."""

    shop: str
    actor: str
    now: float


def tag_of(settings: KeptPage | None) -> str:
    """Return what stands for a page's settings in ETag and If-Match: while nothing is changed, the same."""
    if settings is None:
        return NO_SETTINGS
    return blake2b(settings.model_dump_json().encode(), digest_size=8).hexdigest()


def change_page(store: SettingsStore, author: Author, page: str, new: Change, matches: Precondition) -> Pages:
    """Replace a page's settings (by None: it inherits again) and return all pages of the shop after it.

    Raises:
        Stale: What stands does not meet the precondition, or kept changing.
    """
    for _ in range(_ATTEMPTS):
        values = store.read(author.shop).values
        pages = pages_of(values)
        if not matches(tag_of(pages.get(page))):
            raise Stale
        name, said, before = PAGE_PREFIX + page, new(pages), pages.get(page)
        if said == (None if before is None else before.said) and name in values:
            return pages
        after = None if said is None else noted(author, page, before, said)
        text = None if after is None else after.model_dump_json(exclude_none=True).encode()
        if change(store, author.shop, name, values.get(name), text, actor=author.actor, now=author.now):
            others = {p: s for p, s in pages.items() if p != page}
            return others if after is None else {**others, page: after}
    raise Stale


def noted(author: Author, page: str, before: KeptPage | None, said: PageSettings) -> KeptPage:
    """Return settings as they are kept, with the experiment and the window that they belong to.

    A test keeps its salt while it lasts, so that whoever is in treatment stays there when traffic is raised; the next
    test draws anew. Settings that a revert brings back bring their salt. What figures depend on opens a new window.
    """
    experiment = said.experiment if isinstance(said, KeptPage) else None
    if said.state == "test" and experiment is None:
        goes_on = before is not None and before.state == "test"
        experiment = before.experiment if before and goes_on else None
        experiment = experiment or experiment_salt(author.shop, page, author.now)
    same = before is not None and before.measured == said.measured and before.experiment == experiment
    window = before.window if before and same else author.now
    own = {name: getattr(said, name) for name in PageSettings.model_fields}
    return KeptPage.model_construct(**own, experiment=experiment, window=window)
