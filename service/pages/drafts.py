"""Rules that are written and not published: a setting of their own, which no ranking reads."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Final

from pydantic import TypeAdapter, ValidationError

from features.store.settings import SettingsStore
from service.changes import change
from service.pages.change import Author, Pages, Precondition, Stale, change_page
from service.pages.rules import Rule, RuleList
from service.pages.settings import own_or_none

DRAFT_PREFIX: Final = "draft/"  # the name of a draft is this and the page's path
NO_DRAFT: Final = "none"  # the tag of a page without one
RULES: Final[TypeAdapter[list[Rule]]] = TypeAdapter(RuleList)


class NoDraft(Exception):  # noqa: N818 - read as a sentence: "there is no draft"
    """The page has no draft."""


def draft_of(values: Mapping[str, bytes], page: str) -> list[Rule] | None:
    """Return the rules drafted for a page, from its shop's settings; None where there are none."""
    text = values.get(DRAFT_PREFIX + page)
    try:
        return None if text is None else RULES.validate_json(text)
    except ValidationError:  # a later version wrote it
        return None


def draft_tag(values: Mapping[str, bytes], page: str) -> str:
    """Return what stands for a draft in ETag and If-Match."""
    text = values.get(DRAFT_PREFIX + page)
    return NO_DRAFT if text is None else blake2b(text, digest_size=8).hexdigest()


def save_draft(
    store: SettingsStore, author: Author, page: str, rules: Sequence[Rule] | None, matches: Precondition
) -> None:
    """Replace a page's draft (by None: throw it away).

    Raises:
        Stale: What stands does not meet the precondition.
    """
    values, name = store.read(author.shop).values, DRAFT_PREFIX + page
    text = None if rules is None else RULES.dump_json(list(rules), exclude_none=True)
    before = values.get(name)
    if not matches(draft_tag(values, page)):
        raise Stale
    if text != before and not change(
        store, author.shop, name, before, text, actor=author.actor, now=author.now
    ):
        raise Stale


def publish(store: SettingsStore, author: Author, page: str, matches: Precondition) -> Pages:
    """Make a page's draft its rules, and return all pages of the shop after it; the draft is gone then.

    Raises:
        NoDraft: There is nothing to publish.
        Stale: The draft does not meet the precondition, or the page kept changing.
    """
    values = store.read(author.shop).values
    if (rules := draft_of(values, page)) is None:
        raise NoDraft
    tag = draft_tag(values, page)
    if not matches(tag):
        raise Stale
    pages = change_page(
        store,
        author,
        page,
        lambda pages: own_or_none(pages, page).model_copy(update={"rules": rules}),
        lambda _: True,
    )
    try:
        save_draft(store, author, page, None, lambda now: now == tag)
    except Stale:  # somebody goes on writing: their draft stays
        return pages
    return pages
