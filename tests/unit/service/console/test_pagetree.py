from service.console.pagetree import MOST_CHILDREN, Branch, page_tree
from service.insights.traffic import PageTraffic
from service.pages.settings import KeptPage
from service.pages.status import Circumstances

NOW = Circumstances(0.0)


def tree(pages: dict[str, KeptPage], *traffic: PageTraffic) -> list[Branch]:
    return page_tree(pages, traffic, NOW)


def test_an_empty_shop_has_the_page_that_all_inherit_from() -> None:
    (only,) = tree({})
    assert (only.page, only.depth, only.rankings, only.reach) == ("default", 0, 0, None)


def test_each_page_follows_the_one_above_it_the_busiest_of_a_level_first() -> None:
    traffic = [PageTraffic("a/x", 1, 0), PageTraffic("b", 9, 9), PageTraffic("a/y", 5, 1)]
    assert [(b.page, b.depth) for b in tree({}, *traffic)] == [
        ("default", 0),
        ("b", 1),
        ("a", 1),
        ("a/y", 2),
        ("a/x", 2),
    ]


def test_figures_include_the_pages_below() -> None:
    by_page = {
        b.page: b for b in tree({}, PageTraffic("a/x", 4, 1), PageTraffic("a", 4, 3), PageTraffic("b", 2, 0))
    }
    assert (by_page["a"].rankings, by_page["a"].reach) == (8, 0.5)
    assert (by_page["default"].rankings, by_page["default"].personalized) == (10, 4)


def test_a_page_with_settings_is_there_without_traffic_and_says_where_others_get_theirs() -> None:
    found = {b.page: b for b in tree({"a": KeptPage(state="on")}, PageTraffic("a/x", 1, 1))}
    assert (found["a"].has_own, found["a/x"].has_own) == (True, False)
    assert found["a/x"].status.source == "a"


def test_of_many_children_the_busiest_are_listed_the_others_counted_and_none_with_settings_is_lost() -> None:
    traffic = [PageTraffic(f"search/{n:03d}", 1_000 - n, 0) for n in range(100)]
    found = {b.page: b for b in tree({"search/099": KeptPage(state="off")}, *traffic)}
    assert found["search"].more == 100 - MOST_CHILDREN - 1
    assert "search/000" in found
    assert "search/098" not in found
    assert "search/099" in found
