"""What every store promises to the worker, to imports and to rebuilds."""

from collections.abc import Callable

import numpy as np
import pytest

from features.facts import IMPRESSION, INTERACTION, INTERACTIONS_KEPT
from features.identity import PARTITIONS, partition_of
from features.store.protocol import (
    START,
    EventWrite,
    ExposureWrite,
    ItemWrite,
    LeaseLost,
    Positions,
    VisitorState,
    WorkStore,
)

NOW = 1_795_348_800.0
FROM_START = (START,) * PARTITIONS
LIFE = 3600
Until = Callable[[Callable[[], bool]], None]


def done(*times: float) -> bytes:
    records = np.zeros(len(times), INTERACTION)
    records["time"] = times
    return records.tobytes()


def shown(*times: float) -> bytes:
    records = np.zeros(len(times), IMPRESSION)
    records["time"] = times
    return records.tobytes()


def send(store: WorkStore, *event_ids: str, visitor: str = "v") -> None:
    store.append("s", [EventWrite(e, visitor, e.encode(), done(1.0)) for e in event_ids], NOW)


def ends(store: WorkStore) -> Positions:
    """Return the last position of each partition."""
    parts = store.entries("s", FROM_START, 1000)
    return tuple(part[-1].id if part else START for part in parts)


def bodies(store: WorkStore, after: Positions, count: int = 1000) -> list[bytes]:
    return [e.body for part in store.entries("s", after, count) for e in part]


def record(batch: int, rest: bytes = b"") -> bytes:
    return batch.to_bytes(8, "little") + rest


def test_one_works_on_a_shop_at_a_time(store: WorkStore) -> None:
    assert store.acquire("s", "a", 10) == b""
    assert store.acquire("s", "a", 10) == b""
    assert store.acquire("s", "b", 10) is None
    assert store.acquire("other", "b", 10) == b""
    store.release("s", "b")
    assert store.acquire("s", "b", 10) is None
    store.release("s", "a")
    assert store.acquire("s", "b", 10) == b""


def test_who_waited_comes_next(store: WorkStore) -> None:
    store.acquire("s", "a", 10)
    assert store.acquire("s", "b", 10, waits=True) is None
    store.release("s", "a")
    assert store.acquire("s", "a", 10) is None
    assert store.acquire("s", "b", 10) == b""
    store.release("s", "b")
    assert store.acquire("s", "a", 10) == b""


def test_a_lease_ends_by_itself(store: WorkStore, until: Until) -> None:
    store.acquire("s", "a", 0.02)
    until(lambda: store.acquire("s", "b", 10) is not None)
    with pytest.raises(LeaseLost):
        store.save("s", "a", b"state", 10)


def test_saving_prolongs_the_lease(store: WorkStore, until: Until) -> None:
    store.acquire("s", "a", 10)
    store.save("s", "a", b"state", 0.02)
    until(lambda: store.acquire("s", "b", 10) is not None)


def test_a_lease_is_prolonged_by_its_holder_alone(store: WorkStore, until: Until) -> None:
    store.acquire("s", "a", 0.02)
    assert not store.prolong("s", "b", 10)
    until(lambda: store.acquire("s", "b", 10) is not None)
    assert not store.prolong("s", "a", 10)
    assert store.prolong("s", "b", 10)


def test_the_work_state_is_the_holders_to_write(store: WorkStore) -> None:
    store.acquire("s", "a", 10)
    store.save("s", "a", b"state", 10)
    assert store.acquire("s", "a", 10) == b"state"
    with pytest.raises(LeaseLost):
        store.save("s", "b", b"other", 10)
    store.release("s", "a")
    with pytest.raises(LeaseLost):
        store.save("s", "a", b"other", 10)
    assert store.acquire("s", "b", 10) == b"state"


def test_anybody_may_look_at_the_work_state(store: WorkStore) -> None:
    assert store.progress("s") == b""
    store.acquire("s", "a", 10)
    store.save("s", "a", b"state", 10)
    assert store.progress("s") == b"state"


