"""What the storefront script says of visitors in Chromium: everything once, and nothing without their consent."""

import json
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.errands import run_errands

if TYPE_CHECKING:
    from tests.browser.storefront import Street

Browse = Callable[..., Page]
Until = Callable[[Callable[[], bool]], None]
IDS = [f"i-{number}" for number in range(24)]
NO_STORAGE = """for (const name of ["localStorage", "sessionStorage"])
    Object.defineProperty(window, name, { get() { throw new DOMException("no", "SecurityError") } })"""
HOUR_AHEAD = "const real = Date.now; Date.now = () => real() + 3600e3"
VIEWED = "balad.track('view_item', { items: [{ item_id: 'a' }] })"


def opened(town: "Street", page: Page, name: str = "home") -> None:
    page.goto(f"{town.shop.url}/{name}")
    page.wait_for_function("window.balad")


def kept(page: Page) -> dict[str, str]:
    """What is in localStorage."""
    return dict(page.evaluate("({ ...localStorage })"))


def test_what_is_seen_and_clicked_in_a_listing_is_said_with_its_ranking(
    town: "Street", browse: Browse, until: Until
) -> None:
    town.pages["shoes"] = town.listing(IDS)
    page = browse(viewport={"width": 900, "height": 330})
    opened(town, page, "shoes")
    expect(page.locator("[data-balad-item]").first).to_have_attribute("data-balad-item", "i-23")
    until(lambda: bool(town.events("view_item_list")))
    page.locator("[data-balad-item=i-22] a").click()
    page.locator("[data-balad-item=i-21] button").click()
    until(lambda: bool(town.events("add_to_cart")))
    (exposure,) = town.facts("x")
    (seen,), (clicked,), (taken,) = (
        town.events(name) for name in ("view_item_list", "select_item", "add_to_cart")
    )
    places = {one["item_id"]: one["index"] for one in seen["items"]}
    assert {"i-23": 0, "i-22": 1}.items() <= places.items()
    assert "i-0" not in places  # below the fold
    assert (clicked["items"][0]["item_id"], clicked["items"][0]["index"]) == ("i-22", 1)
    assert (taken["items"][0]["item_id"], taken["items"][0]["price"]) == ("i-21", 22)
    assert {e["ranking_id"] for e in (seen, clicked, taken)} == {exposure["ranking_id"]}
    assert {(e["page"], e["visitor_id"], e["consent"]) for e in (seen, clicked, taken)} == {
        ("category/shoes", "v-1", True)
    }


def test_an_order_is_said_by_an_attribute(town: "Street", browse: Browse, until: Until) -> None:
    order = {
        "name": "purchase",
        "transaction_id": "T1",
        "value": 79,
        "currency": "EUR",
        "items": [{"item_id": "a", "price": 79, "quantity": 1}],
    }
    town.pages["thanks"] = town.plain(f"<p data-balad-load='{json.dumps(order)}'>Thank you</p>")
    page = browse()
    for _ in range(3):  # a reload is not another order
        opened(town, page, "thanks")
        until(
            lambda: page.evaluate(
                "balad.flush(), Object.keys(localStorage).every((k) => !k.includes('event'))"
            )
        )
    (bought,) = town.events()
    assert (bought["name"], bought["transaction_id"], bought["value"]) == ("purchase", "T1", 79)


def test_one_line_listens_to_ga4(town: "Street", browse: Browse, until: Until, errors: list[str]) -> None:
    gtag = """<script>
      window.dataLayer = window.dataLayer || [];
      function gtag() { dataLayer.push(arguments) }
      gtag("js", new Date());
      gtag("event", "view_item", { currency: "EUR", value: "7.5", items: [{ item_id: 5, price: "7.5", index: 0 }] });
    </script>"""
    later = """<script>
      dataLayer.push({ event: "gtm.dom" }, null, 7);
      dataLayer.push({ ecommerce: null });
      dataLayer.push({ event: "add_to_cart", ecommerce: { items: [{ item_id: "a", quantity: "2" }] } });
      gtag("event", "search", { search_term: "boots" });
      gtag("event", "scroll", {});
    </script>"""
    town.pages["home"] = town.plain(later, head=gtag + town.tag(ga4="true"))
    opened(town, browse())
    until(lambda: len(town.events()) == 3)
    said = {event["name"]: event for event in town.events()}
    assert said["view_item"]["items"] == [{"item_id": "5", "index": 0, "price": 7.5, "quantity": None}]
    assert said["add_to_cart"]["items"][0]["quantity"] == 2
    assert said["search"]["search_term"] == "boots"
    assert errors == []


