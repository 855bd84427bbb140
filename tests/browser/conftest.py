"""A real Chromium before the real application, Redis and all; skipped, with the reason, where there is no browser."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, expect, sync_playwright

from tests.browser.storefront import Street, street

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=30_000)  # a busy machine; nothing waits it out to pass
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """The Chromium or Chrome on the PATH, else the one that Playwright keeps."""
    path = next((found for program in PROGRAMS if (found := shutil.which(program))), None)
    try:
        # The sandbox needs rights that a container may not give; the only pages opened are our own.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
    except Error as error:
        pytest.skip(
            f"no Chromium to drive: install one, or run `playwright install chromium` ({error.message[:120]})"
        )
    yield browser
    browser.close()


# Runs before anything of a page: what a visitor would feel.
WATCH = """
window.shifts = 0;
new PerformanceObserver((list) => list.getEntries().forEach((shift) => (window.shifts += shift.value)))
  .observe({ type: "layout-shift", buffered: true });
window.orders = [];
const look = () => {
  const listing = document.querySelector("[data-balad-page]");
  if (listing && getComputedStyle(listing).visibility == "visible") {
    const order = [...listing.querySelectorAll("[data-balad-item]")].map((one) => one.dataset.baladItem).join();
    if (order && document.readyState != "loading" && window.orders.at(-1) != order) window.orders.push(order);
  }
  requestAnimationFrame(look);
};
look();
"""


@pytest.fixture
def town(redis_url: str, tmp_path: Path) -> Iterator[Street]:
    """A shop and Balad, each on its own origin."""
    with street(redis_url, tmp_path) as opened:
        yield opened


@pytest.fixture
def errors() -> list[str]:
    """What nobody caught on the pages of a test."""
    return []


@pytest.fixture
def browse(chromium: Browser, errors: list[str]) -> Iterator[Callable[..., Page]]:
    """Open an empty tab that watches itself, in a browser of its own unless one is given."""
    contexts: list[BrowserContext] = []

    def opened(context: BrowserContext | None = None, **options: Any) -> Page:
        if context is None:
            context = chromium.new_context(**options)
            context.add_init_script(WATCH)
            contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
