"""A day's parts merged: nothing is missing or doubled at any step, for whoever looks at any moment."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from features.log.place import Log, Part
from features.log.reader import facts, rows
from features.log.schema import Kind
from features.store.protocol import WorkStore
from service.privacy import requests
from service.privacy.requests import Who
from service.worker import compacting
from service.worker.compacting import GRACE_SECONDS, Compacting
from service.worker.erasing import Erasing
from service.worker.held import holding
from service.worker.keeping import LogKeeping
from service.worker.retention import Retention
from service.worker.worker import ShopWork
from tests.faults.mortal import NOON, SHOP, Killed, World, send, work

DAY = 86_400.0


def worlds(tmp_path: Path) -> Iterator[World]:
    """Yield worlds whose closed days have several parts each, and whose open one has some."""
    for number in itertools.count():
        world = World(tmp_path / str(number))
        for first in (0, 3):
            send(world, range(first, first + 3))
            work(world, world.store, Log(world.url))
        world.now = NOON + 2 * DAY
        send(world, range(90, 93))
        work(world, world.store, Log(world.url))
        yield world


def compact(world: World, store: WorkStore, log: Log) -> None:
    """Merge, and an hour later remove, as one worker."""
    merging = Compacting(SHOP)
    for _ in range(2):
        with holding(store, log, SHOP) as held:
            assert held is not None
            while merging.step(held, world.now):
                pass
        world.now += GRACE_SECONDS


def everything(world: World) -> list[str]:
    return sorted(map(str, world.log_rows(*Kind)))


def files(world: World) -> list[Part]:
    log = Log(world.url)
    return [p for kind in Kind for p in (*log.parts(SHOP, kind), *log.covered(SHOP, kind))]


def test_a_closed_day_becomes_one_part_of_each_kind_and_the_open_one_stays(tmp_path: Path) -> None:
    world = next(worlds(tmp_path))
    before, number = everything(world), len(files(world))
    in_order = list(facts(Log(world.url), SHOP))
    compact(world, world.store, Log(world.url))
    assert everything(world) == before
    assert list(facts(Log(world.url), SHOP)) == in_order
    closed = [part for part in files(world) if part.date < "2026-11-24"]
    assert len(closed) == len({(part.kind, part.date) for part in closed})
    assert len(files(world)) < number


def test_killed_at_any_step(tmp_path: Path) -> None:
    made = worlds(tmp_path)
    for steps, world in enumerate(made):
        before = everything(world)
        try:
            compact(world, *world.mortal(steps))
        except Killed:
            assert everything(world) == before
            world.now += 60.0
            compact(world, world.store, Log(world.url))
            assert everything(world) == before
            assert Log(world.url).covered(SHOP, Kind.EVENTS) == []
        else:
            assert steps > 30
            return


def test_who_listed_the_log_before_still_finds_its_parts_for_an_hour(tmp_path: Path) -> None:
    world = next(worlds(tmp_path))
    log = Log(world.url)
    listed = log.parts(SHOP, Kind.EVENTS)
    before = [row for part in listed for row in rows(log, part)]
    merging = Compacting(SHOP)
    for waits in (0.0, GRACE_SECONDS - 1.0):
        with holding(world.store, log, SHOP) as held:
            assert held is not None
            merging.step(held, world.now + waits)
        assert [row for part in listed for row in rows(log, part)] == before


def test_later_parts_of_a_merged_day_are_seen_and_merged_too(tmp_path: Path) -> None:
    world = next(worlds(tmp_path))
    compact(world, world.store, Log(world.url))
    world.now, after = NOON + DAY - 3600.0, world.now
    late = world.now
    send(world, range(200, 206))
    world.now = after + 1.0
    work(world, world.store, Log(world.url))
    before = everything(world)
    assert late < world.now
    compact(world, world.store, Log(world.url))
    assert everything(world) == before


def test_large_parts_stay_apart(tmp_path: Path, monkeypatch: Any) -> None:
    world = next(worlds(tmp_path))
    monkeypatch.setattr(compacting, "MOST_BYTES", 1)
    number = len(files(world))
    compact(world, world.store, Log(world.url))
    assert len(files(world)) == number


def test_who_is_erased_is_gone_from_merged_parts_and_from_those_they_stand_for(tmp_path: Path) -> None:
    world = next(worlds(tmp_path))
    log = Log(world.url)
    with holding(world.store, log, SHOP) as held:
        assert held is not None
        Compacting(SHOP).step(held, world.now)
    assert log.covered(SHOP, Kind.EVENTS) != []
    requests.erase(world.privacy, Who(SHOP, "v1", "a test", world.now), "x1")
    keeping = LogKeeping(Erasing(world.privacy, SHOP), Compacting(SHOP), Retention(395))
    shop = ShopWork(world.store, world.settings, log, SHOP, keeping)
    while shop.round(world.now):
        pass
    whole = (Kind.EVENTS, Kind.EXPOSURES)
    left = [row for part in files(world) if part.kind in whole for row in rows(log, part)]
    assert left
    assert [row for row in left if row["visitor_id"] == "v1"] == []
