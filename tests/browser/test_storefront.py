"""The storefront script in Chromium: it reorders before anybody sees it, or not at all, and breaks nothing."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.storefront import Page as ShopPage
from tests.browser.storefront import card

if TYPE_CHECKING:
    from tests.browser.storefront import Street

Browse = Callable[..., Page]
Until = Callable[[Callable[[], bool]], None]
IDS = [f"i-{number}" for number in range(24)]
OWN, BALADS = ",".join(IDS), ",".join(IDS[::-1])
LISTING = "[data-balad-page]"


def order(page: Page) -> list[str]:
    return [
        str(one)
        for one in page.eval_on_selector_all("[data-balad-item]", "all => all.map(e => e.dataset.baladItem)")
    ]


def seen(page: Page) -> list[str]:
    """Each order in which the listing was on the screen."""
    expect(page.locator(LISTING)).to_have_css("visibility", "visible")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate("shifts") == 0
    return [str(one) for one in page.evaluate("orders")]


def test_a_listing_is_seen_in_balads_order_only(town: "Street", browse: Browse, errors: list[str]) -> None:
    town.pages["shoes"] = town.listing(IDS)
    page = browse()
    page.goto(f"{town.shop.url}/shoes")
    assert seen(page) == [BALADS]
    assert errors == []


def test_listeners_and_what_stands_between_the_items_stay(town: "Street", browse: Browse) -> None:
    banner = "<li id='banner'>Sale</li>"
    shop = town.listing(IDS[:4])
    shop.body = shop.body.replace("<li data-balad-item='i-2'", f"{banner}<li data-balad-item='i-2'")
    hear = """<script>let heard = "";
        document.querySelectorAll("button").forEach((one, i) => one.addEventListener("click", () => (heard += i)))
    </script>"""
    shop.body = shop.body.replace("</ul>", f"</ul>{hear}")
    town.pages["shoes"] = shop
    page = browse()
    page.goto(f"{town.shop.url}/shoes")
    expect(page.locator("li").first).to_have_attribute("data-balad-item", "i-3")
    assert page.eval_on_selector_all("li", "all => all.map(e => e.id || e.dataset.baladItem)") == [
        *("i-3", "i-2", "banner", "i-1", "i-0")
    ]
    page.locator("[data-balad-item=i-3] button").click()
    assert page.evaluate("heard") == "3"


def hanging(town: "Street", _: Page) -> None:
    town.mood.go_on.clear()


def failing(town: "Street", _: Page) -> None:
    town.mood.status = 500


def unreachable(town: "Street", _: Page) -> None:
    town.balad.stop()


def blocked(town: "Street", page: Page) -> None:
    page.route(f"{town.balad.url}/**", lambda route: route.abort("blockedbyclient"))


def answers_blocked(town: "Street", page: Page) -> None:
    page.route(f"{town.balad.url}/v1/**", lambda route: route.abort("blockedbyclient"))


def answers_nonsense(town: "Street", page: Page) -> None:
    def nonsense(route: Route) -> None:
        route.fulfill(body='{"items": [{"item_id": "other"}, null, {}, {"item_id": "__proto__"}]}')

    page.route(f"{town.balad.url}/v1/**", nonsense)


def strict(policy: str) -> Callable[["Street", Page], None]:
    def trouble(town: "Street", _: Page) -> None:
        town.pages["shoes"].headers["Content-Security-Policy"] = policy  # type: ignore[union-attr]

    return trouble


def another_origin(town: "Street", _: Page) -> None:
    town.mood.status = 403


TROUBLES = {
    "hanging": hanging,
    "answering 500": failing,
    "unreachable": unreachable,
    "blocked": blocked,
    "its answers blocked": answers_blocked,
    "answering nonsense": answers_nonsense,
    "refusing the origin": another_origin,
    "not in the policy for scripts": strict("script-src 'self'; style-src 'unsafe-inline'"),
    "not in the policy for calls": strict("connect-src 'self'"),
    "not in the policy for anything": strict("default-src 'self'"),
}


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
def test_the_shops_page_works_while_the_service_is(
    town: "Street", browse: Browse, errors: list[str], trouble: Callable[["Street", Page], None]
) -> None:
    town.pages["shoes"] = town.listing(IDS, head=town.tag(deadline=250), hold_seconds=0.3)
    page = browse()
    trouble(town, page)
    page.goto(f"{town.shop.url}/shoes", wait_until="commit")
    expect(page.locator("footer")).to_be_visible()
    assert seen(page) == [OWN]
    page.locator("[data-balad-item=i-1] a").click()
    expect(page).to_have_url(f"{town.shop.url}/shoes#i-1")
    town.mood.go_on.set()
    assert seen(page) == [OWN]
    assert errors == []


def test_an_error_in_the_shops_own_code_stays_the_shops(
    town: "Street", browse: Browse, errors: list[str]
) -> None:
    broken = "<script>window.dataLayer = 5; throw new Error('the shop')</script>"
    town.pages["shoes"] = town.listing(IDS, head=town.tag(ga4="true"), after=broken)
    page = browse()
    page.goto(f"{town.shop.url}/shoes")
    expect(page.locator("[data-balad-item]").first).to_have_attribute("data-balad-item", IDS[-1])
    assert errors == ["the shop"]


def test_a_listing_that_is_seen_already_is_left_alone(town: "Street", browse: Browse) -> None:
    town.pages["shoes"] = town.listing(IDS, hold_seconds=0)
    page = browse()
    page.goto(f"{town.shop.url}/shoes")
    answer = page.evaluate(
        """async () => {
            const { personalized, applied } = await balad.rank("shoes", document.querySelector("ul"));
            return [personalized, applied];
        }"""
    )
    assert answer == [True, False]
    assert seen(page) == [OWN]


def test_a_listing_below_the_fold_is_reordered_without_moving_what_is_looked_at(
    town: "Street", browse: Browse
) -> None:
    shop = town.listing(IDS, hold_seconds=0)
    shop.body = shop.body.replace("<ul", "<div style='height: 3000px'><input></div><ul")
    town.pages["shoes"] = shop
    page = browse()
    page.goto(f"{town.shop.url}/shoes")
    page.locator("input").focus()
    page.evaluate("scrollTo(0, 100)")
    expect(page.locator("[data-balad-item]").first).to_have_attribute("data-balad-item", IDS[-1])
    assert page.evaluate("[scrollY, document.activeElement.tagName, shifts]") == [100, "INPUT", 0]


def test_it_is_an_es_module_too(town: "Street", browse: Browse, errors: list[str]) -> None:
    module = f"""<script type="module">
      import {{ init, rank }} from "{town.balad.url}/sdk/balad.mjs";
      init({{ key: "{town.key}", consent: true, visitor: "v-1", deadline: 20000 }});
      const items = [{{ item_id: "A", price: 1 }}, {{ item_id: "B", price: 2 }}, {{ item_id: "A" }}, "C"];
      const ranking = await rank("home", items);
      document.body.textContent = JSON.stringify(ranking.items.map((one) => one.item_id ?? one));
    </script>"""
    town.pages["home"] = town.plain("", head=module)
    page = browse()
    page.goto(f"{town.shop.url}/home")
    expect(page.locator("body")).to_have_text('["B","A","A","C"]')
    assert errors == []


def test_ten_pages_of_a_listing_show_each_item_once_while_the_visitor_clicks(
    town: "Street", browse: Browse, until: Until
) -> None:
    town.pages["home"] = town.plain("<ul data-balad-page='all'></ul>")
    page = browse()
    page.goto(f"{town.shop.url}/home")
    page.wait_for_function("window.balad")
    ids = [f"p-{number}" for number in range(480)]
    shown: list[str] = page.evaluate(
        """async (ids) => {
            const all = ids.map((item_id, n) => ({ item_id, price: n + 1 }));
            const first = await balad.rank("all", all, { limit: 48 });
            const shown = first.items.map((one) => one.item_id);
            for (let offset = 48; offset < 480; offset += 48) {
                balad.track("view_item", { items: [{ item_id: shown.at(-1) }] });
                balad.flush();
                shown.push(...(await balad.next(first.ranking_id, offset, 48)));
            }
            return shown;
        }""",
        ids,
    )
    assert shown == ids[::-1]
    until(lambda: len(town.events("view_item")) == 9)


def page_with(town: "Street", cards: str) -> ShopPage:
    shop = town.listing([])
    shop.body = shop.body.replace("</ul>", f"{cards}</ul>")
    return shop


def test_items_without_an_id_and_the_same_twice_keep_their_places(
    town: "Street", browse: Browse, errors: list[str]
) -> None:
    cards = [
        card("a", 1),
        card("", 9),
        card("b", 2),
        card("a", 5),
        "<li data-balad-item>none</li>",
        card("c", 3),
    ]
    town.pages["shoes"] = page_with(town, "".join(cards))
    page = browse()
    page.goto(f"{town.shop.url}/shoes")
    expect(page.locator("[data-balad-item]").first).to_have_attribute("data-balad-item", "c")
    assert order(page) == ["c", "", "b", "a", "", "a"]
    assert errors == []


def test_of_2000_elements_the_first_500_are_ranked(town: "Street", browse: Browse, errors: list[str]) -> None:
    ids = [f"m-{number}" for number in range(2_000)]
    town.pages["shoes"] = town.listing(ids)
    page = browse()
    page.goto(f"{town.shop.url}/shoes")
    expect(page.locator("[data-balad-item]").first).to_have_attribute("data-balad-item", "m-499")
    assert order(page) == ids[499::-1] + ids[500:]
    assert errors == []


@pytest.mark.parametrize("listing", ["null", "5", "{}", "[]", "[null, undefined, {}, '']", "'text'"])
def test_a_listing_that_is_none_comes_back(
    town: "Street", browse: Browse, errors: list[str], listing: Any
) -> None:
    town.pages["home"] = town.plain("")
    page = browse()
    page.goto(f"{town.shop.url}/home")
    page.wait_for_function("window.balad")
    assert page.evaluate(f"async () => (await balad.rank('home', {listing})).items instanceof Array")
    assert errors == []
