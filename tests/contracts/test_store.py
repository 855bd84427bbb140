"""What every store promises to serving."""

import numpy as np
import pytest

from features.facts import IMPRESSION, IMPRESSIONS_KEPT, INTERACTION, INTERACTIONS_KEPT
from features.identity import PARTITIONS, hash64, partition_of
from features.store.protocol import (
    ANY,
    START,
    Backlog,
    EventWrite,
    ExposureWrite,
    Found,
    ItemWrite,
    Store,
    WorkStore,
)

NOON = 1_795_348_800.0  # 2026-11-22T12:00Z
DAY = 86_400.0
FROM_START = (START,) * PARTITIONS


def done(*times: float) -> bytes:
    records = np.zeros(len(times), INTERACTION)
    records["time"] = times
    return records.tobytes()


def shown(*times: float) -> bytes:
    records = np.zeros(len(times), IMPRESSION)
    records["time"] = times
    return records.tobytes()


def click(event_id: str, *, visitor: str | None = "v", at: float = 1.0) -> EventWrite:
    return EventWrite(event_id, visitor, event_id.encode(), b"" if visitor is None else done(at))


def facts(store: WorkStore, shop: str = "s") -> list[tuple[str, bytes]]:
    return sorted((e.kind, e.body) for part in store.entries(shop, FROM_START, 1000) for e in part)


def test_an_unknown_visitor_and_unknown_items_are_nothing(store: Store) -> None:
    assert store.read("s", "v", ["a"], totals=True) == Found(None, None, {"a": None}, {"a": None}, None)
    assert store.read("s", None) == Found()


def test_accepts_an_event_once(store: WorkStore) -> None:
    assert store.append("s", [click("e1"), click("e2"), click("e1")], NOON) == [True, True, False]
    assert store.append("s", [click("e2"), click("e3")], NOON) == [False, True]
    assert facts(store) == [("e", b"e1"), ("e", b"e2"), ("e", b"e3")]


def test_accepts_nothing_where_nothing_is_sent(store: WorkStore) -> None:
    assert store.append("s", [], NOON) == []
    assert store.put_items("s", []) == []
    assert store.get_items("s", []) == {}


def test_an_id_is_refused_across_midnight_and_taken_again_after_the_next(store: WorkStore) -> None:
    midnight = NOON + DAY / 2
    assert store.append("s", [click("e")], midnight - 1) == [True]
    assert store.append("s", [click("e")], midnight + 1) == [False]
    assert store.append("s", [click("e")], midnight + DAY - 1) == [False]
    assert store.append("s", [click("e")], midnight + DAY) == [True]


def test_a_visitors_records_stand_in_order_of_arrival(store: WorkStore) -> None:
    store.append(
        "s", [EventWrite("e1", "v", b"1", done(5.0)), EventWrite("e2", "v", b"2", done(3.0, 4.0))], NOON
    )
    store.append("s", [EventWrite("e3", "v", b"3", b"", shown(1.0, 2.0))], NOON)
    found = store.read("s", "v")
    assert found.interactions == done(5.0, 3.0, 4.0)
    assert found.impressions == shown(1.0, 2.0)


def test_a_duplicate_leaves_its_visitor_alone(store: WorkStore) -> None:
    store.append("s", [click("e", at=1.0)], NOON)
    store.append("s", [click("e", at=2.0)], NOON)
    assert store.read("s", "v").interactions == done(1.0)


def test_keeps_the_newest(store: WorkStore) -> None:
    many, more = range(INTERACTIONS_KEPT + 5), range(IMPRESSIONS_KEPT + 5)
    store.append("s", [EventWrite("e", "v", b"", done(*many), shown(*more))], NOON)
    found = store.read("s", "v")
    assert found.interactions == done(*many[5:])
    assert found.impressions == shown(*more[5:])


def test_visitors_of_one_call_do_not_mix(store: WorkStore) -> None:
    names = [f"v{i}" for i in range(40)]
    store.append("s", [click(f"e{n}", visitor=n, at=float(i)) for i, n in enumerate(names)], NOON)
    assert [store.read("s", n).interactions for n in names] == [done(float(i)) for i in range(40)]


def test_shops_are_apart(store: WorkStore) -> None:
    store.append("s", [click("e")], NOON)
    store.put_items("s", [ItemWrite("a", b"row", b"fact")])
    assert store.read("other", "v", ["a"]) == Found(None, None, {"a": None}, {"a": None})
    assert store.append("other", [click("e")], NOON) == [True]


def test_an_event_without_visitor_is_recorded_only(store: WorkStore) -> None:
    assert store.append("s", [click("e", visitor=None)], NOON) == [True]
    assert facts(store) == [("e", b"e")]


def test_an_interaction_travels_with_the_five_before_it(store: WorkStore) -> None:
    store.append("s", [click(f"e{i}", at=float(i)) for i in range(4)], NOON)
    store.append("s", [click(f"e{i}", at=float(i)) for i in range(4, 8)], NOON)
    entries = store.entries("s", FROM_START, 100)[partition_of("v")]
    assert [e.before for e in entries] == [done(*range(max(0, i - 5), i)) for i in range(8)]


def test_an_impression_travels_alone(store: WorkStore) -> None:
    store.append("s", [click("e1"), EventWrite("e2", "v", b"", b"", shown(1.0))], NOON)
    assert store.entries("s", FROM_START, 100)[partition_of("v")][1].before == b""


