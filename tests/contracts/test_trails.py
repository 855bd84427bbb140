"""The trail of sessions, on every store: each batch once, in order, begun anew by a rebuild."""

import pytest

from features.store import keys
from features.store.protocol import WorkStore


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
