"""What every store promises to visitors who are erased or object."""

from collections.abc import Iterator

import numpy as np
import orjson
import pytest

from features.facts import INTERACTION
from features.identity import PARTITIONS, partition_of
from features.store.exchange import Exchange
from features.store.keys import subject_of
from features.store.memory_privacy import MemoryPrivacy
from features.store.memory_work import MemoryWorkStore
from features.store.privacy import Mark, PrivacyStore
from features.store.protocol import START, EventWrite, ExposureWrite, Found, VisitorState, WorkStore
from features.store.redis_privacy import RedisPrivacy

NOON = 1_795_348_800.0
FROM_START = (START,) * PARTITIONS
DONE = np.zeros(1, INTERACTION).tobytes()


@pytest.fixture
def privacy(store: WorkStore, request: pytest.FixtureRequest) -> Iterator[PrivacyStore]:
    if isinstance(store, MemoryWorkStore):
        yield MemoryPrivacy(store)
        return
    kind = request.node.callspec.params["store"]
    exchange = Exchange(request.getfixturevalue("cluster_url" if kind == "cluster" else "redis_url"), 5.0)
    yield RedisPrivacy(exchange)
    exchange.close()


def view(event_id: str, visitor: str = "v") -> EventWrite:
    body = {"event_id": event_id, "visitor_id": visitor, "session_id": "s"}
    return EventWrite(event_id, visitor, orjson.dumps(body), DONE)


def facts(store: WorkStore, kind: str) -> list[bytes]:
    return [e.body for part in store.entries("s", FROM_START, 1000) for e in part if e.kind == kind]


def test_nobody_is_marked_at_first(store: WorkStore, privacy: PrivacyStore) -> None:
    assert privacy.mark_of("s", "v") is None
    assert privacy.subjects("s") == frozenset()
    assert privacy.revisions(["s", "t"]) == {"s": 0, "t": 0}
    assert store.marked("s", ["v", "w"]) == frozenset()
    assert store.marked("s", []) == frozenset()


@pytest.mark.parametrize("mark", Mark)
def test_a_mark_forgets_the_visitor_and_leaves_a_fact(
    store: WorkStore, privacy: PrivacyStore, mark: Mark
) -> None:
    store.append("s", [view("e1"), view("e2", "w")], NOON)
    assert privacy.mark("s", "v", mark, b"fact")
    assert store.read("s", "v") == Found()
    assert store.read("s", "w").interactions == DONE
    assert privacy.mark_of("s", "v") is mark
    assert privacy.subjects("s") == {subject_of("v")}
    assert store.marked("s", ["v", "w"]) == {"v"}
    assert facts(store, "p") == [b"fact"]


def test_every_change_of_a_mark_changes_the_revision(privacy: PrivacyStore) -> None:
    met = {privacy.revisions(["s"])["s"]}
    for mark in (Mark.OBJECTS, None, Mark.OBJECTS, Mark.ERASED):
        privacy.mark("s", "v", mark, b"fact")
        met.add(privacy.revisions(["s"])["s"])
    assert len(met) == 5


def test_an_event_of_a_marked_visitor_is_kept_as_nobody_s(store: WorkStore, privacy: PrivacyStore) -> None:
    privacy.mark("s", "v", Mark.ERASED, b"fact")
    assert store.append("s", [view("e1"), view("e2", "w"), view("e1")], NOON) == [True, True, False]
    assert store.append("s", [view("e1")], NOON) == [False]
    kept = {said["event_id"]: said for said in map(orjson.loads, facts(store, "e"))}
    assert kept["e1"]["visitor_id"] is kept["e1"]["session_id"] is None
    assert kept["e2"]["visitor_id"] == "w"
    assert len(facts(store, "e")) == 2
    assert store.read("s", "v") == Found()


def test_an_event_that_was_there_before_the_mark_is_a_duplicate_after_it(
    store: WorkStore, privacy: PrivacyStore
) -> None:
    store.append("s", [view("e1")], NOON)
    privacy.mark("s", "v", Mark.ERASED, b"fact")
    assert store.append("s", [view("e1")], NOON) == [False]


def test_an_exposure_of_a_marked_visitor_is_not_kept(store: WorkStore, privacy: PrivacyStore) -> None:
    privacy.mark("s", "v", Mark.OBJECTS, b"fact")
    store.append_exposure("s", ExposureWrite("r1", "v", b"theirs", b"order"))
    store.append_exposure("s", ExposureWrite("r2", "w", b"another's"))
    assert facts(store, "x") == [b"another's"]
    assert store.ranking("s", "r1") == b"order"


def test_a_batch_does_not_revive_a_marked_visitor(store: WorkStore, privacy: PrivacyStore) -> None:
    other = next(f"w{n}" for n in range(99) if partition_of(f"w{n}") == partition_of("v"))
    privacy.mark("s", "v", Mark.ERASED, b"fact")
    added = {name: VisitorState(DONE, b"") for name in ("v", other)}
    store.extend_visitors("s", 7, added, by_time=True, life_seconds=60)
    assert store.read("s", "v") == Found()
    assert store.read("s", other).interactions == DONE


def test_an_objection_can_be_taken_back_and_an_erasure_cannot(
    store: WorkStore, privacy: PrivacyStore
) -> None:
    privacy.mark("s", "v", Mark.OBJECTS, b"out")
    assert privacy.mark("s", "v", None, b"in")
    assert privacy.mark_of("s", "v") is None
    store.append("s", [view("e1")], NOON)
    assert store.read("s", "v").interactions == DONE
    assert privacy.mark("s", "v", Mark.ERASED, b"erase")
    assert not privacy.mark("s", "v", None, b"no")
    assert not privacy.mark("s", "v", Mark.OBJECTS, b"no")
    assert privacy.mark_of("s", "v") is Mark.ERASED
    assert facts(store, "p") == [b"out", b"in", b"erase"]


def test_a_restored_mark_leaves_a_newer_one_alone(store: WorkStore, privacy: PrivacyStore) -> None:
    privacy.mark("s", "v", Mark.ERASED, b"fact")
    privacy.restore_mark("s", subject_of("v"), Mark.OBJECTS)
    privacy.restore_mark("s", subject_of("w"), Mark.OBJECTS)
    assert (privacy.mark_of("s", "v"), privacy.mark_of("s", "w")) == (Mark.ERASED, Mark.OBJECTS)
    privacy.restore_mark("s", subject_of("w"), Mark.ERASED)
    assert privacy.mark_of("s", "w") is Mark.ERASED
    assert privacy.subjects_erased("s") == {subject_of("v"), subject_of("w")}
    assert facts(store, "p") == [b"fact"]


def test_an_erasure_is_proven_once(store: WorkStore, privacy: PrivacyStore) -> None:
    privacy.begin_erasure("s", "x1", b"job")
    assert privacy.erasing("s") == {"x1": b"job"}
    assert privacy.proof("s", "x1") is None
    assert privacy.erased("s", "x1", b"proof", b"done")
    assert not privacy.erased("s", "x1", b"another", b"again")
    assert privacy.erasing("s") == {}
    assert privacy.proof("s", "x1") == b"proof"
    assert facts(store, "p") == [b"done"]
