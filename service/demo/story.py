"""What the demo's merchant did before anybody looks: pages switched on and put to the test weeks ago, rules today."""

from collections.abc import Callable
from typing import Any, Final

import orjson

from features.pages import DEFAULT_PAGE
from features.store.settings import SettingsStore
from service.pages.change import Author, Pages, change_page
from service.pages.drafts import RULES
from service.pages.settings import PageSettings, own_or_none

WEEKS: Final = 3  # of the experiments: whole ones compare best
_HOLDOUT: Final = 0.1
_PAGES: Final = {
    DEFAULT_PAGE: PageSettings(state="on", holdout=_HOLDOUT),
    "category": PageSettings(state="test", traffic=0.5, holdout=_HOLDOUT),
    # The README's example asks here, and tells the answer: nothing is drawn.
    "category/shoes": PageSettings(state="on", holdout=_HOLDOUT, exploration=0.0),
    "category/accessories/hats": PageSettings(state="off", holdout=_HOLDOUT),
    "category/accessories/scarves": PageSettings(state="shadow", holdout=_HOLDOUT),
}
_RULED: Final = "category/bags"
_RULES: Final = RULES.validate_python(
    [
        {
            "id": "star",
            "kind": "pin",
            "name": "Backpack of the month",
            "item_id": "backpacks-003",
            "index": 0,
        },
        {
            "id": "new",
            "kind": "boost",
            "name": "New arrivals a little higher",
            "match": {"newer_than_days": 30.0},
            "factor": 1.5,
        },
        {
            "id": "sold-out",
            "kind": "bury",
            "name": "Sold out last",
            "match": {"in_stock": False},
            "factor": 4.0,
        },
        {
            "id": "mix",
            "kind": "diversity",
            "name": "Two of a brand at most",
            "attribute": "brand",
            "at_most": 2,
        },
        {
            "id": "norda",
            "kind": "boost",
            "name": "Norda week",  # a maker of shoes: of bags there are none, so that it has no effect
            "match": {"attributes": {"brand": ["Norda"]}},
            "factor": 2.0,
        },
    ]
)


def switch_pages(store: SettingsStore, author: Author) -> bytes:
    """Set the pages, and return them as JSON with their windows, for who simulates what came of it."""
    pages: dict[str, Any] = {}
    for page, settings in _PAGES.items():
        pages = change_page(store, author, page, _always(settings), lambda _: True)
    return orjson.dumps(
        {page: kept.model_dump(mode="json", exclude_none=True) for page, kept in pages.items()}
    )


def publish_rules(store: SettingsStore, author: Author) -> None:
    """Give one page rules of every kind but one, among them one that has no effect."""

    def ruled(pages: Pages) -> PageSettings:
        return own_or_none(pages, _RULED).model_copy(update={"rules": _RULES})

    change_page(store, author, _RULED, ruled, lambda _: True)


def _always(settings: PageSettings) -> Callable[[Any], PageSettings]:
    return lambda _: settings
