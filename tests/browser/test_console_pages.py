"""A merchant's work on pages in Chromium: the switch, a rule from draft to undo, a preview, a verdict."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from features.attributes import DEFAULT
from features.table import feature_table
from service.app import create_app
from service.pages.change import Author
from service.people import Role, add_person
from service.ranking import Model
from service.settings import Settings
from service.shops import create_shop
from service.wiring import handles
from tests.api.conftest import NOON, ByPrice, ShopModels
from tests.served import served

PASSWORD = "correct horse battery"
PAGE = "category/shoes"
VISITORS = 700
ITEMS = [
    {"item_id": f"shoe-{n}", "item_name": f"Shoe {n}", "price": 20.0 + n, "in_stock": n != 3}
    for n in range(6)
]

Open = Callable[..., Page]


@pytest.fixture
def console(redis_url: str, tmp_path: Path) -> Iterator[str]:
    """A shop with a page in test whose Balad arm is clicked twice as often."""
    settings = Settings(data=tmp_path, redis_url=redis_url, deadline_ms=10_000)
    models = ShopModels({"acme": Model("by-price", feature_table(DEFAULT), ByPrice())})
    deps = replace(handles(settings, lambda: NOON)[0], models=models)
    shop = create_shop(deps.shop_settings, "acme", now=NOON)
    add_person(deps.shop_settings, Author("acme", "a test", NOON), "Paul", Role.MERCHANDISER, PASSWORD)
    deps.directory.refresh()
    app = create_app(deps)
    fill(app.test_client(), shop.secret_key)
    with served(app) as url:
        yield f"{url}/console"
    deps.store.close()


def fill(client: Any, key: str) -> None:
    """Send what a shop sends: its items, rankings of many visitors, and what each did about theirs."""

    def call(method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = client.open(path, method=method, json=body, headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == 200, answer.text
        return dict(answer.json)

    call("PUT", "/v1/items", {"items": ITEMS})
    call("PUT", f"/v1/pages/{PAGE}", {"state": "test", "traffic": 0.5, "holdout": 0.0})
    events: list[dict[str, Any]] = []
    for number in range(VISITORS):
        who = {"page": PAGE, "visitor_id": f"v-{number}", "session_id": "s", "consent": True}
        ranked = call("POST", "/v1/rank", {**who, "items": ITEMS})
        shown = {**who, "ranking_id": ranked["ranking_id"], "items": ITEMS[:1]}
        events.append({**shown, "name": "view_item_list", "event_id": f"l-{number}"})
        if ranked["arm"] == "treatment" or number % 2:
            events.append({**shown, "name": "select_item", "event_id": f"c-{number}"})
    for start in range(0, len(events), 500):
        call("POST", "/v1/events", {"events": events[start : start + 500]})


@pytest.fixture
def opened(chromium: Browser, console: str) -> Iterator[Open]:
    """Open a screen in a browser of its own, logged in as Paul."""
    contexts: list[BrowserContext] = []

    def open_it(path: str, **options: Any) -> Page:
        context = chromium.new_context(
            **{"viewport": {"width": 1440, "height": 900}, "locale": "en", **options}
        )
        context.set_default_timeout(120_000)  # a busy machine; nothing waits it out to pass
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{console}/login?to=/console{path}")
        page.get_by_label("Name").fill("Paul")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        return page

    yield open_it
    for context in contexts:
        context.close()


def test_a_page_goes_through_its_states_by_keyboard_alone(opened: Open) -> None:
    page = opened("/page/home")
    page.get_by_label("Off", exact=False).first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator('input[name="state"][value="on"]')).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Test first?")).to_be_visible()
    page.get_by_role("button", name="Test first, with 50 %").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("home is set.")).to_be_visible()
    expect(page.locator('input[name="state"][value="test"]')).to_be_checked()
    page.locator('input[name="state"][value="test"]').focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator('input[name="state"][value="on"]')).to_be_checked()
    expect(page.locator(".lead .tag")).to_have_text("On")


def test_a_wrong_share_is_told_at_its_field_and_the_way_there_is_a_link(opened: Open) -> None:
    page = opened(f"/page/{PAGE}")
    page.get_by_label("Traffic of a test, in percent").fill("170")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="This should be between 0 and 100 percent.").click()
    expect(page.locator("#traffic")).to_be_focused()
    expect(page.locator("#traffic")).to_have_value("170")
    expect(page.locator("#traffic-error")).to_be_visible()


def test_a_verdict_is_read_in_words_and_in_a_figure(opened: Open) -> None:
    page = opened(f"/page/{PAGE}#experiment")
    expect(page.locator(".verdict")).to_contain_text("Clicks per listing seen: better by")
    row = page.locator(".lifts tr", has_text="Clicks per listing seen")
    expect(row.locator(".whisker .good").first).to_be_attached()
    expect(row).to_contain_text("n = ")
    page.get_by_role("link", name="See the figures unfiltered").click()
    expect(page.get_by_role("link", name="Cap revenue again")).to_be_visible()


def test_a_rule_is_made_looked_at_published_and_undone(opened: Open) -> None:
    page = opened(f"/rules/{PAGE}")
    page.get_by_role("link", name="Add a rule").click()
    page.get_by_label("Name").fill("Nothing that is sold out")
    page.get_by_label("Kind").select_option("hide")
    expect(page.get_by_label("Item id", exact=True)).to_be_hidden()
    page.get_by_label("Stock").select_option("no")
    page.get_by_role("button", name="Put it into the draft").click()
    page.get_by_role("link", name="Look at the preview").click()
    page.goto(page.url.replace("/preview/", "/rules/").partition("?")[0])
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Published: the rules hold everywhere")).to_be_visible()
    expect(page.get_by_role("row", name="Nothing that is sold out")).to_contain_text("no effect")
    page.get_by_role("button", name="Undo the last change of rules").click()
    expect(page.get_by_text("Undone: the rules before hold again")).to_be_visible()
    expect(page.get_by_text("No rules: the order is")).to_be_visible()


def test_the_tree_loads_what_a_page_earns_when_it_is_seen(opened: Open) -> None:
    page = opened("/pages")
    row = page.get_by_role("row", name="shoes", exact=False)
    expect(row).to_contain_text("better by")


def test_without_a_script_the_tree_leads_to_the_figures(opened: Open) -> None:
    page = opened("/pages", java_script_enabled=False)
    page.get_by_role("link", name=f"See figures {PAGE}").click()
    expect(page.locator(".verdict")).to_contain_text("better by")


def test_the_language_is_changed_on_the_spot(opened: Open) -> None:
    page = opened(f"/page/{PAGE}")
    page.get_by_role("button", name="Français").or_(page.get_by_role("button", name="FR")).first.click()
    expect(page.get_by_role("heading", name="Interrupteur")).to_be_visible()
    expect(page.locator(".verdict")).to_contain_text("mieux, de")