def test_facts_are_read_in_order_from_a_position(store: WorkStore) -> None:
    send(store, "e1", "e2", "e3")
    assert bodies(store, FROM_START) == [b"e1", b"e2", b"e3"]
    assert bodies(store, FROM_START, count=2) == [b"e1", b"e2"]
    middle = tuple(part[0].id if part else START for part in store.entries("s", FROM_START, 1))
    assert bodies(store, middle) == [b"e2", b"e3"]
    assert bodies(store, ends(store)) == []


def test_facts_between_two_positions_are_the_same_later(store: WorkStore) -> None:
    send(store, "e1", "e2")
    upto = ends(store)
    send(store, "e3")
    between = [e.body for part in store.entries_between("s", FROM_START, upto) for e in part]
    assert between == [b"e1", b"e2"]


def test_trims_up_to_and_including_a_position(store: WorkStore) -> None:
    send(store, "e1", "e2")
    upto = ends(store)
    send(store, "e3")
    store.trim("s", FROM_START)
    assert len(bodies(store, FROM_START)) == 3
    store.trim("s", upto)
    store.trim("s", upto)
    assert bodies(store, FROM_START) == [b"e3"]


def test_a_position_stays_behind_what_comes_after_a_trim(store: WorkStore) -> None:
    send(store, "e1")
    upto = ends(store)
    store.trim("s", upto)
    send(store, "e2")
    assert bodies(store, upto) == [b"e2"]


def test_kinds_are_told_apart(store: WorkStore) -> None:
    send(store, "e")
    store.append_exposure("s", ExposureWrite("r", None, b"x"))
    store.put_items("s", [ItemWrite("i", b"row", b"i")])
    kinds = {e.body: (e.kind, e.before) for part in store.entries("s", FROM_START, 9) for e in part}
    assert kinds == {b"e": ("e", b""), b"x": ("x", None), b"i": ("i", None)}


def test_statistics_are_written_once_per_batch_and_never_back(store: WorkStore) -> None:
    store.write_statistics("s", 2, {7: record(2, b"x"), 8: record(2)})
    store.write_statistics("s", 2, {7: record(2, b"again")})
    store.write_statistics("s", 1, {7: record(1), 9: record(1)})
    assert store.read_statistics("s", [7, 8, 9, 10]) == {
        7: record(2, b"x"),
        8: record(2),
        9: record(1),
        10: None,
    }
    store.write_statistics("s", 3, {7: record(3)})
    assert store.read_statistics("s", [7]) == {7: record(3)}


def test_statistics_know_the_batch_of_today(store: WorkStore) -> None:
    now_ms = int(NOW * 1000)
    store.write_statistics("s", now_ms, {2**64 - 1: record(now_ms)})
    store.write_statistics("s", now_ms - 1, {2**64 - 1: record(now_ms - 1)})
    assert store.read_statistics("s", [2**64 - 1]) == {2**64 - 1: record(now_ms)}


def extend(store: WorkStore, batch: int, *, by_time: bool = False, **added: VisitorState) -> None:
    store.extend_visitors("s", batch, added, by_time=by_time, life_seconds=LIFE)


def test_a_batch_extends_visitors_once(store: WorkStore) -> None:
    extend(store, 1, v=VisitorState(done(1.0), shown(1.0)), w=VisitorState(done(5.0)))
    extend(store, 1, v=VisitorState(done(1.0), shown(1.0)), w=VisitorState(done(5.0)))
    extend(store, 2, v=VisitorState(done(0.5)))
    assert store.visitors("s", ["v", "w", "x"]) == {
        "v": VisitorState(done(1.0, 0.5), shown(1.0)),
        "w": VisitorState(done(5.0)),
        "x": VisitorState(),
    }


def test_a_batch_repeated_after_a_crash_reaches_the_partitions_it_had_not(store: WorkStore) -> None:
    there = "v"
    elsewhere = next(f"w{i}" for i in range(99) if partition_of(f"w{i}") != partition_of(there))
    added = {there: VisitorState(done(1.0)), elsewhere: VisitorState(done(2.0))}
    extend(store, 1, v=added[there])
    store.extend_visitors("s", 1, added, by_time=False, life_seconds=LIFE)
    assert store.visitors("s", [there, elsewhere]) == {
        there: VisitorState(done(1.0)),
        elsewhere: VisitorState(done(2.0)),
    }


