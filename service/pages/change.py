"""Changing a page: seen by one writer, compared, recorded; two merchants cannot overwrite each other unseen."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final, TypeAlias

from features.store.settings import SettingsStore
from service.changes import change
from service.pages.settings import PageSettings
from service.pages.tree import PAGE_PREFIX, pages_of

NO_SETTINGS: Final = "none"  # the tag of a page without settings of its own
_ATTEMPTS: Final = 5

Pages: TypeAlias = dict[str, PageSettings]
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


def tag_of(settings: PageSettings | None) -> str:
    """Return what stands for a page's settings in ETag and If-Match: equal settings, equal tag."""
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
        name = PAGE_PREFIX + page
        after = new(pages)
        text = None if after is None else after.model_dump_json(exclude_none=True).encode()
        if text == values.get(name):
            return pages
        if change(store, author.shop, name, values.get(name), text, actor=author.actor, now=author.now):
            return {
                **{p: s for p, s in pages.items() if p != page},
                **({page: after} if after is not None else {}),
            }
    raise Stale