def test_refuses_what_would_overfill_a_stream_and_keeps_none_of_it(store: WorkStore, bound: int) -> None:
    store.append("s", [click(f"e{i}") for i in range(bound - 1)], NOON)
    with pytest.raises(Backlog):
        store.append("s", [click("a"), click("b")], NOON)
    assert store.append("s", [click("a")], NOON) == [True]
    with pytest.raises(Backlog):
        store.append("s", [click("b")], NOON)
    assert len(store.read("s", "v").interactions or b"") == bound * INTERACTION.itemsize


def test_an_order_is_kept_without_an_exposure(store: WorkStore) -> None:
    store.append_exposure("s", ExposureWrite("r1", "v", b"", b"order"))
    assert store.ranking("s", "r1") == b"order"
    assert store.stream_state("s").length == 0


def test_an_exposure_is_recorded_and_its_order_kept(store: WorkStore) -> None:
    store.append_exposure("s", ExposureWrite("r1", None, b"body", b"order"))
    store.append_exposure("s", ExposureWrite("r2", None, b"other"))
    assert (store.ranking("s", "r1"), store.ranking("s", "r2"), store.ranking("s", "r3")) == (
        b"order",
        None,
        None,
    )
    assert facts(store) == [("x", b"body"), ("x", b"other")]


def test_an_exposure_does_not_overfill_a_stream(store: WorkStore, bound: int) -> None:
    for _ in range(bound):
        store.append_exposure("s", ExposureWrite("r", None, b"body"))
    with pytest.raises(Backlog):
        store.append_exposure("s", ExposureWrite("r", None, b"body", b"order"))
    assert store.stream_state("s").length == bound
    assert store.ranking("s", "r") == b"order"


def test_an_exposure_stands_behind_the_events_of_its_visitor(store: WorkStore) -> None:
    for i in range(10):
        store.append("s", [click(f"e{i}", visitor=f"v{i}")], NOON)
        store.append_exposure("s", ExposureWrite("r", f"v{i}", b"x"))
    for part in store.entries("s", FROM_START, 100):
        assert [e.kind for e in part] == ["e", "x"] * (len(part) // 2)


def test_an_item_is_set_replaced_and_deleted(store: WorkStore) -> None:
    assert store.put_items("s", [ItemWrite("a", b"1", b"f1"), ItemWrite("b", b"2", b"f2")]) == [True, True]
    assert store.put_items("s", [ItemWrite("a", b"3", b"f3"), ItemWrite("b", None, b"f4")]) == [True, True]
    assert store.get_items("s", ["a", "b"]) == {"a": b"3", "b": None}
    assert store.read("s", None, ["a"]).catalogue == {"a": b"3"}
    assert facts(store) == [("i", b"f1"), ("i", b"f2"), ("i", b"f3"), ("i", b"f4")]


def test_an_item_is_written_only_over_what_was_expected(store: WorkStore) -> None:
    assert store.put_items("s", [ItemWrite("a", b"1", b"", None)]) == [True]
    assert store.put_items("s", [ItemWrite("a", b"2", b"", None)]) == [False]
    assert store.put_items("s", [ItemWrite("a", b"2", b"", b"0")]) == [False]
    assert store.put_items("s", [ItemWrite("a", b"2", b"", b"1")]) == [True]
    assert store.put_items("s", [ItemWrite("a", b"3", b"", ANY)]) == [True]
    assert store.get_items("s", ["a"]) == {"a": b"3"}
    assert len(facts(store)) == 3


def test_items_do_not_overfill_a_stream(store: WorkStore, bound: int) -> None:
    for _ in range(bound):
        store.put_items("s", [ItemWrite("a", b"1", b"f")])
    with pytest.raises(Backlog):
        store.put_items("s", [ItemWrite("a", b"2", b"f")])
    assert store.get_items("s", ["a"]) == {"a": b"1"}


def test_one_read_brings_a_visitor_items_and_totals(store: WorkStore) -> None:
    ids = [f"i{n}" for n in range(30)]
    store.append("s", [click("e")], NOON)
    store.put_items("s", [ItemWrite(i, i.encode(), b"") for i in ids])
    record = (1).to_bytes(8, "little")
    store.write_statistics("s", 1, {hash64("i3"): record + b"3", 0: record + b"all"})
    found = store.read("s", "v", [*ids, "i3", "unknown"], totals=True)
    assert found.interactions == done(1.0)
    assert found.catalogue == {i: i.encode() for i in ids} | {"unknown": None}
    assert found.statistics == dict.fromkeys([*ids, "unknown"]) | {"i3": record + b"3"}
    assert found.totals == record + b"all"


def test_an_erased_visitor_is_nobody(store: WorkStore) -> None:
    store.append("s", [click("e"), click("f", visitor="w")], NOON)
    store.erase_visitor("s", "v")
    store.erase_visitor("s", "v")
    assert store.read("s", "v") == Found()
    assert store.read("s", "w").interactions == done(1.0)


def test_says_how_far_the_worker_is_behind(store: WorkStore) -> None:
    assert store.stream_state("s") == (0, None)
    store.append("s", [click(f"e{i}", visitor=f"v{i}") for i in range(20)], NOON)
    length, oldest = store.stream_state("s")
    assert length == 20
    assert oldest is not None
    assert oldest > 1_600_000_000.0


def test_answers(store: Store) -> None:
    store.ping()
