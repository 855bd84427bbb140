"""Visitors that no person is count for nobody's figures, and are served as anybody."""

from typing import TYPE_CHECKING, Any

import pytest

from service.insights.figures import MOST_AN_HOUR
from tests.api.test_insights import (
    HOLDOUT,
    PAGE,
    Make,
    archived,
    did,
    figures,
    metric,
    order,
    visit,
    visitors,
)

if TYPE_CHECKING:
    from tests.api.conftest import Api

GOOGLE = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
PERSON = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
HERE = "http://localhost"


@pytest.fixture
def shop(make_api: Make) -> "Api":
    api = make_api()
    api.switch(state="on", holdout=HOLDOUT)
    api.publish()
    return api


def browse(api: "Api", visitor: str, **headers: str) -> dict[str, Any]:
    """Rank from a web page."""
    body = {"page": PAGE, "visitor_id": visitor, "consent": True, "items": ["A", "B"]}
    got = api.call("POST", "/v1/rank", body, key="pk", headers=headers)
    assert got.status_code == 200, got.text
    return dict(got.json)


def counted(answer: dict[str, Any]) -> tuple[int, int]:
    """Visitors of treatment, and those left out as automated."""
    return metric(answer, "conversion")["treatment"]["visitors"], answer["excluded"]["automated_visitors"]


@pytest.mark.parametrize("is_archived", [False, True], ids=["waiting", "archived"])
def test_a_declared_robot_is_served_counted_and_left_out(shop: "Api", *, is_archived: bool) -> None:
    person, robot = visitors(held=False, count=2)
    browse(shop, person, **{"User-Agent": PERSON, "Origin": HERE})
    assert browse(shop, robot, **{"User-Agent": GOOGLE, "Origin": HERE})["personalized"] is True
    if is_archived:
        archived(shop)
    answer = figures(shop, unfiltered="false")
    assert counted(answer) == (1, 1)
    assert answer["coverage"]["left_out"] == {"automated": 1}
    assert counted(figures(shop)) == (2, 1)  # unfiltered


def test_the_shop_s_own_machine_may_call_itself_anything(shop: "Api") -> None:
    (person,) = visitors(held=False, count=1)
    browse(shop, person, **{"User-Agent": "python-requests/2.32"})
    assert counted(figures(shop, unfiltered="false")) == (1, 0)


def test_who_does_more_in_an_hour_than_a_person_can_is_left_out(shop: "Api") -> None:
    busy, at_the_limit, person = visitors(held=False, count=3)
    for visitor, clicks in ((busy, MOST_AN_HOUR + 1), (at_the_limit, MOST_AN_HOUR), (person, 1)):
        visit(shop, visitor)
        shop.send(*({**did(visitor, "select_item"), "event_id": f"{visitor}-{n}"} for n in range(clicks)))
    visit(shop, busy, order("T1", 10_000.0))
    shop.clock.now += 3600.0
    shop.send({**did(at_the_limit, "select_item"), "event_id": "an hour later"})
    answer = figures(shop, unfiltered="false")
    assert counted(answer) == (2, 1)
    assert (answer["excluded"]["orders"], metric(answer, "revenue_per_visitor")["treatment"]["mean"]) == (
        0,
        0.0,
    )
    assert answer["coverage"] == {"rankings": 4, "covered": 2, "share": 0.5, "left_out": {"automated": 2}}


def test_who_asks_for_more_rankings_in_an_hour_than_a_person_can_is_left_out(shop: "Api") -> None:
    busy, slow = visitors(held=False, count=2)
    for number in range(MOST_AN_HOUR + 1):
        shop.rank(["A"], visitor_id=busy)
        shop.rank(["A"], visitor_id=slow, time=shop.clock.now - 3600.0 * (number % 4))
    assert counted(figures(shop, unfiltered="false")) == (1, 1)
