"""The demo's shop as a shopper uses it, in Chromium."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.demo_site import Site, demo_site

DESKTOP = ViewportSize(width=1440, height=900)
Until = Callable[[Callable[[], bool]], None]


@pytest.fixture
def site(redis_url: str, tmp_path: Path) -> Iterator[Site]:
    """The application with a demo shop, on a free port."""
    with demo_site(redis_url, tmp_path) as found:
        yield found


@pytest.fixture
def shop(site: Site) -> str:
    """The address of the shop's home."""
    return site.url.removesuffix("compare")


@pytest.fixture
def page(chromium: Browser, shop: str) -> Iterator[Page]:
    """The shop's home on a desktop; an uncaught error or a blocked script fails the test."""
    complaints: list[str] = []
    context = chromium.new_context(viewport=DESKTOP, reduced_motion="reduce")
    opened = context.new_page()
    opened.set_default_timeout(20_000)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    opened.goto(f"{shop}?lang=en")
    yield opened
    context.close()
    assert complaints == []


def agree(page: Page) -> None:
    page.get_by_role("button", name="Yes, remember").click()
    expect(page.locator(".ask")).to_have_count(0)


def test_a_shopper_finds_a_product_buys_it_and_the_service_hears_of_each_step(
    page: Page, site: Site, until: Until
) -> None:
    agree(page)
    page.get_by_role("searchbox").fill("lamps")
    page.keyboard.press("Enter")
    page.locator("#listing li:not(:has-text('Sold out')) a").first.click()
    page.get_by_role("button", name="Add to cart").click()
    expect(page.locator("header .cart b")).to_have_text("1")
    page.get_by_role("link", name="Checkout").click()
    page.get_by_role("button", name="Place the order").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your order")
    expect(page.locator("header .cart b")).to_have_text("0")
    steps = {"search", "select_item", "view_item", "add_to_cart", "begin_checkout", "purchase"}
    until(lambda: steps <= set(site.events()))