def test_without_consent_nothing_is_kept_and_nobody_is_named(
    town: "Street", browse: Browse, until: Until
) -> None:
    town.pages["home"] = town.plain("", head=town.tag(consent=None))
    page = browse()
    opened(town, page)
    page.evaluate(VIEWED)
    until(lambda: len(town.events()) == 1)
    (event,) = town.events()
    assert (event["consent"], event["visitor_id"], event["session_id"]) == (False, None, None)
    assert kept(page) == {}


def test_with_consent_alone_a_visitor_is_the_same_in_every_tab(
    town: "Street", browse: Browse, until: Until
) -> None:
    town.pages["home"] = town.plain("", head=town.tag(visitor=None))
    first = browse()
    opened(town, first)
    second = browse(first.context)
    opened(town, second)
    first.evaluate(VIEWED)
    second.wait_for_function("localStorage['balad:visitor'] && localStorage['balad:session']")
    for page in (second, first):
        page.evaluate(VIEWED)
    until(lambda: len(town.events()) == 3)
    assert len({(e["visitor_id"], e["session_id"]) for e in town.events()}) == 1


def test_an_entry_that_another_tab_emptied_is_passed_over(
    town: "Street", browse: Browse, until: Until
) -> None:
    town.pages["home"] = town.plain("")
    page = browse()
    opened(town, page)
    page.evaluate("localStorage['balad:event:0'] = ''")
    page.evaluate(VIEWED)
    until(lambda: len(town.events()) == 1)


def test_a_session_ends_after_half_an_hour_of_silence(town: "Street", browse: Browse, until: Until) -> None:
    town.pages["home"] = town.plain("")
    page = browse()
    opened(town, page)
    for _ in range(2):
        page.evaluate(VIEWED)
    page.evaluate("const then = Date.now; Date.now = () => then() + 31 * 60e3")
    page.evaluate(VIEWED)
    until(lambda: len(town.events()) == 3)
    assert sorted(Counter(e["session_id"] for e in town.events()).values()) == [1, 2]


def test_consent_withdrawn_on_the_page_takes_the_name_from_all_that_waits(
    town: "Street", browse: Browse, until: Until
) -> None:
    town.pages["home"] = town.plain("", head=town.tag(visitor=None))
    page = browse()
    opened(town, page)
    town.mood.status = 503
    page.evaluate(VIEWED)
    page.evaluate("balad.consent(false)")
    assert kept(page) == {}
    page.evaluate(VIEWED)
    town.mood.status = None
    page.evaluate("balad.flush()")
    until(lambda: len(town.events()) == 2)
    assert {(e["consent"], e["visitor_id"]) for e in town.events()} == {(False, None)}
    page.evaluate("balad.consent(true)")
    page.evaluate(VIEWED)
    until(lambda: len(town.events()) == 3)
    assert [e["consent"] for e in town.events() if e["visitor_id"]] == [True]


@pytest.mark.parametrize("script", [NO_STORAGE, HOUR_AHEAD], ids=["private", "an hour ahead"])
def test_events_arrive_without_storage_and_with_a_wrong_clock(
    town: "Street", browse: Browse, until: Until, errors: list[str], script: str
) -> None:
    town.pages["shoes"] = town.listing(IDS)
    page = browse()
    page.add_init_script(script)
    opened(town, page, "shoes")
    expect(page.locator("[data-balad-item]").first).to_have_attribute("data-balad-item", "i-23")
    page.evaluate(VIEWED)
    until(lambda: len(town.events("view_item")) == 1)
    page.evaluate(VIEWED)
    page.goto("about:blank")  # what waits leaves with the page
    until(lambda: len(town.events("view_item")) == 2)
    assert all(event["time"] <= event["received_at"] for event in town.events())
    assert errors == []


@pytest.mark.parametrize(
    "visitor",
    [
        "<img src=x onerror=alert(1)>",
        "jane@example.com",
        "x" * 129,
        "a\nb",
        "",
        {"a": 1},
        None,
    ],
)
def test_a_visitor_id_that_is_none_breaks_nothing(
    town: "Street", browse: Browse, until: Until, errors: list[str], visitor: object
) -> None:
    town.pages["home"] = town.plain("", head=town.tag(visitor=None))
    page = browse()
    opened(town, page)
    page.evaluate("(visitor) => balad.init({ visitor })", visitor)
    page.evaluate(VIEWED)
    assert page.evaluate("async () => (await balad.rank('home', ['a', 'b'])).reason") is None
    until(lambda: len(town.events()) == 1)
    assert town.events()[0]["visitor_id"] not in [visitor, None]
    assert errors == []


def test_each_of_200_actions_is_counted_once_through_page_changes_and_an_outage(
    town: "Street", browse: Browse, until: Until, errors: list[str]
) -> None:
    page = browse()
    expected = run_errands(town, page, actions=200, away_seconds=5)
    until(lambda: Counter((e["name"], e["items"][0]["item_id"]) for e in town.events()) == expected)
    assert errors == []
