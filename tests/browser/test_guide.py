"""Every snippet of docs/integration.md does what the page says."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest
from playwright.sync_api import Page, expect

from service.cli.group import balad
from tests.browser.storefront import Page as ShopPage

if TYPE_CHECKING:
    from tests.browser.storefront import Street

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "integration.md").read_text()
BLOCKS: list[tuple[str, str]] = re.findall(r"^```(\w+)\n(.*?)^```", TEXT, flags=re.MULTILINE | re.DOTALL)
IDS = [f"i-{number}" for number in range(9)]
WHO = {"visitor_id": "v-1", "session_id": "s-1", "consent": True}

Browse = Callable[..., Page]
Until = Callable[[Callable[[], bool]], None]


def block(language: str, holding: str) -> str:
    (found,) = [text for said, text in BLOCKS if said == language and holding in text]
    return found


def here(town: "Street", text: str) -> str:
    """A snippet with this service and this shop in place of those of the guide."""
    return text.replace("https://balad.example", town.balad.url).replace("pk_yours", town.key)


def shown(town: "Street", browse: Browse, *parts: str) -> Page:
    """A page made of snippets, whose script has long enough to answer on a busy machine."""
    text = (
        here(town, "".join(parts))
        .replace("balad .25s", "balad 20s")
        .replace("data-key", "data-deadline=20000 data-key")
    )
    town.pages["home"] = ShopPage(f"<!doctype html><title>Shop</title>{text}")
    page = browse()
    page.goto(f"{town.shop.url}/home")
    return page


@pytest.fixture
def server(town: "Street") -> dict[str, Any]:
    """The snippets of the shop's server."""
    names: dict[str, Any] = {}
    for language, text in BLOCKS:
        if language == "python":
            exec(here(town, text).replace("sk_yours", town.key).replace("0.25", "20"), names)  # noqa: S102 - ours
    return names


def test_every_snippet_is_run() -> None:
    assert [language for language, _ in BLOCKS] == [
        "sh",
        *["html"] * 4,
        "python",
        "html",
        "python",
        "js",
        "js",
    ]


def test_the_command_is_one() -> None:
    for line in block("sh", "balad").splitlines():
        _, group, name, *words = shlex.split(line)
        found = balad.get_command(click.Context(balad), group)
        assert isinstance(found, click.Group)
        assert found.commands[name].make_context(name, words).params["origins"]


def test_a_marked_listing_is_ranked_and_says_what_was_clicked(
    town: "Street", browse: Browse, until: Until
) -> None:
    page = shown(town, browse, block("html", "@keyframes"))
    expect(page.locator("li").first).to_have_attribute("data-balad-item", "B7")
    page.locator("text=Runner").click()
    until(lambda: len(town.events("select_item")) == 1)


def test_attributes_say_the_rest(town: "Street", browse: Browse, until: Until) -> None:
    tag = block("html", "data-ga4").replace(" data-ga4", "")
    page = shown(town, browse, tag, block("html", "Add to cart"), block("html", "T-1041"))
    page.locator("text=Add to cart").click()
    until(lambda: {e["name"] for e in town.events()} == {"view_item", "add_to_cart", "purchase"})


def test_the_line_for_ga4_listens(town: "Street", browse: Browse, until: Until) -> None:
    said = "<script>dataLayer = [{ event: 'view_item', ecommerce: { items: [{ item_id: 'A1' }] } }]</script>"
    shown(town, browse, said, block("html", "data-ga4"))
    until(lambda: len(town.events("view_item")) == 1)


def test_a_server_shows_pages_of_one_order(server: dict[str, Any]) -> None:
    items = [{"item_id": item_id, "price": n + 1} for n, item_id in enumerate(IDS)]
    first, ranking_id = server["ranked"]("category/shoes", items, WHO, 3)
    rest = [server["further"](ranking_id, IDS, offset, 3) for offset in (3, 6)]
    assert sum(rest, first) == IDS[::-1]


def test_a_server_shows_the_shops_order_whatever_happens(town: "Street", server: dict[str, Any]) -> None:
    assert server["further"]("unknown", IDS, 3, 3) == IDS[3:6]
    town.mood.status = 500
    assert server["ranked"]("category/shoes", IDS, WHO, 3) == (IDS[:3], "")
    town.balad.stop()
    assert server["ranked"]("category/shoes", IDS, WHO, 3) == (IDS[:3], "")


def test_a_listing_ranked_by_a_server_is_not_ranked_again(
    town: "Street", browse: Browse, until: Until
) -> None:
    tag = block("html", "data-ga4").replace(" data-ga4", "")
    page = shown(town, browse, tag, block("html", "data-balad-ranking"))
    page.wait_for_function("window.balad")
    page.locator("text=Runner").click()
    until(lambda: len(town.events("select_item")) == 1)
    assert town.events("select_item")[0]["ranking_id"] == "0197a2b0-5c1e-7000-8000-000000000000"
    assert town.facts("x") == []


def test_an_application_asks_then_renders(town: "Street", browse: Browse, until: Until) -> None:
    products = [{"item_id": "A1", "price": 49}, {"item_id": "B7", "price": 79}]
    code = (
        block("js", "render")
        .replace("export ", "")
        .replace('visitor: "v-81"', 'visitor: "v-81", deadline: 20000')
    )
    use = f"show('home', {products}, (all) => (document.title = all.map((one) => one.item_id)));"
    use += f"putIntoCart({products[0]})"
    page = shown(town, browse, f"<script type=module>{code}{use}</script>")
    page.wait_for_function("document.title == 'B7,A1'")
    until(lambda: len(town.events("add_to_cart")) == 1)


def test_consent_follows_the_shops_word(town: "Street", browse: Browse, until: Until) -> None:
    page = shown(
        town, browse, block("html", "data-ga4"), f"<script type=module>{block('js', 'shop-consent')}</script>"
    )
    page.wait_for_function("window.balad")
    page.evaluate("balad.track('search', { search_term: 'a' })")
    page.wait_for_function("Object.keys(localStorage).length > 1")
    page.wait_for_load_state("networkidle")
    page.evaluate("dispatchEvent(new CustomEvent('shop-consent', { detail: { personalisation: false } }))")
    assert page.evaluate("({ ...localStorage })") == {}
    page.evaluate("balad.track('search', { search_term: 'b' })")
    until(lambda: {e["search_term"]: e["consent"] for e in town.events()}.get("b") is False)
