"""A worker, an import or a rebuild that is killed between any two steps loses nothing and doubles nothing."""

import itertools
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from features.log.place import Log
from features.store.protocol import WorkStore
from service.importing.intake import Events
from service.importing.load import Into, Load
from service.importing.rebuild import Rebuild
from service.importing.records import Source
from service.importing.rejects import Rejects
from service.shops import shop_of
from tests.faults.mortal import NOON, SHOP, Killed, World, event, killed_everywhere, send, work


def test_a_worker(tmp_path: Path) -> None:
    numbers = itertools.count()

    def fresh() -> World:
        world = World(tmp_path / str(next(numbers)))
        send(world, range(9))
        return world

    plain = fresh()
    work(plain, plain.store, Log(plain.url))
    assert len(plain.log_ids()) == 11
    for world in killed_everywhere(fresh, work):
        assert world.log_ids() == plain.log_ids()
        assert world.state() == plain.state()
        assert world.store.stream_state(SHOP).length == 0


def test_a_worker_with_more_coming_in(tmp_path: Path) -> None:
    numbers = itertools.count()

    def fresh() -> World:
        world = World(tmp_path / str(next(numbers)))
        send(world, range(9))
        return world

    def work_then_more(world: World, store: WorkStore, log: Log) -> None:
        work(world, store, log)
        if "e20" not in world.log_ids():
            send(world, range(20, 26))
        work(world, store, log)

    plain = fresh()
    work_then_more(plain, plain.store, Log(plain.url))
    for world in killed_everywhere(fresh, work_then_more):
        assert world.log_ids() == plain.log_ids()
        assert world.state()["statistics"].keys() == plain.state()["statistics"].keys()


def importer(tmp_path: Path) -> Callable[[World, WorkStore, Log], None]:
    file = tmp_path / "events.jsonl"
    lines = [event(n, NOON - 86_400 * (n % 2) + n) for n in range(40)]
    file.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))

    def run(world: World, store: WorkStore, log: Log) -> None:
        into = Into(store, log, shop_of(world.settings, SHOP), world.clock)
        load = Load(into, Events(), Rejects(world.directory / "rejected"))
        load.prepare()
        source = Source(file)
        for _ in load.take(source):
            pass
        source.close()

    return run


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # the killed one closes nothing
def test_an_import(tmp_path: Path) -> None:
    numbers = itertools.count()
    run = importer(tmp_path)

    def fresh() -> World:
        return World(tmp_path / str(next(numbers)))

    plain = fresh()
    run(plain, plain.store, Log(plain.url))
    assert len(plain.log_ids()) == 40
    for world in killed_everywhere(fresh, run):
        assert world.log_ids() == plain.log_ids()
        assert world.state() == plain.state()


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_an_import_that_a_worker_finishes(tmp_path: Path) -> None:
    """What the dead import had written reaches the state though nobody runs the import again."""
    numbers = itertools.count()
    run = importer(tmp_path)
    for steps in range(60):
        world = World(tmp_path / str(next(numbers)))
        try:
            run(world, *world.mortal(steps))
        except Killed:
            world.now += 60.0
            work(world, world.store, Log(world.url))
        written = world.log_ids()
        before = world.state()
        Rebuild(world.store, world.settings, world.privacy, Log(world.url), SHOP, world.clock).run()
        assert world.state() == before
        assert world.log_ids() == written


def test_a_rebuild(tmp_path: Path) -> None:
    numbers = itertools.count()

    def fresh() -> World:
        world = World(tmp_path / str(next(numbers)))
        send(world, range(9))
        work(world, world.store, Log(world.url))
        send(world, range(30, 36))
        return world

    def rebuild(world: World, store: WorkStore, log: Log) -> None:
        Rebuild(store, world.settings, world.privacy, log, SHOP, world.clock).run()

    plain = fresh()
    work(plain, plain.store, Log(plain.url))
    for world in killed_everywhere(fresh, rebuild):
        assert world.log_ids() == plain.log_ids()
        assert world.state() == plain.state()
        assert world.store.stream_state(SHOP).length == 0
