"""/v1/changes: who changed what and when, and taking it back."""

from typing import Any, Final

from flask import Response, request
from pydantic import TypeAdapter
from typing_extensions import TypedDict

from service.api.auth import Access, Caller
from service.api.endpoint import Endpoint, answer_of
from service.api.pages import changed_page
from service.api.problems import Conflict, NotFound
from service.deps import Deps
from service.pages.change import Author, Stale
from service.pages.history import Change, NoChange, recent_changes, revert


class ChangeAnswer(TypedDict):
    """One change; `before` and `after` are the setting, null where there was none or it is secret."""

    change_id: str
    time: float
    actor: str
    name: str
    page: str | None
    before: Any
    after: Any


class ChangesAnswer(TypedDict):
    """The newest changes, newest first."""

    changes: list[ChangeAnswer]


def get_changes(deps: Deps, caller: Caller) -> Response:
    """Return the shop's newest changes, of one page if asked (`?page=`)."""
    page = request.args.get("page")
    found = recent_changes(deps.shop_settings, caller.shop_name)
    told = [_described(change) for change in found if page is None or change.page == page]
    return answer_of({"changes": told}, {"Cache-Control": "no-store"})


def revert_change(deps: Deps, caller: Caller, change_id: str) -> Response:
    """Give a page the settings that it had before a change."""
    author = Author(caller.shop_name, f"key {caller.key_name}", deps.clock())
    try:
        page, pages = revert(deps.shop_settings, author, change_id)
    except NoChange:
        raise NotFound("no_change", "No page was changed so, or not lately") from None
    except Stale:
        message = "The page was changed again since; take that back first, or set the page"
        raise Conflict("changed_since", message) from None
    return changed_page(deps, caller, page, pages)


def _described(change: Change) -> dict[str, Any]:
    return {
        "change_id": change.id,
        "time": change.at,
        "actor": change.actor,
        "name": change.name,
        "page": change.page,
        "before": _json(change.before),
        "after": _json(change.after),
    }


def _json(text: bytes | None) -> Any:  # noqa: ANN401 - whatever the setting is
    return None if text is None else TypeAdapter(Any).validate_json(text)


ENDPOINTS: Final = (
    Endpoint(
        *("GET", "/v1/changes", get_changes, Access.SECRET, "See who changed what"),
        answer=TypeAdapter(ChangesAnswer),
        description="The newest 500 of the shop, of one page with `?page=`; all are in the log.",
    ),
    Endpoint(
        *("POST", "/v1/changes/<change_id>/revert", revert_change, Access.SECRET, "Take a change back"),
        description="409 where the page was changed again since.",
    ),
)
