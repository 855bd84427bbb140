"""The console as people use it, in Chromium: by keyboard, without scripts, on a phone, in the dark, and through axe."""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from service.console.routes import ROUTES
from tests.api.test_models import FIRST, SECOND
from tests.browser.console_site import PAGE, PASSWORD, THIRD, Site, console_site

DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
AXE = Path(sys.prefix) / "axe" / "package" / "axe.min.js"  # .ci/run puts it there, from the npm registry
PATIENCE_MS = 120_000  # a busy machine; nothing waits it out to pass
SERIOUS = {"serious", "critical"}
NO_SCREEN = {
    "home",
    "report",
    "go_to_page",
    "page_figures",
}  # they lead elsewhere, are of training, or a piece of a screen
SCREENS = [
    re.sub(r"<(?:\w+:)?\w+>", PAGE, route.path)
    for route in ROUTES
    if route.method == "GET" and route.role is not None and route.name not in NO_SCREEN
]


@pytest.fixture(scope="module")
def site(embedded_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with console_site(embedded_server.url, tmp_path_factory.mktemp("console")) as opened:
        yield opened


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained about, and what left the host."""
    return []


Open = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser, complaints: list[str]) -> Iterator[Open]:
    """Open a tab in a browser of its own."""
    contexts: list[BrowserContext] = []

    def opened(**options: Any) -> Page:
        context = chromium.new_context(**{"viewport": DESKTOP, "locale": "en", **options})
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None,
        )
        page.on(
            "request", lambda asked: complaints.append(asked.url) if "//127.0.0.1:" not in asked.url else None
        )
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def desk(open_page: Open, site: Site) -> Open:
    """Open a tab in which Marie is logged in."""

    def opened(**options: Any) -> Page:
        page = open_page(**options)
        page.goto(f"{site.url}/login")
        page.fill("#name", "marie")
        page.fill("#password", PASSWORD)
        page.click("main button")
        expect(page.locator("header.head")).to_be_visible()
        return page

    return opened


def tab_to(page: Page, selector: str) -> None:
    """Reach something with the Tab key alone, and see where the focus is."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("one => document.activeElement.matches(one)", selector):
            style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert style != "none", f"the focus on {selector} cannot be seen"
            return
    raise AssertionError(f"the Tab key does not reach {selector}")


def test_logging_in_and_changing_the_language_by_keyboard_alone(
    open_page: Open, site: Site, complaints: list[str]
) -> None:
    page = open_page()
    page.goto(f"{site.url}/audit")
    tab_to(page, "#name")
    page.keyboard.type("Marie")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Audit")
    tab_to(page, ".languages button[value=fr]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Journal")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    tab_to(page, ".me > summary")
    page.keyboard.press("Enter")
    tab_to(page, "form[action$='/logout'] button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Se connecter")
    assert complaints == []


def test_the_first_tab_skips_to_the_content(desk: Open) -> None:
    page = desk()
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_everything_is_stopped_by_keyboard_after_a_question_and_started_again(
    desk: Open, site: Site, *, scripts: bool
) -> None:
    page = desk(java_script_enabled=scripts)
    summary = page.locator(".stop > summary")
    summary.focus()
    page.keyboard.press("Enter")
    assert not site.stopped()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Stopped")
    expect(page.locator(".stopped")).to_contain_text("Everything is stopped.")
    assert site.stopped()
    page.locator(".stopped button").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".stopped")).to_have_count(0)
    assert not site.stopped()


def test_a_key_is_made_and_revoked(desk: Open, site: Site) -> None:
    page = desk()
    page.goto(f"{site.url}/settings")
    rows = page.locator("table tbody tr")
    expect(rows).to_have_count(2)
    page.get_by_role("button", name="New secret key").click()
    assert page.get_by_label("Key", exact=True).input_value().startswith("sk_")
    page.get_by_role("link", name="I have it").click()
    expect(rows).to_have_count(3)
    rows.last.locator("summary").click()
    rows.last.get_by_role("button", name="Revoke it").click()
    expect(page.get_by_role("status")).to_contain_text("opens nothing any more")
    expect(rows).to_have_count(2)


def test_what_is_wrong_leads_to_its_field(desk: Open, site: Site) -> None:
    page = desk()
    page.goto(f"{site.url}/settings")
    page.fill("#origins", "shop.example")
    page.get_by_role("button", name="Save origins").click()
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.locator("#origins")).to_be_focused()
    expect(page.locator("#origins")).to_have_attribute("aria-describedby", re.compile("origins-error"))


def test_a_model_is_rolled_back_and_the_audit_tells(desk: Open, site: Site) -> None:
    page = desk()
    page.goto(f"{site.url}/models")
    page.locator(".heading summary").click()
    page.get_by_role("button", name="Roll back now").click()
    expect(page.get_by_role("status")).to_contain_text(FIRST)
    page.goto(f"{site.url}/audit?name=model")
    expect(page.locator(".changes li").first.locator("del")).to_have_text(SECOND)


def test_a_model_on_trial_is_given_its_next_share_and_stopped(desk: Open, site: Site) -> None:
    site.try_third()
    page = desk()
    page.goto(f"{site.url}/models")
    trial = page.locator("section", has=page.locator("#canary"))
    expect(trial).to_contain_text(f"{THIRD} ranks for 1% of the visitors")
    for summary, button, told in (
        ("Next step", "Go on now", f"{THIRD} ranks for 5% of the visitors"),
        ("Stop", "Stop it now", "It was stopped."),
    ):
        trial.locator("summary", has_text=summary).click()
        trial.get_by_role("button", name=button).click()
        expect(trial).to_contain_text(told)


def test_no_screen_asks_another_host_or_upsets_the_browser(
    desk: Open, site: Site, complaints: list[str]
) -> None:
    page = desk()
    for path in SCREENS:
        answer = page.goto(site.url + path)
        assert answer is not None
        assert answer.status == 200, path
    assert complaints == []


def test_no_screen_scrolls_sideways_on_a_phone(desk: Open, site: Site) -> None:
    site.try_third()
    page = desk(viewport=PHONE, has_touch=True)
    for path in SCREENS:
        page.goto(site.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_screen(desk: Open, site: Site, scheme: str) -> None:
    if not AXE.exists():
        pytest.skip(f"SKIP: axe-core is not at {AXE}: .ci/run fetches it from the npm registry")
    site.try_third()
    page, source, found = desk(color_scheme=scheme), AXE.read_text(), []
    for path in ["/login", *SCREENS]:
        page.goto(site.url + path)
        if path == "/settings":
            page.locator(".stop > summary").click()
        page.evaluate(source)
        answer = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        found += [
            (path, one["id"], node["html"][:160])
            for one in answer["violations"]
            if one["impact"] in SERIOUS
            for node in one["nodes"]
        ]
    assert found == []
