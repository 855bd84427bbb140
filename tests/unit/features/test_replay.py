"""What a replayed ranking sees; that it sees nothing of what follows is tested with the dataset."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.attributes import DEFAULT
from features.candidates import Context, Listing
from features.matrix import matrix
from features.replay import Replay, Visitor
from features.scene import Scene
from features.table import feature_table

NOON: Final = 1_795_348_800.0
IDS: Final = ["a", "b", "c"]
LISTING: Final = Listing.of([{"item_id": i} for i in IDS])
TABLE: Final = feature_table(DEFAULT)
Fact = tuple[str, Mapping[str, Any]]


def event(name: str, at: float, *item_ids: str, **fields: Any) -> Fact:
    blank = {"visitor_id": "v", "session_id": "s", "detail": None, "search_term": None, "time": at}
    items = [{"item_id": i, "index": None, "price": None, "quantity": None} for i in item_ids]
    return "event", {"name": name, "received_at": at, "items": items, **blank, **fields}


def change(item_id: str, at: float, price: float | None, *, deleted: bool = False) -> Fact:
    said: dict[str, Any] = {
        "price": price,
        "in_stock": None,
        "created_at": None,
        "attributes": {},
        "item_category": "c",
    }
    return "item", {"item_id": item_id, "received_at": at, "deleted": deleted, **said}


def taken(facts: Sequence[Fact], *, expected: bool = False) -> Replay:
    replay = Replay(DEFAULT)
    if expected:
        moments = {row["time"] + later for _, row in facts if "time" in row for later in (0.0, 3_600.0)}
        replay.expect((at, iter([*IDS, "a", "never listed"])) for at in moments)
    for kind, row in facts:
        replay.take_event(row) if kind == "event" else replay.take_item(row)
    return replay


def scene(replay: Replay, at: float, visitor: str | None = "v") -> Scene:
    replay.reach(at)
    return replay.scene(LISTING, Context("home"), Visitor(visitor, "s"), at)


def seen(replay: Replay, at: float, visitor: str | None = "v") -> bytes:
    return matrix(TABLE, scene(replay, at, visitor)).tobytes()


def column(replay: Replay, name: str, at: float) -> list[float]:
    values: list[float] = matrix(TABLE, scene(replay, at))[:, TABLE.names.index(name)].tolist()
    return values


drawn_facts = st.lists(
    st.tuples(
        st.sampled_from([0.0, 1.0, 600.0, 3_000.0, 3_700.0, 90_000.0]),
        st.sampled_from(["view_item", "select_item", "view_item_list", "purchase", "search", "item", "gone"]),
        st.sampled_from(IDS),
        st.sampled_from(["v", "w", None]),
        st.sampled_from([0.0, 0.0, 5.0]),
    ),
    max_size=25,
)


def as_facts(drawn: Sequence[tuple[float, str, str, str | None, float]], start: float) -> list[Fact]:
    at = start
    facts: list[Fact] = []
    for gap, name, item_id, visitor, late in drawn:
        at += gap
        if name in {"item", "gone"}:
            facts.append(change(item_id, at, 5.0 + len(facts), deleted=name == "gone"))
        else:
            facts.append(event(name, at, item_id, visitor_id=visitor, time=at - late))
    return facts


def end(facts: Sequence[Fact]) -> float:
    received: list[float] = [row["received_at"] for _, row in facts]
    return max(received, default=NOON)


@settings(max_examples=60, deadline=None)
@given(drawn_facts)
def test_counters_of_an_hour_are_not_seen_before_its_close(drawn: list[Any]) -> None:
    """However much other visitors do within the hour, somebody else's ranking stays the same until it is over."""
    facts = as_facts(drawn, NOON)
    hour_start = end(facts) // 3_600 * 3_600
    inside = [f for f in facts if not (f[0] == "event" and f[1]["received_at"] >= hour_start)]
    assert seen(taken(facts), end(facts), "x") == seen(taken(inside), end(facts), "x")


@settings(max_examples=60, deadline=None)
@given(drawn_facts, st.floats(0, 7_200))
def test_reading_ahead_gives_the_same_rows(drawn: list[Any], later: float) -> None:
    facts = as_facts(drawn, NOON)
    in_turn, ahead = taken(facts), taken(facts, expected=True)
    first, second = end(facts), end(facts) + later
    assert seen(in_turn, first) == seen(ahead, first)
    for replay in (in_turn, ahead):
        replay.take_item(change("b", second, 99.0)[1])
    assert seen(in_turn, second) == seen(ahead, second)


def test_what_was_stored_before_is_seen_even_of_the_same_second() -> None:
    replay = taken([event("view_item", NOON, "b")])
    assert column(replay, "looks", NOON) == [0.0, 1.0, 0.0]
    assert column(replay, "seconds_since_touched", NOON) == [-1.0, 0.0, -1.0]


def test_what_is_said_to_happen_later_is_not_seen() -> None:
    replay = taken([event("view_item", NOON, "b", time=NOON + 1.0)])
    assert column(replay, "looks", NOON) == [0.0, 0.0, 0.0]


def test_yesterdays_price_is_yesterdays() -> None:
    replay = taken([change("a", NOON, 5.0)])
    yesterday = column(replay, "log_price", NOON)
    replay.take_item(change("a", NOON + 9, 50.0)[1])
    today = column(replay, "log_price", NOON + 9)
    assert yesterday[0] == pytest.approx(1.609, abs=1e-3)
    assert today[0] == pytest.approx(3.912, abs=1e-3)


def test_a_deleted_item_is_not_known_any_more() -> None:
    replay = taken([change("a", NOON, 5.0), change("a", NOON + 1, None, deleted=True)])
    assert column(replay, "log_price", NOON + 2)[0] != 1.609
    assert scene(replay, NOON + 2).candidates.rows["catalogued"].tolist() == [False] * 3


def test_an_hour_that_is_over_is_counted_for_everybody() -> None:
    replay = taken([event("view_item", NOON, "b"), event("view_item", NOON + 5, "b", visitor_id=None)])
    at = NOON + 3_600 + 900
    assert column(replay, "log_views_1d", at - 1) == [0.0, 0.0, 0.0]
    assert column(replay, "log_views_1d", at)[1] == pytest.approx(1.0986, abs=1e-4)


def test_visitors_see_their_own_past_only() -> None:
    replay = taken([event("view_item", NOON, "b")])
    assert len(scene(replay, NOON + 1, "w").visit.session) == 0
    assert len(scene(replay, NOON + 1, None).visit.session) == 0
    assert len(scene(replay, NOON + 1, "v").visit.session) == 1


def test_a_listing_that_was_seen_is_remembered() -> None:
    replay = taken([event("view_item_list", NOON, "a", "c")])
    assert column(replay, "times_shown", NOON + 1) == [1.0, 0.0, 1.0]
