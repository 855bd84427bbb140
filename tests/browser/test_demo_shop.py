"""The demo's shop as a shopper uses it, in Chromium."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.browser.demo_site import Site, demo_site

DESKTOP, PHONE = ViewportSize(width=1440, height=900), ViewportSize(width=390, height=844)
AXE = Path(sys.prefix) / "axe" / "package" / "axe.min.js"  # .ci/run puts it there, from the npm registry
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


def panel(page: Page) -> Locator:
    found = page.locator("#panel")
    if found.get_attribute("open") is None:
        found.locator("summary").click()
    return found


def who(page: Page) -> str:
    return str(page.locator("body").get_attribute("data-visitor"))


def test_the_panel_tells_what_is_known_and_why_until_the_visitor_is_forgotten(
    page: Page, site: Site, shop: str, until: Until
) -> None:
    agree(page)
    page.goto(f"{shop}c/shoes")
    page.locator("#listing a").first.click()
    visitor = who(page)
    until(lambda: len(site.held(visitor)["state"]["interactions"]) > 0)
    page.goto(f"{shop}c/shoes")
    expect(panel(page).locator("#why li")).to_have_count(12)
    expect(page.locator("#did li b").first).not_to_be_empty()
    page.get_by_role("button", name="Forget me").click()
    expect(page.get_by_role("status").first).to_contain_text("You are forgotten")
    held = site.held(visitor)
    nothing: dict[str, list[object]] = {"interactions": [], "impressions": [], "trail": []}
    assert (held["request"], held["state"]) == ("erased", nothing)
    assert who(page) == ""
    page.goto(f"{shop}c/shoes")
    agreed = panel(page).get_by_role("button", name="I agree to be remembered")
    agreed.click()
    expect(page.locator("#known")).to_be_attached()
    assert who(page) not in ("", visitor)


def test_who_says_no_stays_nobody(page: Page, site: Site, shop: str, until: Until) -> None:
    page.get_by_role("button", name="No, thank you").click()
    page.goto(f"{shop}c/shoes")
    own = page.locator("#own").text_content()
    shown = page.locator("#listing li").evaluate_all("cards => cards.map((one) => one.dataset.baladItem)")
    assert shown == json.loads(str(own))
    expect(panel(page)).to_contain_text("nothing is known of you")
    page.locator("#listing a").first.click()
    until(lambda: "view_item" in site.events())
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('balad:'))") == []


def test_for_you_is_filled_with_what_others_looked_at_beside(
    page: Page, site: Site, shop: str, until: Until
) -> None:
    agree(page)
    page.goto(f"{shop}c/bags")
    ids = json.loads(str(page.locator("#own").text_content()))[:4]
    site.others_look_at(ids)
    page.goto(f"{shop}p/{ids[0]}")
    until(lambda: len(site.held(who(page))["state"]["interactions"]) > 0)
    page.goto(shop)
    place = page.locator(".place", has=page.get_by_role("heading", name="For you"))
    expect(place).to_be_visible()
    found = place.locator("li").evaluate_all("cards => cards.map((one) => one.dataset.baladItem)")
    assert set(ids[1:]) <= set(found)


def test_a_product_is_bought_by_keyboard(page: Page, site: Site, shop: str, until: Until) -> None:
    agree(page)
    page.goto(f"{shop}c/shoes")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # skips to the content
    page.locator("#listing li:not(.gone) a").first.focus()
    page.keyboard.press("Enter")
    page.locator("button[name=add]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("header .cart b")).to_have_text("1")
    page.get_by_role("link", name="Checkout").focus()
    page.keyboard.press("Enter")
    page.locator("form.address input").first.focus()
    page.keyboard.type("A. Name")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your order")
    until(lambda: "purchase" in site.events())


def test_marks_beside_the_shops_order_say_how_far_each_product_moved(page: Page, shop: str) -> None:
    agree(page)
    page.goto(f"{shop}c/shoes/sneakers")
    page.locator("#listing a").last.click()
    expect(page.locator("article.product")).to_be_visible()
    page.goto(f"{shop}c/shoes/sneakers?compare=1")
    expect(page.locator('#listing .moved[data-way="up"]').first).to_be_visible()
    own = json.loads(str(page.locator("#own").text_content()))
    for index, card in enumerate(page.locator("#listing li").all()[:6]):
        places = own.index(card.get_attribute("data-balad-item")) - index
        mark = card.locator(".moved")
        assert (mark.inner_text() if mark.count() else "") == (
            f"{'↑' if places > 0 else '↓'}{abs(places)}" if places else ""
        )


PATHS = [
    "",
    "c/shoes/sneakers?compare=1",
    "search?q=blue",
    "search?q=nothing",
    "p/{item}",
    "cart",
    "checkout",
]
SCREENS = [(DESKTOP, "en", "light"), (PHONE, "fr", "dark")]


@pytest.mark.parametrize(("size", "lang", "scheme"), SCREENS)
def test_every_page_fits_is_in_its_language_and_has_no_serious_fault(
    chromium: Browser, shop: str, size: ViewportSize, lang: str, scheme: Literal["light", "dark"]
) -> None:
    context = chromium.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce")
    page, faults = context.new_page(), list[object]()
    page.goto(f"{shop}c/bags?lang={lang}")
    item = page.locator("#listing li:not(.gone)").first.get_attribute("data-balad-item")
    page.goto(f"{shop}p/{item}")
    page.locator("button[name=add]").click()
    for path in PATHS:
        page.goto(shop + path.replace("{item}", str(item)))
        panel(page)
        assert page.locator("html").get_attribute("lang") == lang
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
        faults += serious(page, path)
    context.close()
    assert faults == []


def serious(page: Page, path: str) -> list[object]:
    """What axe-core finds, where .ci/run fetched it."""
    if not AXE.exists():
        return []
    page.evaluate(AXE.read_text())
    answer = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        (path, one["id"], node["html"][:160])
        for one in answer["violations"]
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]
