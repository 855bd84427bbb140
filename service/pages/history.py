"""What was changed, by whom and when, and how to take it back."""

from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from typing import Any, Final

import orjson

from features.store.settings import SettingsStore
from service.kill_switch import KILL_SWITCH
from service.pages.change import Author, Pages, Stale, change_page, tag_of
from service.pages.drafts import DRAFT_PREFIX
from service.pages.settings import KeptPage
from service.pages.tree import PAGE_PREFIX, page_from
from service.rollout.state import CANARY_SETTING, SHADOW_SETTING

_TOLD: Final = (
    PAGE_PREFIX,
    DRAFT_PREFIX,
    KILL_SWITCH,
    CANARY_SETTING,
    SHADOW_SETTING,
)  # what other settings hold, such as hashes of keys, is not


class NoChange(Exception):  # noqa: N818 - read as a sentence: "there is no change"
    """There is no such change of a page among the newest."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a setting; `before` and `after` are its JSON, None where there was none or it is not told."""

    id: str
    at: float
    actor: str
    name: str
    before: bytes | None
    after: bytes | None

    @property
    def page(self) -> str | None:
        """The page whose settings it changed; None where it changed something else."""
        return self.name.removeprefix(PAGE_PREFIX) if self.name.startswith(PAGE_PREFIX) else None


def recent_changes(store: SettingsStore, shop: str) -> list[Change]:
    """Return a shop's newest changes, newest first: some hundreds; all are in the log."""
    return [change_of(fact) for fact in store.recent(shop)]


def change_of(fact: bytes) -> Change:
    """Read a fact; its id is a digest of it."""
    said: dict[str, Any] = orjson.loads(fact)
    told = said["name"].startswith(_TOLD)
    before, after = (text.encode() if told and text else None for text in (said["before"], said["after"]))
    digest = blake2b(fact, digest_size=8).hexdigest()
    return Change(digest, said["time"], said["actor"], said["name"], before, after)


def revert(store: SettingsStore, author: Author, change_id: str) -> tuple[str, Pages]:
    """Give a page the settings that it had before a change; return it, and all pages of the shop after it.

    A test that is brought back keeps its salt, and so its arms.

    Raises:
        NoChange: It is no change of a page, or none of the newest.
        Stale: The page was changed again since; what came later is taken back first.
    """
    found = next((c for c in recent_changes(store, author.shop) if c.id == change_id), None)
    if found is None or found.page is None:
        raise NoChange
    before, expected = _page(found.before), tag_of(_page(found.after))
    pages = change_page(store, author, found.page, lambda _: before, lambda tag: tag == expected)
    return found.page, pages


def undo_rules(store: SettingsStore, author: Author, page: str) -> Pages:
    """Give a page the rules that it had before they were last changed, and return all pages of the shop after it.

    Raises:
        NoChange: Its rules are not known to have been others.
        Stale: The page kept changing.
    """
    for found in recent_changes(store, author.shop):
        if found.page != page:
            continue
        before, after = _page(found.before), _page(found.after)
        if (before and before.rules) != (after and after.rules):
            rules_before = partial(_with_rules, page=page, rules=before and before.rules)
            return change_page(store, author, page, rules_before, _any)
    raise NoChange


def _with_rules(pages: Pages, page: str, rules: Any) -> Any:  # noqa: ANN401 - what the settings' model says
    own = pages.get(page)
    if own is None:
        raise Stale
    return None if own.state is None and rules is None else own.said.model_copy(update={"rules": rules})


def _page(text: bytes | None) -> KeptPage | None:
    return None if text is None else page_from(text)


def _any(_: str) -> bool:
    return True
