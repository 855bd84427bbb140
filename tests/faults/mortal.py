"""A world that outlives its processes, and processes that die at any step."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import orjson

from features.log.place import Log, Part
from features.log.reader import rows
from features.log.schema import SCHEMAS, Kind
from features.sessions.trail import Trail
from features.store.memory_privacy import MemoryPrivacy
from features.store.memory_work import MemoryWorkStore
from features.store.privacy import PrivacyStore
from features.store.protocol import ExposureWrite, ItemWrite, WorkStore
from features.store.settings import MemorySettings
from service.receiving import as_received, writes_of
from service.shops import create_shop
from service.worker.worker import ShopWork

NOON = 1_795_348_800.0  # 2026-11-22T12:00Z
SHOP = "acme"


class Killed(BaseException):
    """The process is gone: nothing of it runs any more, not even what cleans up."""


class Fate:
    """Counts steps and kills at one of them."""

    def __init__(self, last: int) -> None:
        self.left = last

    def step(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Killed


class MortalStore:
    """A store whose process may die before and after each call."""

    def __init__(self, store: object, fate: Fate) -> None:
        self._store = store
        self._fate = fate

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._store, name)

        def call(*args: object, **named: object) -> object:
            self._fate.step()
            result = method(*args, **named)
            self._fate.step()
            return result

        return call


class MortalLog(Log):
    """A log whose process may die before it reads, writes or removes a file."""

    def __init__(self, url: str, fate: Fate) -> None:
        super().__init__(url)
        self._fate = fate

    def directory(self, part: Part) -> str:
        self._fate.step()
        return super().directory(part)

    def path(self, part: Part) -> str:
        self._fate.step()
        return super().path(part)


class World:
    """What outlives processes: the store, the log, the clock."""

    def __init__(self, directory: Path) -> None:
        self.now = NOON
        self.directory = directory
        self.settings = MemorySettings()
        self.store = MemoryWorkStore(clock=lambda: self.now)
        self.privacy = MemoryPrivacy(self.store)
        self.url = f"file://{directory / 'log'}"
        create_shop(self.settings, SHOP, now=NOON)

    def clock(self) -> float:
        return self.now

    def mortal(self, steps: int) -> tuple[WorkStore, Log]:
        store, log, _ = self.all_mortal(steps)
        return store, log

    def all_mortal(self, steps: int) -> tuple[WorkStore, Log, PrivacyStore]:
        fate = Fate(steps)
        store, privacy = MortalStore(self.store, fate), MortalStore(self.privacy, fate)
        return cast("WorkStore", store), MortalLog(self.url, fate), cast("PrivacyStore", privacy)

    def log_ids(self) -> list[str]:
        """Return what is in the log, file by file: nothing is deduplicated by reading."""
        return sorted(
            str(row.get("event_id") or row.get("ranking_id") or row["item_id"])
            for row in self.log_rows(Kind.EVENTS, Kind.EXPOSURES, Kind.ITEMS)
        )

    def log_rows(self, *kinds: Kind) -> list[dict[str, Any]]:
        """Return the rows of the log, file by file."""
        log = Log(self.url)
        return [row for kind in kinds for part in log.parts(SHOP, kind) for row in rows(log, part)]

    def state(self) -> dict[str, Any]:
        """Return what is derived from the log, without the numbers of the batches that brought it about."""
        shop = self.store.shop(SHOP)
        return {
            "done": {v: shop.done.get(v) for v in VISITORS},
            "shown": {v: shop.shown.get(v) for v in VISITORS},
            "catalogue": {i: orjson.loads(row) for i, row in shop.catalogue.items()},
            "looks": sorted(look for _, packed in shop.trails for look in _looks(Trail.from_bytes(packed))),
            "statistics": {item: record[8:] for item, record in shop.statistics.items()},
        }


VISITORS = [f"v{n}" for n in range(6)]


def event(number: int, at: float) -> dict[str, Any]:
    shown = number % 3 == 0
    items = [
        {"item_id": f"i{(number + k) % 5}", "index": k, "price": None, "quantity": None}
        for k in range(3 if shown else 1)
    ]
    named: dict[str, Any] = dict.fromkeys(
        ("page", "ranking_id", "currency", "value", "transaction_id", "search_term", "detail")
    )
    return named | {
        "event_id": f"e{number}",
        "name": "view_item_list" if shown else "view_item",
        "time": at,
        "visitor_id": VISITORS[number % len(VISITORS)],
        "session_id": "s",
        "consent": True,
        "items": items,
    }


def send(world: World, numbers: range) -> None:
    """Put events, an exposure and an item change into the streams, on two dates."""
    for number in numbers:
        at = world.now - 86_400 * (number % 2)
        kept = as_received(event(number, at), world.now, trusted=True)
        world.store.append(SHOP, writes_of([kept], lambda _: (float("nan"), (0,) * 6)), world.now)
        world.now += 0.5
    exposure = orjson.dumps({"ranking_id": f"r{numbers[0]}", "received_at": world.now, "time": world.now})
    world.store.append_exposure(SHOP, ExposureWrite(f"r{numbers[0]}", "v1", exposure))
    nothing = {name: None for name in SCHEMAS[Kind.ITEMS].names if name != "sequence"}
    said = {"item_id": "i9", "received_at": world.now, "time": world.now, "deleted": False, "price": 9.5}
    row = orjson.dumps(nothing | said)
    world.store.put_items(SHOP, [ItemWrite("i9", row, row)])


def work(world: World, store: WorkStore, log: Log) -> None:
    """Do all there is to do, as a worker that starts now."""
    ShopWork(store, world.settings, log, SHOP).finish(world.now)


def killed_everywhere(
    make: Callable[[], World], run: Callable[[World, WorkStore, Log], None]
) -> Iterator[World]:
    """Yield a world for each step that a process was killed at; then it started again and finished."""
    for steps in itertools.count():
        world = make()
        try:
            run(world, *world.mortal(steps))
        except Killed:
            world.now += 60.0  # the lease of the dead ends, and its suspension
            run(world, world.store, Log(world.url))
            yield world
        else:
            assert steps > 20
            return


def _looks(trail: Trail) -> Iterator[tuple[Any, ...]]:
    """Yield what a trail tells, however its batch was cut."""
    for row in trail.rows.tolist():
        session, time, item, page, what = row
        yield session, time, trail.items[item], trail.pages[page], what
