"""The demo page as a person uses it, in Chromium, ranked by the real service."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect
from werkzeug.serving import make_server

from features.attributes import declared
from features.identity import PARTITIONS
from features.store.exchange import Exchange
from features.store.protocol import START
from features.store.redis_settings import RedisSettings
from features.store.redis_work import RedisWorkStore
from features.table import FeatureTable, feature_table
from service.app import create_app
from service.ranking import Model
from service.settings import Settings
from service.shops import create_shop
from service.wiring import handles
from training.simulate.world import draw_shop

NOW = 1_795_348_800.0
ATTRIBUTES = declared(["category:categorical", "brand:categorical", "color:categorical"])
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PATIENCE_MS = 20_000  # a busy machine; what takes this long fails

Visit = Callable[..., Page]
Until = Callable[[Callable[[], bool]], None]


class ByTaste:
    """A scorer that puts first what shares colour and brand with the session, then keeps the shop's order."""

    def __init__(self, table: FeatureTable) -> None:
        self._columns = [table.names.index(f"session_share_{name}") for name in ("color", "brand")]
        self._index = table.names.index("shop_index")

    def score(self, matrix: np.ndarray[Any, np.dtype[np.float32]]) -> np.ndarray[Any, np.dtype[np.float64]]:
        columns = matrix.astype(np.float64)
        taste = np.nan_to_num(columns[:, self._columns]).clip(min=0.0).sum(axis=1)
        scores: np.ndarray[Any, np.dtype[np.float64]] = taste - 1e-4 * columns[:, self._index]
        return scores


@dataclass
class OneModel:
    model: Model | None

    def current(self, _shop: str) -> Model | None:
        return self.model

    def refusal(self, _shop: str) -> None:
        return None


@dataclass
class Site:
    url: str
    models: OneModel
    store: RedisWorkStore

    def events(self) -> list[str]:
        """The names of the events that arrived, in no particular order."""
        partitions = self.store.entries("demo", (START,) * PARTITIONS, 10_000)
        return [json.loads(entry.body)["name"] for part in partitions for entry in part if entry.kind == "e"]


@pytest.fixture
def site(redis_url: str, tmp_path: Path) -> Iterator[Site]:
    """The application with a demo shop, on a free port."""
    exchange = Exchange(redis_url, 5.0)
    store, kept = RedisWorkStore(exchange, 200_000), RedisSettings(exchange)
    table = feature_table(ATTRIBUTES)
    models = OneModel(Model("by-taste", table, ByTaste(table)))
    settings = Settings(data=tmp_path, redis_url=redis_url, deadline_ms=10_000, demo=True)
    deps, _ = handles(settings)
    app = create_app(replace(deps, models=models))
    open_shop(app, kept, tmp_path / "demo")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.server_port}/demo/", models, store)
    server.shutdown()
    thread.join()
    server.server_close()
    store.close()


def open_shop(app: Flask, kept: RedisSettings, directory: Path) -> None:
    """Do what `balad demo` does, with fewer items and no past."""
    shop = create_shop(kept, "demo", ATTRIBUTES, now=NOW)
    items = list(draw_shop(17, items=400, shoppers=1, at=NOW).catalogue.items())
    headers = {"Authorization": f"Bearer {shop.secret_key}"}
    for path, body in (
        ("/v1/pages/default", {"state": "on", "holdout": 0.0}),
        ("/v1/items", {"items": items}),
    ):
        answer = app.test_client().put(path, json=body, headers=headers)
        assert answer.status_code == 200, answer.text
    directory.mkdir()
    (directory / "publishable_key").write_text(shop.publishable_key)
    (directory / "items.jsonl").write_text("".join(json.dumps(one) + "\n" for one in items))


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
