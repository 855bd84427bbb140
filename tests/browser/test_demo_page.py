"""The demo page as a person uses it, in Chromium, ranked by the real service."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.demo_site import Site, demo_site

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PATIENCE_MS = 20_000  # a busy machine; what takes this long fails

Visit = Callable[..., Page]
Until = Callable[[Callable[[], bool]], None]


@pytest.fixture
def site(redis_url: str, tmp_path: Path) -> Iterator[Site]:
    """The application with a demo shop, on a free port."""
    with demo_site(redis_url, tmp_path) as found:
        yield found


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Visit]:
    """Open the page; whatever the browser complains about fails the test."""
    expect.set_options(timeout=PATIENCE_MS)
    complaints: list[str] = []
    contexts = []

    def opened(lang: str = "en", **options: object) -> Page:
        chosen: dict[str, Any] = {"viewport": DESKTOP, "reduced_motion": "reduce", **options}
        context = chromium.new_context(**chosen)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None,
        )
        page.on(
            "request", lambda asked: complaints.append(asked.url) if "//127.0.0.1:" not in asked.url else None
        )
        page.goto(f"{site.url}?lang={lang}")
        expect(page.locator("#latency")).to_have_text(re.compile("ms"))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def order(page: Page, column: str = "yours") -> list[str]:
    return [
        str(one)
        for one in page.eval_on_selector_all(f"#{column} .card", "cards => cards.map(c => c.dataset.item)")
    ]


def card(page: Page, item_id: str, column: str = "yours") -> Locator:
    return page.locator(f'#{column} [data-item="{item_id}"]')


def described(page: Page, item_id: str) -> tuple[str, str]:
    """Colour and brand of a card."""
    shown = card(page, item_id)
    return str(shown.locator("img").get_attribute("alt")).rsplit(", ", 1)[-1], shown.locator(
        ".brand"
    ).inner_text()


def test_a_click_brings_alike_products_up_and_leaves_the_shops_order(
    visit: Visit, site: Site, until: Until
) -> None:
    page = visit()
    own = order(page, "shops")
    assert order(page) == own
    liked = own[-1]
    card(page, liked).locator(".look").click()
    expect(page.locator('.moved[data-way="up"]').first).to_be_visible()
    expect(page.locator("#yours .card").first.locator(".brand")).to_have_text(described(page, liked)[1])
    alike = [one for one in own if set(described(page, one)) & set(described(page, liked))]
    assert set(order(page)[: len(alike)]) == set(alike)
    assert order(page, "shops") == own
    assert "Yes" in page.locator("#personalized").inner_text()
    until(lambda: {"select_item", "view_item", "view_item_list"} == set(site.events()))


def test_marks_say_how_far_each_product_moved(visit: Visit) -> None:
    page = visit()
    own = order(page, "shops")
    card(page, own[-1]).locator(".look").click()
    expect(page.locator('.moved[data-way="up"]').first).to_be_visible()
    for index, item_id in enumerate(order(page)):
        places = own.index(item_id) - index
        shown = f"{'↑' if places > 0 else '↓'}{abs(places)}" if places else ""
        assert card(page, item_id).locator(".moved span").first.inner_text() == shown


def test_cart_and_order_are_sent(visit: Visit, site: Site, until: Until) -> None:
    page = visit()
    first = order(page)[0]
    card(page, first).locator(".take").click()
    expect(card(page, first).locator(".take")).to_have_attribute("aria-pressed", "true")
    page.locator("#order").click()
    expect(page.locator("#order")).to_be_hidden()
    expect(page.locator("#acts li").first).to_contain_text("Ordered")
    until(lambda: {"add_to_cart", "begin_checkout", "purchase"} <= set(site.events()))


def test_a_new_visitor_is_unknown_again(visit: Visit) -> None:
    page = visit()
    own = order(page, "shops")
    before = page.locator("#visitor").inner_text()
    card(page, own[-1]).locator(".look").click()
    expect(page.locator('.moved[data-way="up"]').first).to_be_visible()
    page.locator("#newcomer").click()
    expect(page.locator('.moved[data-way="up"]')).to_have_count(0)
    assert order(page) == own
    assert page.locator("#visitor").inner_text() != before


def test_a_visitor_is_the_same_after_a_reload(visit: Visit) -> None:
    page = visit()
    card(page, order(page)[-1]).locator(".look").click()
    expect(page.locator('.moved[data-way="up"]').first).to_be_visible()
    known, ordered = page.locator("#visitor").inner_text(), order(page)
    page.reload()
    expect(page.locator('.moved[data-way="up"]').first).to_be_visible()
    assert (page.locator("#visitor").inner_text(), order(page)) == (known, ordered)


def test_without_consent_the_shops_order_stays_and_the_page_says_why(visit: Visit) -> None:
    page = visit()
    own = order(page, "shops")
    page.locator("#consent").uncheck()
    expect(page.locator("#personalized")).to_contain_text("you have not agreed")
    card(page, own[-1]).locator(".look").click()
    expect(page.locator("#acts li")).to_have_count(1)
    assert order(page) == own


def test_without_a_model_the_page_works_and_says_why(visit: Visit, site: Site) -> None:
    site.models.model = None
    page = visit()
    expect(page.locator("#personalized")).to_contain_text("no model yet")
    assert order(page) == order(page, "shops")


def test_another_category_opens(visit: Visit) -> None:
    page = visit()
    page.locator("#page").select_option("category/home/mugs")
    expect(page.locator("#yours img").first).to_have_attribute("alt", re.compile("^Mugs, "))
    assert all(one.startswith("mugs-") for one in order(page))


def test_it_is_french_in_french(visit: Visit) -> None:
    page = visit("fr")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator("#yours img").first).to_have_attribute("alt", re.compile("^Baskets, "))
    expect(page.locator("#yours .price").first).to_contain_text(re.compile("€|Épuisé"))


def test_everything_works_by_keyboard_and_focus_stays_on_what_moved(visit: Visit) -> None:
    page = visit()
    liked = order(page)[-1]
    card(page, liked).locator(".look").focus()
    page.keyboard.press("Enter")
    expect(page.locator('.moved[data-way="up"]').first).to_be_visible()
    assert page.evaluate("document.activeElement.closest('.card').dataset.item") == liked
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(card(page, liked).locator(".take")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#said")).to_contain_text("changed places")


def test_every_control_has_a_name(visit: Visit) -> None:
    page = visit()
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("button, select, input, a")]
            .filter((one) => !(one.ariaLabel || one.innerText.trim() || one.labels?.[0]?.innerText.trim()))
            .map((one) => one.outerHTML)"""
    )
    assert nameless == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_one_listing_at_a_time_without_sideways_scrolling(visit: Visit, scheme: str) -> None:
    page = visit(viewport=PHONE, color_scheme=scheme, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    expect(page.locator("#shops")).to_be_hidden()
    page.locator(".sides label").nth(1).tap()
    expect(page.locator("#shops")).to_be_visible()
    expect(page.locator("#yours")).to_be_hidden()
