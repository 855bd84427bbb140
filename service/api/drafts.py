"""/v1/drafts: rules of a page that are written and not yet published."""

from typing import Any, Final

from flask import Response
from pydantic import BaseModel, TypeAdapter
from typing_extensions import TypedDict

from service.api.auth import Access, Caller
from service.api.endpoint import Endpoint, answer_of, body_as
from service.api.pages import changed_page, check_rules, checked, matches_request, stale
from service.api.problems import NotFound
from service.contract.identifiers import Page
from service.deps import Deps
from service.pages.change import Author, Stale
from service.pages.drafts import RULES, NoDraft, draft_of, draft_tag, publish, save_draft
from service.pages.history import NoChange, undo_rules
from service.pages.rules import Rule, RuleList
from service.pages.schedule import STRICT


class Draft(BaseModel):
    """The rules that a page is to have."""

    model_config = STRICT

    rules: RuleList


class PageName(BaseModel):
    """A page."""

    model_config = STRICT

    page: Page


class DraftAnswer(TypedDict):
    """A page's draft; null where there is none."""

    page: str
    rules: list[dict[str, Any]] | None


def get_draft(deps: Deps, caller: Caller, page: str) -> Response:
    """Return a page's draft."""
    checked(page)
    return _drafted(deps, caller, page)


def put_draft(deps: Deps, caller: Caller, page: str) -> Response:
    """Write a page's draft; no ranking reads it."""
    checked(page)
    draft: Draft = body_as(_DRAFT)
    check_rules(caller, draft.rules)
    return _saved(deps, caller, page, draft.rules)


def delete_draft(deps: Deps, caller: Caller, page: str) -> Response:
    """Throw a page's draft away."""
    checked(page)
    return _saved(deps, caller, page, None)


def publish_rules(deps: Deps, caller: Caller) -> Response:
    """Make a page's draft its rules."""
    page = body_as(_PAGE_NAME).page
    try:
        pages = publish(deps.shop_settings, _author(deps, caller), page, matches_request)
    except NoDraft:
        raise NotFound("no_draft", "The page has no draft; PUT one to /v1/drafts/{page}") from None
    except Stale:
        raise stale() from None
    return changed_page(deps, caller, page, pages)


def undo_last_rules(deps: Deps, caller: Caller) -> Response:
    """Give a page the rules that it had before they were last changed."""
    page = body_as(_PAGE_NAME).page
    try:
        pages = undo_rules(deps.shop_settings, _author(deps, caller), page)
    except NoChange:
        raise NotFound("no_change", "The rules of the page were not changed, or not lately") from None
    except Stale:
        raise stale() from None
    return changed_page(deps, caller, page, pages)


def _saved(deps: Deps, caller: Caller, page: str, rules: list[Rule] | None) -> Response:
    try:
        save_draft(deps.shop_settings, _author(deps, caller), page, rules, matches_request)
    except Stale:
        raise stale() from None
    return _drafted(deps, caller, page)


def _drafted(deps: Deps, caller: Caller, page: str) -> Response:
    values = deps.shop_settings.read(caller.shop_name).values
    rules = draft_of(values, page)
    told = None if rules is None else RULES.dump_python(rules, mode="json", exclude_none=True)
    headers = {"ETag": f'"{draft_tag(values, page)}"', "Cache-Control": "no-store"}
    return answer_of({"page": page, "rules": told}, headers)


def _author(deps: Deps, caller: Caller) -> Author:
    return Author(caller.shop_name, f"key {caller.key_name}", deps.clock())


_DRAFT: Final = TypeAdapter(Draft)
_PAGE_NAME: Final = TypeAdapter(PageName)
_ANSWER: Final = TypeAdapter(DraftAnswer)
_ONE: Final = "/v1/drafts/<path:page>"

ENDPOINTS: Final = (
    Endpoint("GET", _ONE, get_draft, Access.SECRET, "See a page's drafted rules", None, _ANSWER),
    Endpoint("PUT", _ONE, put_draft, Access.SECRET, "Draft a page's rules", _DRAFT, _ANSWER),
    Endpoint("DELETE", _ONE, delete_draft, Access.SECRET, "Throw a draft away", None, _ANSWER),
    Endpoint(
        *("POST", "/v1/rules/publish", publish_rules, Access.SECRET, "Make a page's draft its rules"),
        request=_PAGE_NAME,
    ),
    Endpoint(
        *("POST", "/v1/rules/undo", undo_last_rules, Access.SECRET, "Take the last change of rules back"),
        request=_PAGE_NAME,
    ),
)
