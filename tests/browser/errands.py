"""A shopper's errands: actions on page after page, while the service goes away for a while."""

import time
from collections import Counter
from typing import TYPE_CHECKING, Final

from tests.browser.storefront import Page as ShopPage

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.storefront import Street

PER_PAGE: Final = 5


def run_errands(
    town: "Street", page: "Page", *, actions: int, away_seconds: float
) -> Counter[tuple[str, str]]:
    """Do so many actions, each about an item of its own; return what must be in the log once each.

    The service is away for a while from a third of the way on: shoppers shop on.
    """
    town.pages["visit"] = lambda number: _visited(town, number)
    expected: Counter[tuple[str, str]] = Counter()
    away_from, back_at = actions // PER_PAGE // 3, None
    for number in range(actions // PER_PAGE):
        if number == away_from:
            town.balad.stop()
            back_at = time.monotonic() + away_seconds
        if back_at is not None and time.monotonic() > back_at:
            town.balad.start()
            back_at = None
        page.goto(f"{town.shop.url}/visit/{number}")
        page.wait_for_function("window.balad")
        expected.update(_act(page, number))
    if back_at is not None:
        page.wait_for_timeout(max(back_at - time.monotonic(), 0) * 1000)
        town.balad.start()
    page.goto(f"{town.shop.url}/visit/last")  # whatever waits is sent by the next page
    page.wait_for_function("window.balad")
    expected["view_item", "last-v"] += 1
    return expected


def _visited(town: "Street", number: str) -> ShopPage:
    """A page that says one thing by itself, and has something to click and to put into the cart."""
    return town.plain(
        f"<div data-balad-item='{number}-v' data-balad-load='view_item'></div>"
        f"<div data-balad-item='{number}-c'><button data-balad-click='add_to_cart'>Add</button></div>"
        f"<div data-balad-item='{number}-w'><button data-balad-click='add_to_wishlist'>Like</button></div>"
    )


def _act(page: "Page", number: int) -> Counter[tuple[str, str]]:
    """Do what can be done on a page, and leave it without waiting."""
    for button in page.locator("button").all():
        button.click()
    for name in ("remove_from_cart", "begin_checkout"):
        page.evaluate(
            "([name, item_id]) => balad.track(name, { items: [{ item_id }] })", [name, f"{number}-t"]
        )
    return Counter(
        [
            ("view_item", f"{number}-v"),
            ("add_to_cart", f"{number}-c"),
            ("add_to_wishlist", f"{number}-w"),
            ("remove_from_cart", f"{number}-t"),
            ("begin_checkout", f"{number}-t"),
        ]
    )