def test_history_goes_where_its_time_is(store: WorkStore) -> None:
    extend(store, 1, v=VisitorState(done(3.0, 7.0), shown(4.0)))
    extend(store, 2, by_time=True, v=VisitorState(done(1.0, 3.0, 9.0), shown(2.0, 4.5)))
    assert store.visitors("s", ["v"])["v"] == VisitorState(
        done(1.0, 3.0, 3.0, 7.0, 9.0), shown(2.0, 4.0, 4.5)
    )


def test_records_of_one_moment_stay_in_order_of_arrival(store: WorkStore) -> None:
    first, second = np.zeros(2, INTERACTION), np.zeros(2, INTERACTION)
    first["time"], first["item"] = (2.0, 5.0), (1, 2)
    second["time"], second["item"] = (2.0, 2.0), (3, 4)
    extend(store, 1, v=VisitorState(first.tobytes()))
    extend(store, 2, by_time=True, v=VisitorState(second.tobytes()))
    merged = np.frombuffer(store.visitors("s", ["v"])["v"].interactions, INTERACTION)
    assert merged["item"].tolist() == [1, 3, 4, 2]


def test_extending_keeps_the_newest(store: WorkStore) -> None:
    extend(store, 1, v=VisitorState(done(*range(1000, 1000 + INTERACTIONS_KEPT))))
    extend(store, 2, by_time=True, v=VisitorState(done(1.0, 2000.0)))
    times = np.frombuffer(store.visitors("s", ["v"])["v"].interactions, INTERACTION)["time"]
    assert len(times) == INTERACTIONS_KEPT
    assert (times[0], times[-1]) == (1001.0, 2000.0)


def test_restored_items_leave_no_fact(store: WorkStore) -> None:
    store.restore_items("s", {"a": b"1", "b": b"2"})
    store.restore_items("s", {"b": None, "c": None})
    assert store.get_items("s", ["a", "b", "c"]) == {"a": b"1", "b": None, "c": None}
    assert bodies(store, FROM_START) == []


def test_clears_what_is_derived_and_keeps_what_is_not(store: WorkStore) -> None:
    send(store, "e")
    store.put_items("s", [ItemWrite("a", b"1", b"f")])
    store.write_statistics("s", 1, {7: record(1)})
    extend(store, 5, v=VisitorState(done(1.0)))
    store.append("other", [EventWrite("e", "v", b"", done(1.0))], NOW)
    store.acquire("s", "t", 10)
    store.save("s", "t", b"state", 10)
    store.clear("s")
    assert store.visitors("s", ["v"]) == {"v": VisitorState()}
    assert store.get_items("s", ["a"]) == {"a": None}
    assert store.read_statistics("s", [7]) == {7: None}
    assert store.visitors("other", ["v"]) == {"v": VisitorState(done(1.0))}
    assert len(bodies(store, FROM_START)) == 2
    assert store.acquire("s", "t", 10) == b"state"
    assert store.append("s", [EventWrite("e", "v", b"")], NOW) == [False]
    extend(store, 1, v=VisitorState(done(2.0)))
    assert store.visitors("s", ["v"]) == {"v": VisitorState(done(2.0))}


def test_while_suspended_events_go_to_the_stream_only(store: WorkStore) -> None:
    send(store, "before")
    store.suspend("s")
    send(store, "during")
    assert store.visitors("s", ["v"]) == {"v": VisitorState(done(1.0))}
    entries = store.entries("s", FROM_START, 9)[partition_of("v")]
    assert [(e.body, e.before) for e in entries] == [(b"before", b""), (b"during", None)]


def test_resumes_once_all_is_read(store: WorkStore) -> None:
    store.suspend("s")
    send(store, "e1")
    assert not store.resume("s", FROM_START)
    send(store, "e2")
    assert store.visitors("s", ["v"]) == {"v": VisitorState()}
    assert store.resume("s", ends(store))
    send(store, "e3")
    assert store.visitors("s", ["v"]) == {"v": VisitorState(done(1.0))}
