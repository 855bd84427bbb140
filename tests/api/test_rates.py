"""How much a publishable key and its visitors may ask for, and that nobody else is held up by it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from features.store.protocol import StoreUnavailable
from service.limiting.rates import Rates

if TYPE_CHECKING:
    from tests.api.conftest import Api

NOON = 1_795_348_800.0
LISTING = {"page": "home", "consent": True, "items": ["A", "B"]}


def rank(api: "Api", visitor: str = "v", key: str = "pk") -> Any:
    return api.call("POST", "/v1/rank", {**LISTING, "visitor_id": visitor}, key=key)


def event(number: int, visitor: str = "v") -> dict[str, Any]:
    named = {"name": "view_item", "event_id": f"e{number}", "visitor_id": visitor, "consent": True}
    return named | {"items": [{"item_id": "A"}]}


def test_a_visitor_who_asks_too_much_waits_for_the_next_minute(make_api: Callable[..., "Api"]) -> None:
    api = make_api(visitor_rate=3)
    api.clock.now = NOON + 20.0
    assert [rank(api).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = rank(api)
    assert refused.headers["Retry-After"] == "40"
    assert refused.json["type"] == "/docs#too_many"
    assert rank(api, "another").status_code == 200
    api.clock.now += 40.0
    assert rank(api).status_code == 200


def test_one_visitor_cannot_pump_an_item_with_events(make_api: Callable[..., "Api"]) -> None:
    api = make_api(visitor_rate=10)
    taken = [api.call("POST", "/v1/events", {"events": [event(n)]}, key="pk").status_code for n in range(40)]
    assert taken.count(200) == 10
    batch = [event(100 + n, "w") for n in range(11)]
    assert api.call("POST", "/v1/events", {"events": batch}, key="pk").status_code == 429


def test_a_key_has_its_own_limit_whatever_visitors_it_invents(make_api: Callable[..., "Api"]) -> None:
    api = make_api(key_rate=5)
    assert [rank(api, f"v{n}").status_code for n in range(7)] == [200] * 5 + [429] * 2


def test_a_secret_key_and_a_limit_of_none_have_no_limit(make_api: Callable[..., "Api"]) -> None:
    api = make_api(visitor_rate=1, key_rate=1)
    assert {rank(api, key="sk").status_code for _ in range(5)} == {200}
    free = make_api("other", visitor_rate=0, key_rate=0)
    assert {rank(free).status_code for _ in range(5)} == {200}


@pytest.fixture
def pair(redis_url: str) -> tuple[Rates, Rates]:
    """Two processes of one installation."""
    return Rates(redis_url, 0, 100, lambda: NOON), Rates(redis_url, 0, 100, lambda: NOON)


def test_processes_keep_a_limit_together(pair: tuple[Rates, Rates]) -> None:
    one, other = pair
    assert {one.of_visitor("s", "v") for _ in range(60)} == {other.of_visitor("s", "v") for _ in range(60)}
    one.tell()
    other.tell()
    assert other.of_visitor("s", "v") == 60
    assert other.of_visitor("s", "w") is None


def test_an_ordinary_visitor_costs_no_round_trip() -> None:
    nowhere = Rates("redis://127.0.0.1:1", 0, 600, lambda: NOON)
    assert {nowhere.of_visitor("s", f"v{n}") for n in range(1000)} == {None}
    nowhere.tell()


def test_a_limit_holds_in_a_process_while_the_store_is_away() -> None:
    alone = Rates("redis://127.0.0.1:1", 0, 3, lambda: NOON)
    assert [alone.of_visitor("s", "v") for _ in range(4)] == [None, None, None, 60]
    with pytest.raises(StoreUnavailable):
        alone.tell()
    assert alone.of_visitor("s", "w") is None
