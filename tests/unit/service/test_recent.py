"""A process follows the trail of each shop: each batch once, and anew where a rebuild began it anew."""

from features.identity import hash64
from features.sessions.index import Asked
from features.sessions.trail import Tracks
from features.store.keys import subject_of
from features.store.memory_work import MemoryWorkStore
from service.recent import RecentSessions


def trail(*items: str) -> bytes:
    tracks = Tracks()
    for item in items:
        said = {
            "name": "view_item",
            "visitor_id": f"v {items}",
            "session_id": None,
            "time": 1.0,
            "page": None,
        }
        tracks.event(said | {"items": [{"item_id": item}]})
    return tracks.trail().to_bytes()


def suggested(recent: RecentSessions, item: str) -> set[str]:
    return set(recent.of("acme").suggest(Asked([hash64(item)])).item_ids)


def test_what_is_new_is_taken_in_once() -> None:
    store = MemoryWorkStore()
    recent = RecentSessions(store, lambda: ["acme"], lambda _: frozenset())
    store.extend_trail("acme", 1, trail("a", "b"))
    recent.refresh()
    recent.refresh()
    assert len(recent.of("acme")) == 2
    store.extend_trail("acme", 2, trail("a", "c"))
    recent.refresh()
    assert len(recent.of("acme")) == 4
    assert suggested(recent, "a") == {"a", "b", "c"}


def test_more_trails_than_one_round_trip_brings_are_all_read() -> None:
    store = MemoryWorkStore()
    for batch in range(1, 200):
        store.extend_trail("acme", batch, trail("a", f"i{batch}"))
    recent = RecentSessions(store, lambda: ["acme"], lambda _: frozenset())
    recent.refresh()
    assert len(recent.of("acme")) == 2 * 199


def test_a_trail_that_was_begun_anew_replaces_what_was_read() -> None:
    store = MemoryWorkStore()
    recent = RecentSessions(store, lambda: ["acme"], lambda _: frozenset())
    store.extend_trail("acme", 1, trail("a", "b"))
    recent.refresh()
    store.clear("acme")
    store.extend_trail("acme", 5, trail("a", "c"))
    recent.refresh()
    assert suggested(recent, "a") == {"a", "c"}


def test_a_shop_that_is_gone_is_forgotten_and_one_never_seen_knows_nothing() -> None:
    store, shops = MemoryWorkStore(), ["acme"]
    recent = RecentSessions(store, lambda: shops, lambda _: frozenset())
    store.extend_trail("acme", 1, trail("a", "b"))
    recent.refresh()
    shops.clear()
    recent.refresh()
    assert len(recent.of("acme")) == 0


def test_who_is_erased_or_objects_is_dropped_and_not_taken_in() -> None:
    store, marked = MemoryWorkStore(), set[bytes]()
    recent = RecentSessions(store, lambda: ["acme"], lambda _: frozenset(marked))
    store.extend_trail("acme", 1, trail("a", "b"))
    store.extend_trail("acme", 2, trail("a", "c"))
    recent.refresh()
    assert len(recent.of("acme")) == 4
    marked.add(subject_of("v ('a', 'b')"))
    recent.refresh()
    assert len(recent.of("acme")) == 2
    store.extend_trail("acme", 3, trail("a", "b"))
    recent.refresh()
    assert len(recent.of("acme")) == 2
