"""A real Chromium before the real application, Redis and all; skipped, with the reason, where there is no browser."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Error, Playwright, sync_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
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
