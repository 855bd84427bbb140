"""/v1/pages: the per-page switch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from flask import Response, request
from pydantic import Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from features.objectives import USUAL, Objective
from features.pages import DEFAULT_PAGE
from service.api.auth import Access, Caller
from service.api.endpoint import Endpoint, answer_of, body_as
from service.api.problems import NotFound, PreconditionFailed, refused, wrong_fields
from service.contract.identifiers import page_of
from service.deps import Deps
from service.kill_switch import kill_switch_of
from service.pages.change import Author, Change, Pages, Stale, change_page, tag_of
from service.pages.compiled import wrong_rules
from service.pages.rules import Rule
from service.pages.settings import PageChange, PageSettings, patched
from service.pages.status import Circumstances, Obstacle, status_of
from service.pages.tree import pages_of

EFFECTIVE_SECONDS: Final = 2  # every process reads settings each second


class PageAnswer(TypedDict):
    """What holds for a page, and from which pages' settings; `own` are those set on the page itself."""

    page: str
    state: str
    holdout: float
    traffic: Annotated[float, Field(description="Share of visitors that a test personalises.")]
    exploration: Annotated[float, Field(description="Share of personalised rankings that is drawn.")]
    schedule: dict[str, Any] | None
    objective: Annotated[Objective, Field(description="What the page is to be good for.")]
    source: Annotated[str | None, Field(description="The page that these settings were set on.")]
    rules_source: Annotated[str | None, Field(description="The page whose rules hold.")]
    rules: Annotated[int, Field(description="How many rules hold.")]
    experiment: Annotated[
        str | None, Field(description="In a test, the salt that decides who is in which arm.")
    ]
    window: Annotated[float | None, Field(description="Since when figures are measured; Unix seconds.")]
    own: dict[str, Any] | None
    why_not_active: Annotated[Obstacle | None, Field(description="Why visitors see the shop's order.")]


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
    view = _view(deps, caller)
    described = [_described(view, page) for page in sorted(view.pages)]
    return answer_of({"pages": described, "otherwise": _described(view, DEFAULT_PAGE)})


def get_page(deps: Deps, caller: Caller, page: str) -> Response:
    """Return what holds for any page, whether or not it has settings of its own."""
    view, page = _view(deps, caller), checked(page)
    return answer_of(_described(view, page), _etag(view.pages, page))


def put_page(deps: Deps, caller: Caller, page: str) -> Response:
    """Give a page settings of its own."""
    settings: PageSettings = body_as(_SETTINGS)
    check_rules(caller, settings.rules)
    return _changed(deps, caller, page, lambda _: settings)


def patch_page(deps: Deps, caller: Caller, page: str) -> Response:
    """Change some of what holds for a page; it has settings of its own from then on."""
    said: PageChange = body_as(_CHANGE)
    check_rules(caller, said.rules)
    return _changed(deps, caller, page, lambda pages: patched(pages, page, said))


def delete_page(deps: Deps, caller: Caller, page: str) -> Response:
    """Take a page's own settings away, so that it inherits again."""

    def nothing(pages: Pages) -> None:
        if page not in pages:
            raise NotFound("no_own_settings", "The page has no settings of its own; it inherits")

    return _changed(deps, caller, page, nothing)


def _changed(deps: Deps, caller: Caller, page: str, new: Change) -> Response:
    checked(page)
    author = Author(caller.shop_name, f"key {caller.key_name}", deps.clock())
    try:
        pages = change_page(deps.shop_settings, author, page, new, matches_request)
    except Stale:
        raise stale() from None
    return changed_page(deps, caller, page, pages)


def changed_page(deps: Deps, caller: Caller, page: str, pages: Pages) -> Response:
    """Have this process follow a change, and return what holds for the page now."""
    deps.directory.refresh()
    values = deps.shop_settings.read(caller.shop_name).values
    view = View(pages, circumstances(deps, caller.shop_name, values))
    body = {**_described(view, page), "effective_within_seconds": EFFECTIVE_SECONDS}
    return answer_of(body, _etag(pages, page))


def stale() -> PreconditionFailed:
    """Return the problem of a change to what somebody else has changed meanwhile."""
    message = "What stands is not what If-Match names; read it again"
    return PreconditionFailed("changed_meanwhile", message)


def matches_request(tag: str) -> bool:
    """Tell whether what stands is what the request's If-Match names; without one, anything is."""
    wanted = request.if_match
    return not wanted or wanted.contains(tag)


@dataclass(frozen=True, slots=True)
class View:
    """The pages of a shop and what counts for all of them."""

    pages: Pages
    circumstances: Circumstances


def _view(deps: Deps, caller: Caller) -> View:
    """Return the shop's pages as the store has them: who edits must not see a copy."""
    values = deps.shop_settings.read(caller.shop_name).values
    return View(pages_of(values), circumstances(deps, caller.shop_name, values))


def circumstances(deps: Deps, shop: str, values: Mapping[str, bytes]) -> Circumstances:
    """Return what counts for all pages of a shop now."""
    kill_switch = deps.settings.kill_switch or kill_switch_of(values)
    return Circumstances(deps.clock(), kill_switch, deps.models.current(shop) is not None)


def check_rules(caller: Caller, rules: Sequence[Rule] | None) -> None:
    """Raise a Problem where a rule names an attribute that the shop does not declare."""
    if wrong := wrong_rules(rules, caller.shop.shop.attributes, "rules"):
        raise refused(wrong)


def checked(page: str) -> str:
    """Return a page that came in a path; raises a Problem where it is none."""
    try:
        return page_of(page)
    except ValidationError as error:
        raise wrong_fields(error) from None


def _etag(pages: Pages, page: str) -> dict[str, str]:
    return {"ETag": f'"{tag_of(pages.get(page))}"', "Cache-Control": "no-store"}


def _described(view: View, page: str) -> dict[str, Any]:
    status, own = status_of(view.pages, page, view.circumstances), view.pages.get(page)
    holds, ruling = status.settings, view.pages.get(status.rules_source or "")
    return {
        "page": page,
        "state": holds.state,
        "holdout": holds.holdout,
        "traffic": holds.share,
        "exploration": holds.explored_share,
        "schedule": None if holds.schedule is None else holds.schedule.model_dump(exclude_none=True),
        "objective": holds.objective or USUAL,
        "source": status.source,
        "rules_source": status.rules_source,
        "rules": len(ruling.rules or ()) if ruling else 0,
        "experiment": holds.experiment,
        "window": holds.window,
        "own": None if own is None else own.said.model_dump(exclude_none=True),
        "why_not_active": status.why_not_active,
    }


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
