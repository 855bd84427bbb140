from collections import Counter
from functools import cache

import numpy as np

from service.contract.event import judge_events
from training.simulate.attention import examination
from training.simulate.session import Ask, Shop, Shown, Step
from training.simulate.traffic import ShopOrder, Storefront, Traffic, coming_arrivals, past_arrivals
from training.simulate.world import draw_shop

UNTIL = 1_790_000_000.0
DAY = 86_400.0
VISITS = 700


class Reversed:
    def show(self, ask: Ask) -> Shown:
        return Shown(ask.rows[::-1], f"ranking-{ask.at:.3f}")


@cache
def shop() -> Shop:
    return draw_shop(17, items=1_200, shoppers=250, at=UNTIL)


def play(storefront: Storefront, visits: int = VISITS, seed: int = 3) -> list[Step]:
    rng = np.random.default_rng(seed)
    arrivals = past_arrivals(rng, shop().population, visits, (UNTIL - 3 * DAY, UNTIL))
    return list(Traffic(rng, shop(), storefront, "h").steps(arrivals))


@cache
def history() -> list[Step]:
    return play(ShopOrder())


def lists(steps: list[Step]) -> dict[str, Step]:
    return {step.event["event_id"]: step for step in steps if step.relevance is not None}


def clicks_by_list(steps: list[Step]) -> list[tuple[Step, np.ndarray]]:
    """Return each listing with a 0/1 per index: whether it was clicked before the next listing of the visit."""
    found: list[tuple[Step, np.ndarray]] = []
    latest: dict[str, np.ndarray] = {}
    for step in steps:
        visit = step.event["event_id"].rsplit("-", 1)[0]
        if step.relevance is not None:
            latest[visit] = np.zeros(len(step.relevance))
            found.append((step, latest[visit]))
        elif step.event["name"] == "select_item":
            latest[visit][step.event["items"][0]["index"]] = 1.0
    return found


def test_the_same_seed_gives_the_same_events() -> None:
    first, second = play(ShopOrder(), visits=30), play(ShopOrder(), visits=30)
    assert [step.event for step in first] == [step.event for step in second]


def test_events_come_in_the_order_of_their_times_with_ids_of_their_own() -> None:
    times = [step.at for step in history()]
    assert times == sorted(times)
    assert len({step.event["event_id"] for step in history()}) == len(history())


def test_the_api_takes_every_event() -> None:
    taken, rejections = judge_events([step.event for step in history()])
    assert (len(taken), rejections) == (len(history()), [])


def test_every_kind_of_event_but_a_refund_happens() -> None:
    names = Counter(step.event["name"] for step in history())
    assert set(names) == {
        "view_item_list", "select_item", "view_item", "add_to_cart", "remove_from_cart", "add_to_wishlist",
        "begin_checkout", "purchase", "search",
    }  # fmt: skip


def test_rates_are_those_of_a_keen_shop() -> None:
    names = Counter(step.event["name"] for step in history())
    assert 3.4 < names["view_item_list"] / VISITS < 4.4
    assert 0.7 < names["select_item"] / names["view_item_list"] < 1.3
    assert 0.1 < names["add_to_cart"] / names["select_item"] < 0.25
    assert 0.04 < names["purchase"] / VISITS < 0.16


def test_clicks_follow_relevance_times_examination() -> None:
    expected, seen = np.zeros(6), np.zeros(6)
    for step, clicks in clicks_by_list(history()):
        if step.event["consent"] and step.relevance is not None:
            mobile = bool(shop().population.mobile[int(step.event["visitor_id"].removeprefix("v-"))])
            chance = step.relevance * examination(len(clicks), mobile=mobile)
            bucket = np.digitize(chance, [0.01, 0.03, 0.06, 0.12, 0.25])
            expected += np.bincount(bucket, chance, minlength=6)
            seen += np.bincount(bucket, clicks, minlength=6)
    np.testing.assert_allclose(seen, expected, rtol=0.25)
    assert abs(seen.sum() / expected.sum() - 1.0) < 0.08  # a little lower: a fifth click is not made


def test_position_bias_is_there_beyond_relevance() -> None:
    rate, relevance = np.zeros(36), np.zeros(36)
    for step, clicks in clicks_by_list(history()):
        if step.relevance is not None and len(clicks) == 36:
            rate += clicks
            relevance += step.relevance
    examined = rate / relevance
    assert examined[:4].mean() > 2.0 * examined[-12:].mean()


def test_what_a_visit_clicked_tells_what_it_will_like() -> None:
    clicked: dict[str, set[int]] = {}
    row_of = {item_id: row for row, item_id in enumerate(shop().catalogue.ids)}
    liked: list[float] = []
    others: list[float] = []
    for step in history():
        visit = step.event["event_id"].rsplit("-", 1)[0]
        if step.event["name"] == "select_item":
            row = row_of[step.event["items"][0]["item_id"]]
            clicked.setdefault(visit, set()).add(int(shop().catalogue.brand[row]))
        elif step.relevance is not None and visit in clicked:
            rows = [row_of[item["item_id"]] for item in step.event["items"]]
            same = np.isin(shop().catalogue.brand[rows], list(clicked[visit]))
            liked.extend(step.relevance[same])
            others.extend(step.relevance[~same])
    assert np.mean(liked) > 1.7 * np.mean(others)


def test_a_click_names_the_item_at_its_index() -> None:
    shown: dict[str, list[str]] = {}
    for step in play(Reversed(), visits=60):
        visit = step.event["event_id"].rsplit("-", 1)[0]
        if step.relevance is not None:
            shown[visit] = [item["item_id"] for item in step.event["items"]]
        elif step.event["name"] == "select_item":
            item = step.event["items"][0]
            assert shown[visit][item["index"]] == item["item_id"]


def test_shoppers_see_what_the_storefront_shows() -> None:
    asked: list[Ask] = []

    class Watching(Reversed):
        def show(self, ask: Ask) -> Shown:
            asked.append(ask)
            return super().show(ask)

    steps = play(Watching(), visits=40)
    seen = [[item["item_id"] for item in step.event["items"]] for step in lists(steps).values()]
    wanted = [[shop().catalogue.ids[row] for row in ask.rows[::-1]] for ask in asked]
    assert sorted(seen) == sorted(wanted)
    assert all(step.event["ranking_id"].startswith("ranking-") for step in lists(steps).values())


def test_without_consent_no_id_is_told() -> None:
    silent = [step.event for step in history() if not step.event["consent"]]
    assert silent
    assert not any({"visitor_id", "session_id"} & set(event) for event in silent)


def test_as_many_visits_as_arrivals() -> None:
    visits = {step.event["event_id"].rsplit("-", 1)[0] for step in history()}
    assert VISITS * 0.97 <= len(visits) <= VISITS  # a page with next to nothing on it is left at once


def test_arrivals_keep_to_their_span_and_follow_the_hours() -> None:
    arrivals = past_arrivals(np.random.default_rng(1), shop().population, 20_000, (UNTIL - 10 * DAY, UNTIL))
    times = np.array([arrival.at for arrival in arrivals])
    assert UNTIL - 10 * DAY <= times[0] <= times[-1] <= UNTIL
    hours = np.bincount((times // 3_600).astype(int) % 24, minlength=24)
    assert hours[20] > 4 * hours[3]


def test_coming_arrivals_keep_their_rate() -> None:
    coming = coming_arrivals(np.random.default_rng(1), shop().population, 0.0, per_minute=30.0)
    last = [next(coming) for _ in range(3_000)][-1]
    assert 5_700 < last.at < 6_300
