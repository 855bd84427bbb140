"""What a screen works with: the handles, the person before it, and their shop as it stands at this click."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from flask_babel import lazy_gettext as _l

from service.deps import Deps
from service.kill_switch import kill_switch_of
from service.pages.change import Author
from service.pages.settings import KeptPage
from service.pages.tree import pages_of
from service.people import Person, Role
from service.shops import SHOP_SETTING, Shop

ROLE_WORDS: Final = {
    Role.VIEWER: _l("Viewer"),
    Role.MERCHANDISER: _l("Merchandiser"),
    Role.ADMIN: _l("Admin"),
}


@dataclass(frozen=True)
class Desk:
    """A person at work. `values` are all settings of the shop, read from the store for this request."""

    deps: Deps
    person: Person
    shop_name: str
    values: Mapping[str, bytes]
    now: float

    @cached_property
    def shop(self) -> Shop:
        """The shop itself."""
        return Shop.of(self.values[SHOP_SETTING])

    @cached_property
    def pages(self) -> dict[str, KeptPage]:
        """The pages that have settings of their own."""
        return pages_of(self.values)

    @property
    def kill_switch(self) -> bool:
        """Whether somebody stopped all pages of the shop."""
        return kill_switch_of(self.values)

    @property
    def author(self) -> Author:
        """Who the audit log names for what this person does now."""
        return Author(self.shop_name, self.person.name, self.now)

    def may(self, role: Role) -> bool:
        """Tell whether this person has a role, or one that includes it."""
        return self.person.role >= role
