import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.demo import blueprint as page
from service.demo.blueprint import demo_blueprint
from service.demo.shopfront import Shopfront
from service.demo.words import words

BOOT: dict[str, Any] = {
    "item_id": "boots-001", "item_name": "Alto", "item_brand": "Norda", "item_category": "shoes/boots", "price": 89.99,
    "currency": "EUR", "in_stock": True, "created_at": 1.0, "attributes": {"color": "red", "rating": 4.5},
}  # fmt: skip
SNEAKER = BOOT | {"item_id": "sneakers-001", "item_category": "shoes/sneakers"}
STATIC = Path(page.__file__).parent / "static"


def client(shop: Shopfront | None) -> FlaskClient:
    app = Flask("test")
    app.register_blueprint(demo_blueprint(lambda: shop))
    return app.test_client()


@pytest.fixture
def browser() -> FlaskClient:
    return client(Shopfront("pk_abc", {one["item_id"]: one for one in (BOOT, SNEAKER)}))


def test_the_page_speaks_the_language_asked_for_or_the_browsers(browser: FlaskClient) -> None:
    french = words("fr")["phrases"]["yours"]
    assert french in browser.get("/demo/compare?lang=fr").text
    assert french in browser.get("/demo/compare", headers={"Accept-Language": "fr-CH, de;q=0.5"}).text
    assert french not in browser.get("/demo/compare?lang=xx", headers={"Accept-Language": "de"}).text


def test_the_page_holds_the_publishable_key_and_the_categories(browser: FlaskClient) -> None:
    html = browser.get("/demo/compare").text
    assert 'data-key="pk_abc"' in html
    assert '<option value="category/shoes/boots">Boots</option>' in html


def test_the_page_keeps_a_strict_policy_with_nothing_inline_and_nothing_foreign(browser: FlaskClient) -> None:
    answer = browser.get("/demo/compare")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert not re.search(r"https?://|\sstyle=|\son[a-z]+=", answer.text)
    assert re.findall(r"<script(?![^>]*src=)[^>]*>", answer.text) == [
        '<script type="application/json" id="words">'
    ]


def test_every_file_that_the_page_names_is_there(browser: FlaskClient) -> None:
    for path in set(re.findall(r'(?:src|href)="(/demo/[^"]+)"', browser.get("/demo/compare").text)):
        with browser.get(path) as answer:
            assert answer.status_code == 200, path


def test_scripts_and_styles_reach_for_no_other_host() -> None:
    for file in STATIC.iterdir():
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|@import|url\(", file.read_text()), file.name


def test_a_listing_holds_what_the_page_shows_in_the_shops_order(browser: FlaskClient) -> None:
    told = json.loads(browser.get("/demo/listings/category/shoes").data)
    assert told["page"] == "category/shoes"
    assert [one["item_id"] for one in told["items"]] == ["boots-001", "sneakers-001"]
    assert told["items"][0] == {
        "item_id": "boots-001", "item_name": "Alto", "item_brand": "Norda", "item_category": "shoes/boots",
        "price": 89.99, "currency": "EUR", "in_stock": True, "color": "red",
    }  # fmt: skip


def test_a_picture_is_drawn_and_kept_by_the_browser(browser: FlaskClient) -> None:
    answer = browser.get("/demo/pictures/boots-001.svg")
    assert answer.mimetype == "image/svg+xml"
    assert "max-age=86400" in answer.headers["Cache-Control"]
    assert answer.text.startswith("<svg")


@pytest.mark.parametrize(
    "path", ["/demo/listings/category/cars", "/demo/pictures/nobody.svg", "/demo/static/x.js"]
)
def test_what_does_not_exist_is_not_found(browser: FlaskClient, path: str) -> None:
    assert browser.get(path).status_code == 404


def test_without_a_demo_shop_the_page_says_what_to_run() -> None:
    answer = client(None).get("/demo/compare")
    assert answer.status_code == 404
    assert "balad demo" in answer.text


def test_every_phrase_that_a_script_says_exists() -> None:
    said = set()
    for file in STATIC.glob("*.js"):
        said |= set(re.findall(r'say\("(\w+)"', file.read_text()))
    assert said
    assert said | {"did_look", "did_take", "did_leave", "did_order", "up", "down", "same"} <= set(
        words("en")["phrases"]
    )
