import numpy as np

from training.simulate.assortment import BRANDS, COLORS, KINDS
from training.simulate.shelves import PAGE_LENGTH
from training.simulate.world import draw_shop

AT = 1_790_000_000.0
DAY = 86_400.0
SHOP = draw_shop(17, items=1_200, shoppers=5, at=AT)


def test_a_page_is_the_same_all_day_and_another_the_next() -> None:
    page = "category/shoes/boots"
    morning, evening = SHOP.shelves.listing(page, AT), SHOP.shelves.listing(page, AT + 3_600)
    tomorrow = SHOP.shelves.listing(page, AT + DAY)
    assert morning.tolist() == evening.tolist() != tomorrow.tolist()


def test_a_day_is_the_same_whenever_it_is_asked_for() -> None:
    before = SHOP.shelves.listing("home", AT).tolist()
    SHOP.shelves.listing("home", AT + DAY)
    assert SHOP.shelves.listing("home", AT).tolist() == before


def test_a_category_holds_its_own_and_what_is_below() -> None:
    paths = {KINDS[SHOP.catalogue.kind[row]].path for row in SHOP.shelves.listing("category/bags", AT)}
    assert paths == {"bags/backpacks", "bags/totes"}


def test_a_search_finds_colour_brand_and_kind() -> None:
    by_color = SHOP.shelves.listing("search/red-t-shirts", AT)
    by_brand = SHOP.shelves.listing("search/norda-boots", AT)
    assert len(by_color)
    assert len(by_brand)
    assert {(COLORS[SHOP.catalogue.color[r]], KINDS[SHOP.catalogue.kind[r]].leaf) for r in by_color} == {
        ("red", "t-shirts")
    }
    assert {(BRANDS[SHOP.catalogue.brand[r]].name, KINDS[SHOP.catalogue.kind[r]].leaf) for r in by_brand} == {
        ("Norda", "boots")
    }


def test_an_unknown_page_is_empty() -> None:
    assert len(SHOP.shelves.listing("category/cars", AT)) == 0


def test_a_page_is_at_most_one_page_long() -> None:
    assert len(SHOP.shelves.listing("home", AT)) == PAGE_LENGTH


def test_items_not_yet_born_are_not_shown() -> None:
    early = AT - 400 * DAY
    rows = SHOP.shelves.listing("category/shoes", early)
    assert len(rows)
    assert np.all(SHOP.catalogue.created_at[rows] <= early)


def test_better_sellers_stand_higher_though_not_exactly() -> None:
    rows = SHOP.shelves.listing("category/home", AT)
    places = np.arange(len(rows))
    assert np.corrcoef(places, -SHOP.catalogue.standing[rows])[0, 1] > 0.7
