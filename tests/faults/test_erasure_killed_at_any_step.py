"""A worker that is killed at any step of an erasure leaves nobody behind and takes nobody else with it."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from features.log.place import Log
from features.log.schema import Kind
from features.sessions.trail import Trail, is_of, visitors_of
from features.store.keys import subject_of
from features.store.privacy import PrivacyStore
from features.store.protocol import WorkStore
from service.privacy import requests
from service.privacy.requests import Who
from service.worker.compacting import Compacting
from service.worker.erasing import Erasing
from service.worker.keeping import LogKeeping
from service.worker.retention import Retention
from service.worker.worker import ShopWork
from tests.faults.mortal import SHOP, Killed, World, send, work

ERASED = visitors_of([subject_of("v1")])
WHOLE = (Kind.EVENTS, Kind.EXPOSURES, Kind.ITEMS)


def worlds(tmp_path: Path) -> Iterator[World]:
    """Yield worlds in which v1 is in files of two dates and in the streams, and was erased."""
    for number in itertools.count():
        world = World(tmp_path / str(number))
        send(world, range(12))
        work(world, world.store, Log(world.url))
        send(world, range(20, 30))
        requests.erase(world.privacy, Who(SHOP, "v1", "a test", world.now), "x1")
        yield world


def trailed(world: World) -> list[tuple[int, int, str]]:
    """Return who looked at what, and when, as the trail of sessions has it."""
    trails = [Trail.from_bytes(packed) for _, packed in world.store.trails(SHOP, 0, 10_000).trails]
    return sorted((s, at, t.items[item]) for t in trails for s, at, item, *_ in t.rows.tolist())


def keep(world: World, store: WorkStore, log: Log, privacy: PrivacyStore) -> None:
    """Do what is due, as a worker that starts now."""
    shop = ShopWork(
        store, world.settings, log, SHOP, LogKeeping(Erasing(privacy, SHOP), Compacting(SHOP), Retention(395))
    )
    while shop.round(world.now):
        pass


def test_a_worker_that_erases(tmp_path: Path) -> None:
    made = worlds(tmp_path)
    plain = next(made)
    work(plain, plain.store, Log(plain.url))
    everybody = plain.log_rows(*WHOLE)
    theirs = [look for look in trailed(plain) if is_of(np.array([look[0]], np.uint64), ERASED)[0]]
    assert 0 < len(theirs) < len(trailed(plain))
    others = [row for row in everybody if row.get("visitor_id") != "v1"]
    assert len(others) < len(everybody)
    for steps, world in enumerate(made):
        try:
            keep(world, *world.all_mortal(steps))
        except Killed:
            world.now += 60.0
            keep(world, world.store, Log(world.url), world.privacy)
        else:
            assert steps > 30
            return
        assert sorted(world.log_rows(*WHOLE), key=str) == sorted(others, key=str)
        assert world.privacy.erasing(SHOP) == {}
        assert trailed(world) == [look for look in trailed(plain) if look not in theirs]
        assert world.privacy.proof(SHOP, "x1") is not None
        proofs = [row for row in world.log_rows(Kind.PRIVACY) if row["action"] == "erased"]
        waiting = [e for part in world.store.shop(SHOP).streams for e in part if b'"erased"' in e.body]
        assert len(proofs) + len(waiting) == 1
