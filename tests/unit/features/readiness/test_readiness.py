"""Each thing that can be wrong with a log, in a log that has it and in one that has not."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from features.readiness import Level, Observed, Readiness, readiness
from features.readiness import following as following_module

Row = dict[str, Any]
Change = Callable[[int, Row], Row | None]
START = 1_700_000_000.0 // 86_400 * 86_400
HOUR, DAY = 3_600.0, 86_400.0
SHOWN, ITEMS, SESSIONS = 8, 60, 900


def item(number: int, index: int | None = None) -> Row:
    return {"item_id": f"i{number % ITEMS}", "index": index, "price": 9.5, "quantity": None}


def event(name: str, who: int, at: float, items: list[Row]) -> Row:
    said = {
        "visitor_id": f"v{who}",
        "session_id": f"s{who}",
        "ranking_id": None,
        "event_id": f"{name}{who}{at}",
    }
    return {"name": name, "time": at, "received_at": at, "items": items, **said}


def visit(who: int) -> Iterator[Row]:
    """A look, a listing, a click on a place that differs from visit to visit; busy afternoons, quiet nights."""
    day, rest = divmod(who, 90)
    at = START + day * DAY + (8 + 9 * (rest / 90) ** 0.5) * HOUR
    listing = [item(who * 7 + i, i) for i in range(SHOWN)]
    yield event("view_item", who, at, [item(who * 7 + 3)])
    yield event("view_item_list", who, at + 20, listing)
    yield event("select_item", who, at + 30, [listing[who % SHOWN] | {"index": None}])


def catalogue() -> Iterator[Row]:
    for number in range(ITEMS):
        yield {"item_id": f"i{number}", "deleted": False, "price": 9.5}


def unchanged(_: int, row: Row) -> Row:
    return row


def log_of(change: Change = unchanged, sessions: int = SESSIONS) -> list[Row]:
    changed = (change(who, row) for who in range(sessions) for row in visit(who))
    return sorted((row for row in changed if row is not None), key=lambda row: row["received_at"])


def found_in(rows: list[Row], *, items: bool = True) -> Readiness:
    seen = Observed(now=START + 400 * DAY)
    for row in catalogue() if items else ():
        seen.take("items", row)
    for row in rows:
        seen.take("events", row)
    return readiness(seen)


def codes(found: Readiness) -> set[str]:
    return {finding.code for finding in found.findings}


def only(*names: str) -> Change:
    return lambda _, row: row if row["name"] in names else None


def moved(hours: float, names: set[str], since: int = 0) -> Change:
    """Both times of some events of some visits move, as they do in a file that is imported."""

    def move(who: int, row: Row) -> Row:
        off = hours * HOUR if row["name"] in names and who >= since else 0.0
        return row | {"time": row["time"] + off, "received_at": row["received_at"] + off}

    return move


ALL = {"view_item", "view_item_list", "select_item"}


def test_a_sound_log_is_usable_and_only_wants_to_grow() -> None:
    found = found_in(log_of())
    assert found.usable
    assert codes(found) == {"wide_interval"}
    assert (found.amount.listings, found.amount.sessions) == (SESSIONS, SESSIONS)
    assert found.amount.per_day == pytest.approx(90)


def test_an_empty_log_is_not_ready_yet() -> None:
    found = found_in([])
    assert (found.level, codes(found)) == (Level.MISSING, {"no_events"})


def test_a_log_without_listings_says_what_to_send() -> None:
    assert "no_impressions" in codes(found_in(log_of(only("view_item", "select_item"))))


def test_a_log_with_no_clicks_is_named() -> None:
    found = found_in(log_of(only("view_item_list")))
    assert (found.level, "no_clicks" in codes(found)) == (Level.MISSING, True)


def test_one_session_is_too_few_and_the_days_it_takes_are_told() -> None:
    found = found_in(log_of(sessions=1))
    assert (found.level, "too_few_listings" in codes(found)) == (Level.MISSING, True)
    assert 0 < found.amount.days_to_usable < 400


def test_three_days_of_traffic_lack_as_much_as_the_rate_says() -> None:
    found = found_in(log_of(sessions=270))
    assert found.amount.days_to_usable == pytest.approx(30 / 90)
    assert "about 1 day more" in str(found.findings[0])


def test_all_clicks_on_index_0_are_broken() -> None:
    def first(who: int, row: Row) -> Row:
        return row | {"items": [item(who * 7)]} if row["name"] == "select_item" else row

    found = found_in(log_of(first))
    assert (found.level, "all_clicks_first" in codes(found)) == (Level.BROKEN, True)


def test_clicks_that_join_no_listing_are_broken() -> None:
    def stray(_: int, row: Row) -> Row:
        return row | {"items": [item(1) | {"item_id": "variant-7"}]} if row["name"] == "select_item" else row

    found = found_in(log_of(stray))
    assert (found.level, "clicks_join_no_listing" in codes(found)) == (Level.BROKEN, True)


@pytest.mark.parametrize("hours", [-2, 5])
def test_clicks_in_another_time_zone_than_their_listings_are_named_with_the_hours(hours: int) -> None:
    found = found_in(log_of(moved(hours, {"select_item"})))
    told = [str(f) for f in found.findings if f.code == "time_zone_between_events"]
    assert f"{abs(hours)} h {'before' if hours < 0 else 'after'} the listing" in told[0]
    assert found.level is Level.BROKEN


def test_clicks_just_before_their_listing_are_named() -> None:
    assert "clicks_before_listings" in codes(found_in(log_of(moved(-0.2, {"select_item"}))))


@pytest.mark.parametrize("hours", [-5, 3])
def test_activity_that_moves_by_hours_from_a_day_on_is_named_with_the_day(hours: int) -> None:
    found = found_in(log_of(moved(hours, ALL, since=450)))
    (told,) = [str(f) for f in found.findings if f.code == "time_zone_shift"]
    assert f"{abs(hours)} h {'later' if hours > 0 else 'earlier'}" in told
    assert "From 2023-11-19" in told


def test_summer_time_is_no_shift() -> None:
    assert "time_zone_shift" not in codes(found_in(log_of(moved(1, ALL, since=450))))


def test_times_in_the_future_are_named() -> None:
    def ahead(who: int, row: Row) -> Row:
        return row if who % 5 else row | {"time": row["received_at"] + 2 * HOUR}

    found = found_in(log_of(ahead))
    assert "20% of the events" in next(f.found for f in found.findings if f.code == "future_times")


def test_a_catalogue_that_speaks_of_other_items_is_broken() -> None:
    def renamed(_: int, row: Row) -> Row:
        return row | {"items": [i | {"item_id": f"sku-{i['item_id']}"} for i in row["items"]]}

    found = found_in(log_of(renamed))
    assert (found.level, "ids_do_not_meet" in codes(found)) == (Level.BROKEN, True)


def test_no_catalogue_costs() -> None:
    found = found_in(log_of(), items=False)
    assert "no_catalogue" in codes(found)
    assert found.usable


def test_items_that_the_catalogue_lacks_are_counted() -> None:
    def unknown(_: int, row: Row) -> Row:
        return row | {"items": [i | {"item_id": i["item_id"].replace("i1", "x1")} for i in row["items"]]}

    assert "catalogue_gaps" in codes(found_in(log_of(unknown)))


def test_ids_that_change_on_a_day_are_named_with_the_day() -> None:
    def renamed(who: int, row: Row) -> Row:
        ids = [i | {"item_id": f"new-{i['item_id']}"} for i in row["items"]]
        return row | {"items": ids} if who >= 450 else row

    (told,) = [str(f) for f in found_in(log_of(renamed)).findings if f.code == "ids_changed"]
    assert "On 2023-11-19" in told


def test_prices_missing_for_half_of_the_items_are_named() -> None:
    def priceless(_: int, row: Row) -> Row:
        return row | {"items": [i | {"price": None if n % 2 else 9.5} for n, i in enumerate(row["items"])]}

    found = found_in(log_of(priceless), items=False)
    assert "50% of the items shown" in next(f.found for f in found.findings if f.code == "prices_missing")


def test_a_price_in_the_catalogue_is_a_price() -> None:
    def priceless(_: int, row: Row) -> Row:
        return row | {"items": [i | {"price": None} for i in row["items"]]}

    assert "prices_missing" not in codes(found_in(log_of(priceless)))


def test_visits_of_one_item_are_named() -> None:
    assert "one_item_sessions" in codes(found_in(log_of(only("view_item_list", "select_item"))))


def test_events_without_session_are_named() -> None:
    found = found_in(log_of(lambda _, row: row | {"session_id": None}))
    assert "without_session" in codes(found)


def test_many_visitors_at_once_are_sampled_and_shares_stay_true(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following_module, "MOST_VISITORS", 40)
    seen = Observed(now=START + 400 * DAY)
    for row in log_of():
        seen.take("events", row)
    assert seen.following.weight > 1
    assert seen.following.followed <= 41
    found = readiness(seen)
    assert found.amount.listings == pytest.approx(SESSIONS, rel=0.4)
    assert "clicks_join_no_listing" not in codes(found)


def test_the_findings_are_for_programs_too() -> None:
    said = found_in([]).as_json()
    assert (said["verdict"], said["usable"], said["interval"]) == ("not_yet", False, None)
    assert said["findings"][0]["code"] == "no_events"
