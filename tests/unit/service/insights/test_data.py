"""Is the data there: figures of a log whose every fact is known."""

from pathlib import Path
from typing import Any

import pytest

from features.log.kind import Kind
from features.log.place import Log
from features.log.schema import SCHEMAS
from features.log.writer import write
from features.store.memory_work import MemoryWorkStore
from service.insights.data import DataFigures, DataHealth

NOW = 1_795_348_800.0
DAY = 86_400.0


def event(name: str, at: float, visitor: str | None = "v", **said: Any) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(SCHEMAS[Kind.EVENTS].names)
    known = {"name": name, "time": at, "received_at": at, "sequence": int(at), "visitor_id": visitor}
    return (
        row | known | {"event_id": f"{name}-{at}-{visitor}", "session_id": f"{visitor}-s", "items": []} | said
    )


def exposure(ranking_id: str, at: float) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(SCHEMAS[Kind.EXPOSURES].names)
    return row | {"ranking_id": ranking_id, "time": at, "received_at": at, "sequence": 1, "items": []}


def figures(
    place: Path, events: list[dict[str, Any]], exposures: list[dict[str, Any]] | None = None
) -> DataFigures:
    log = Log(f"file://{place}")
    write(log, "acme", Kind.EVENTS, 1, sorted(events, key=lambda row: row["received_at"]))
    if exposures:
        write(log, "acme", Kind.EXPOSURES, 1, exposures)
    return DataHealth(f"file://{place}", MemoryWorkStore(), lambda: NOW).of("acme")


def test_without_anything_everything_is_nothing(tmp_path: Path) -> None:
    found = DataHealth(f"file://{tmp_path}", MemoryWorkStore(), lambda: NOW).of("acme")
    assert (found.arrivals, sum(found.minutes), found.newest_at) == ([], 0, None)
    assert (found.joins.click_share, found.joins.ranking_share, found.coverage.share) == (None, None, None)


def test_events_are_counted_by_name_and_minute(tmp_path: Path) -> None:
    found = figures(
        tmp_path,
        [event("view_item", NOW - 30.0), event("view_item", NOW - 90.0), event("search", NOW - 2 * DAY)],
    )
    assert [(one.name, one.last_day, one.window) for one in found.arrivals] == [
        ("view_item", 2, 2),
        ("search", 0, 1),
    ]
    assert found.minutes[-3:] == [1, 1, 0]
    assert found.newest_at == NOW - 30.0


@pytest.mark.parametrize(
    ("clicked_at", "by", "joins"),
    [
        (NOW - 1_000.0, "v", 1),  # after the list
        (NOW - 2_000.0, "v", 1),  # at the same moment
        (NOW - 2_001.0, "v", 0),  # before it
        (NOW - 2_000.0 + 1_801.0, "v", 0),  # half an hour and a second later
        (NOW - 1_000.0, "w", 0),  # by somebody else
    ],
)
def test_a_click_joins_the_listing_that_its_visitor_saw_in_the_half_hour_before(
    tmp_path: Path, clicked_at: float, by: str, joins: int
) -> None:
    listed = event("view_item_list", NOW - 2_000.0)
    found = figures(tmp_path, [listed, event("select_item", clicked_at, by)]).joins
    assert (found.listings, found.clicks, found.joined_clicks) == (1, 1, joins)
    assert (found.learned_listings, found.learned_sessions) == (joins, joins)


def test_two_clicks_on_one_listing_are_one_to_learn_from(tmp_path: Path) -> None:
    clicks = [event("select_item", NOW - at) for at in (10.0, 20.0)]
    found = figures(tmp_path, [event("view_item_list", NOW - 30.0), *clicks]).joins
    assert (found.joined_clicks, found.learned_listings, found.learned_sessions) == (2, 1, 1)


def test_nobodys_events_join_nothing(tmp_path: Path) -> None:
    rows = [event("view_item_list", NOW - 30.0, None), event("select_item", NOW - 10.0, None)]
    assert figures(tmp_path, rows).joins.clicks == 0


def test_a_listing_is_tied_to_its_ranking_where_the_log_has_it(tmp_path: Path) -> None:
    rows = [
        event("view_item_list", NOW - at, ranking_id=name)
        for at, name in ((1.0, "r-1"), (2.0, "r-2"), (3.0, None))
    ]
    found = figures(tmp_path, rows, [exposure("r-1", NOW - 4.0)]).joins
    assert (found.day_listings, found.day_ranked, found.day_known) == (3, 2, 1)


def test_coverage_weighs_items_by_what_is_said_of_them(tmp_path: Path) -> None:
    seen = [{"item_id": "A", "index": 0, "price": None, "quantity": None}] * 3
    seen += [{"item_id": "B", "index": 0, "price": None, "quantity": None}]
    found = figures(tmp_path, [event("view_item_list", NOW - 1.0, items=seen)]).coverage
    assert (found.items, found.share, found.unknown) == (2, 0.0, ("A", "B"))
