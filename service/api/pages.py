"""/v1/pages: the per-page switch."""

from typing import Any, Final

from flask import Response, request
from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict

from service.api.auth import Access, Caller
from service.api.endpoint import Endpoint, answer_of, body_as
from service.api.problems import NotFound, PreconditionFailed, wrong_fields
from service.contract.identifiers import page_of
from service.deps import Deps
from service.pages.change import Author, Change, Pages, Stale, change_page, tag_of
from service.pages.settings import DEFAULT_PAGE, PageChange, PageSettings, effective
from service.pages.tree import pages_of

EFFECTIVE_SECONDS: Final = 2  # every process reads settings each second


class PageAnswer(TypedDict):
    """What holds for a page, and from which page's settings; `own` are those set on the page itself."""

    page: str
    state: str
    holdout: float
    source: str | None
    own: dict[str, Any] | None
    why_not_active: str | None


class ChangedPageAnswer(PageAnswer):
    """What holds from now on; every process follows within the seconds given."""

    effective_within_seconds: int


class PagesAnswer(TypedDict):
    """All pages with settings of their own, and what the others get."""

    pages: list[PageAnswer]
    otherwise: PageAnswer


_SETTINGS: Final = TypeAdapter(PageSettings)
_CHANGE: Final = TypeAdapter(PageChange)


def get_pages(deps: Deps, caller: Caller) -> Response:
    """List the pages that have settings of their own."""
    pages = _pages(deps, caller)
    described = [_described(deps, pages, page) for page in sorted(pages)]
    return answer_of({"pages": described, "otherwise": _described(deps, pages, DEFAULT_PAGE)})


def get_page(deps: Deps, caller: Caller, page: str) -> Response:
    """Return what holds for any page, whether or not it has settings of its own."""
    pages, page = _pages(deps, caller), _checked(page)
    return answer_of(_described(deps, pages, page), _etag(pages, page))


def put_page(deps: Deps, caller: Caller, page: str) -> Response:
    """Give a page settings of its own."""
    settings: PageSettings = body_as(_SETTINGS)
    return _changed(deps, caller, page, lambda _: settings)


def patch_page(deps: Deps, caller: Caller, page: str) -> Response:
    """Change some of what holds for a page; it has settings of its own from then on."""
    said = body_as(_CHANGE).model_dump(exclude_none=True)
    return _changed(deps, caller, page, lambda pages: effective(pages, page).settings.model_copy(update=said))


def delete_page(deps: Deps, caller: Caller, page: str) -> Response:
    """Take a page's own settings away, so that it inherits again."""

    def nothing(pages: Pages) -> None:
        if page not in pages:
            raise NotFound("no_own_settings", "The page has no settings of its own; it inherits")

    return _changed(deps, caller, page, nothing)


def _changed(deps: Deps, caller: Caller, page: str, new: Change) -> Response:
    _checked(page)
    author = Author(caller.shop_name, f"key {caller.key_name}", deps.clock())
    try:
        pages = change_page(deps.shop_settings, author, page, new, _matches)
    except Stale:
        message = "The page's settings are not those that If-Match names; read them again"
        raise PreconditionFailed("changed_meanwhile", message) from None
    deps.directory.refresh()
    body = {**_described(deps, pages, page), "effective_within_seconds": EFFECTIVE_SECONDS}
    return answer_of(body, _etag(pages, page))


def _matches(tag: str) -> bool:
    """Tell whether what stands is what the request's If-Match names; without one, anything is."""
    wanted = request.if_match
    return not wanted or wanted.contains(tag)


def _pages(deps: Deps, caller: Caller) -> Pages:
    """Return the shop's pages as the store has them: who edits must not see a copy."""
    return pages_of(deps.shop_settings.read(caller.shop_name).values)


def _checked(page: str) -> str:
    try:
        return page_of(page)
    except ValidationError as error:
        raise wrong_fields(error) from None


def _etag(pages: Pages, page: str) -> dict[str, str]:
    return {"ETag": f'"{tag_of(pages.get(page))}"', "Cache-Control": "no-store"}


def _described(deps: Deps, pages: Pages, page: str) -> dict[str, Any]:
    holds = effective(pages, page)
    own = pages.get(page)
    return {
        "page": page,
        "state": holds.settings.state,
        "holdout": holds.settings.holdout,
        "source": holds.source,
        "own": None if own is None else own.model_dump(exclude_none=True),
        "why_not_active": _why_not_active(deps, holds.settings),
    }


def _why_not_active(deps: Deps, settings: PageSettings) -> str | None:
    if deps.settings.kill_switch:
        return "kill_switch"
    return "off_by_merchant" if settings.state == "off" else None


_PAGES: Final = TypeAdapter(PagesAnswer)
_PAGE: Final = TypeAdapter(PageAnswer)
_CHANGED: Final = TypeAdapter(ChangedPageAnswer)
_ONE: Final = "/v1/pages/<path:page>"
_TAGS: Final = "The ETag names the page's own settings; send it as If-Match with a change."

ENDPOINTS: Final = (
    Endpoint("GET", "/v1/pages", get_pages, Access.SECRET, "List the pages with settings", None, _PAGES),
    Endpoint("GET", _ONE, get_page, Access.SECRET, "See what holds for a page", None, _PAGE, _TAGS),
    Endpoint("PUT", _ONE, put_page, Access.SECRET, "Set a page", _SETTINGS, _CHANGED, _TAGS),
    Endpoint("PATCH", _ONE, patch_page, Access.SECRET, "Change a page", _CHANGE, _CHANGED, _TAGS),
    Endpoint("DELETE", _ONE, delete_page, Access.SECRET, "Let a page inherit again", None, _CHANGED, _TAGS),
)
