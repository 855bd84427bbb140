"""The sums of docs/capacity.md, against ones worked out by hand."""

import pytest

from tests.benchmarks.capacity import Costs, costs_of, need

MADE_UP = Costs(
    ranking_ms=3.0,
    event_ms=0.3,
    visitor_kb=1.5,
    item_kb=1.0,
    web_mb=300.0,
    rankings_per_second=500.0,
    worker_mb=250.0,
    event_bytes=40.0,
    ranking_bytes=600.0,
)


def test_cores_are_those_of_the_busiest_minute() -> None:
    wanted = need(30e6, MADE_UP)
    assert wanted.events_per_second == pytest.approx(115.74, abs=0.01)
    assert wanted.rankings_per_second == pytest.approx(38.58, abs=0.01)
    assert wanted.cores == pytest.approx((38.58 * 0.003 + 115.74 * 0.0003) / 0.6, abs=1e-3)


def test_redis_holds_visitors_and_items_twice() -> None:
    assert need(30e6, MADE_UP).redis_mb == pytest.approx(2 * (2e6 * 1.5 + 1e5 * 1.0) / 1_000)


def test_the_log_grows_by_events_and_rankings() -> None:
    assert need(30e6, MADE_UP).log_mb == pytest.approx((30e6 * 40 + 10e6 * 600) / 1e6)


def test_ten_times_the_events_take_ten_times_the_cores() -> None:
    assert need(3e8, MADE_UP).cores == pytest.approx(10 * need(3e7, MADE_UP).cores)


def test_what_was_not_measured_is_none_and_not_nought() -> None:
    assert costs_of([]) == Costs(*[None] * 9)


def test_costs_are_the_measured_figures() -> None:
    memory = [
        {"name": "a visitor's 15 interactions", "value": 0.7},
        {"name": "a visitor's 24 impressions, beside them", "value": 0.6},
        {"name": "an item's catalogue row", "value": 0.4},
    ]
    found = costs_of([{"name": "memory", "figures": memory}])
    assert found.visitor_kb == pytest.approx(1.3)
    assert found.item_kb == pytest.approx(0.4)
