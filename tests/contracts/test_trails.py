"""The trail of sessions, on every store: each batch once, in order, begun anew by a rebuild."""

import pytest

from features.store import keys
from features.store.protocol import LeaseLost, WorkStore


def batches(store: WorkStore, after: int = 0, count: int = 10) -> list[tuple[int, bytes]]:
    return list(store.trails("acme", after, count).trails)


def test_trails_come_in_the_order_of_their_batches(store: WorkStore) -> None:
    store.extend_trail("acme", 3, b"three")
    store.extend_trail("acme", 7, b"seven")
    assert batches(store) == [(3, b"three"), (7, b"seven")]
    assert batches(store, after=3) == [(7, b"seven")]
    assert batches(store, count=1) == [(3, b"three")]
    assert store.trails("other", 0, 10).trails == []


def test_a_batch_is_appended_once(store: WorkStore) -> None:
    store.extend_trail("acme", 7, b"seven")
    store.extend_trail("acme", 7, b"seven again")
    store.extend_trail("acme", 3, b"three, late")
    assert batches(store) == [(7, b"seven")]


def test_what_is_cleared_begins_anew(store: WorkStore) -> None:
    store.extend_trail("acme", 7, b"seven")
    before = store.trails("acme", 0, 10).epoch
    store.clear("acme")
    after = store.trails("acme", 0, 10)
    assert (after.epoch != before, after.trails) == (True, [])
    store.extend_trail("acme", 8, b"eight")
    assert batches(store) == [(8, b"eight")]


def test_past_the_bound_the_oldest_trails_go(store: WorkStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "TRAIL_BYTES", 1_000)
    for batch in range(1, 30):
        store.extend_trail("acme", batch, bytes(36))
    assert [batch for batch, _ in batches(store, count=100)] == list(range(20, 30))


def test_what_a_batch_added_is_replaced_in_its_place_or_dropped(store: WorkStore) -> None:
    store.acquire("acme", "me", 10.0)
    for batch in (3, 5, 7, 9):
        store.extend_trail("acme", batch, b"batch %d" % batch)
    store.replace_trails("acme", "me", {5: b"half: 5", 7: b"", 8: b"never there"})
    assert batches(store) == [(3, b"batch 3"), (5, b"half: 5"), (9, b"batch 9")]
    store.replace_trails("acme", "me", {5: b"less", 9: b"nine"})
    assert batches(store) == [(3, b"batch 3"), (5, b"less"), (9, b"nine")]
    assert batches(store, after=3, count=1) == [(5, b"less")]
    store.extend_trail("acme", 9, b"nine again")
    store.extend_trail("acme", 11, b"eleven")
    assert batches(store, after=5) == [(9, b"nine"), (11, b"eleven")]


def test_who_lost_the_lease_replaces_nothing(store: WorkStore) -> None:
    store.acquire("acme", "another", 10.0)
    store.extend_trail("acme", 3, b"three")
    with pytest.raises(LeaseLost):
        store.replace_trails("acme", "me", {3: b""})
    assert batches(store) == [(3, b"three")]


def test_what_was_replaced_goes_with_the_oldest_too(
    store: WorkStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "TRAIL_BYTES", 1_000)
    store.acquire("acme", "me", 10.0)
    for batch in range(1, 6):
        store.extend_trail("acme", batch, bytes(36))
    store.replace_trails("acme", "me", {1: b"a", 3: b"b", 5: b""})
    for batch in range(6, 40):
        store.extend_trail("acme", batch, bytes(36))
    assert [batch for batch, _ in batches(store, count=100)] == list(range(30, 40))
