"""A page of the shop as its screens see it: what holds, where from, and the tabs around it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import abort
from pydantic import ValidationError

from features.pages import DEFAULT_PAGE
from service.api.pages import circumstances
from service.console.desk import Desk
from service.contract.identifiers import page_of
from service.directory import ShopSettings
from service.pages.change import tag_of
from service.pages.compiled import compiled
from service.pages.drafts import draft_of, draft_tag
from service.pages.rules import Rule
from service.pages.settings import KeptPage
from service.pages.status import Status, status_of


@dataclass(frozen=True)
class Place:
    """A page, before a person at their desk."""

    desk: Desk
    page: str

    @cached_property
    def status(self) -> Status:
        """What holds."""
        at = circumstances(self.desk.deps, self.desk.shop_name, self.desk.values)
        return status_of(self.desk.pages, self.page, at)

    @property
    def own(self) -> KeptPage | None:
        """Its own settings."""
        return self.desk.pages.get(self.page)

    @property
    def tag(self) -> str:
        """What stands for its own settings while nobody changes them."""
        return tag_of(self.own)

    @property
    def draft(self) -> list[Rule] | None:
        """Its drafted rules."""
        return draft_of(self.desk.values, self.page)

    @property
    def draft_tag(self) -> str:
        """What stands for its draft while nobody changes it."""
        return draft_tag(self.desk.values, self.page)

    @property
    def rules(self) -> list[Rule]:
        """The rules that hold."""
        ruling = self.desk.pages.get(self.status.rules_source or "")
        return [] if ruling is None else list(ruling.rules or ())

    @property
    def is_default(self) -> bool:
        """Whether it is the page that every other inherits from."""
        return self.page == DEFAULT_PAGE

    @cached_property
    def settings(self) -> ShopSettings:
        """The shop as a ranking takes it, as of this click."""
        shop, pages = self.desk.shop, self.desk.pages
        rules = {p: compiled(own.rules, shop.attributes) for p, own in pages.items() if own.rules is not None}
        return ShopSettings(shop, pages, rules, self.desk.kill_switch)

    def crumbs(self) -> list[tuple[str, str]]:
        """Return the pages above it and itself, each with its last part: what the way to it is called."""
        parts = self.page.split("/")
        return [("/".join(parts[: n + 1]), part) for n, part in enumerate(parts)]


def place_of(desk: Desk, page: str) -> Place:
    """Return a page that came in an address; one that cannot be is not found."""
    try:
        return Place(desk, page_of(page))
    except ValidationError:
        abort(404)


def shown(place: Place, tab: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - what the template takes
    """Return what every tab's template takes."""
    return {"place": place, "page": place.page, "holds": place.status, "tab": tab, **more}
