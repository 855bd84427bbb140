"""A live shop, its Redis emptied, and `balad rebuild`: the state must be what it was, byte for byte."""

import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeVar

import orjson
import redis

from features.log.place import Log
from features.store.embedded import EmbeddedServer
from features.store.keys import tag
from features.store.redis_work import connect
from service.app import create_app
from service.settings import Settings, environment
from service.shops import create_shop
from service.wiring import handles
from service.worker.worker import ShopWork
from tests.benchmarks import generated
from tests.benchmarks.generated import SHOP

T = TypeVar("T")

ITEMS: Final = 2_000
LISTING: Final = 60
BATCH: Final = 500
PERIOD_SECONDS: Final = 3 * 86_400.0  # that the live events are spread over
STATE: Final = "vscn"  # what visitors did and saw, the catalogue, the statistics
_BATCH_BYTES: Final = 8  # the number of the batch before a statistics record: it says who wrote, not what


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came of it. `differing`: keys whose value is another, or that only one of the two states has."""

    events: int
    facts: int
    keys: int
    differing: int
    seconds: float
    cpu_seconds: float  # of the process of `balad rebuild`

    @property
    def per_second(self) -> float:
        """Facts per second, start of the program included."""
        return self.facts / self.seconds


class Clock:
    """A clock that is set."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def rebuilt(events: int) -> Rebuilt:
    """Live through some days, lose what Redis derived from them, rebuild it on one core, and compare."""
    with TemporaryDirectory(prefix="balad-rebuild-") as data, EmbeddedServer(Path(data) / "redis") as server:
        settings = Settings(data=Path(data), redis_url=server.url, key_rate=0, visitor_rate=0)
        sent = _live(settings, events)
        with closing(redis.Redis.from_url(server.url)) as client:
            before = state_of(client)
            client.delete(*before)
            began, cpu = time.monotonic(), _children()
            said = _rebuild(settings)
            seconds, cpu = time.monotonic() - began, _children() - cpu
            after = state_of(client)
    names = before.keys() | after.keys()
    differing = sum(before.get(name) != after.get(name) for name in names)
    return Rebuilt(sent, said["facts"], len(before), differing, seconds, cpu)


def state_of(client: redis.Redis) -> dict[bytes, bytes]:
    """Return what Redis derived from the shop's facts, by key."""
    patterns = [f"{tag(SHOP, partition)}:{kind}:*" for partition in range(8) for kind in STATE]
    names = [name for pattern in patterns for name in client.scan_iter(pattern, count=10_000)]
    found: dict[bytes, bytes] = {}
    for some in _batched(names, 1_000):
        values = client.mget(some)
        found.update({name: value for name, value in zip(some, values, strict=True) if value is not None})
    return {name: _told(name, value) for name, value in found.items()}


def _told(name: bytes, value: bytes) -> bytes:
    """Return what a value tells: of a catalogue row the order of its fields is nothing, nor who wrote statistics."""
    if b":c:" in name:
        return orjson.dumps(orjson.loads(value), option=orjson.OPT_SORT_KEYS)
    return value[_BATCH_BYTES:] if b":n:" in name else value


def _live(settings: Settings, events: int) -> int:
    """Send a catalogue and events through the application, with a worker beside it; return how many were sent."""
    clock = Clock(time.time() - PERIOD_SECONDS)
    deps, _ = handles(settings, clock)
    with closing(deps.store), closing(connect(str(settings.redis_url), stream_bound=200_000)) as store:
        shop = create_shop(deps.shop_settings, SHOP, now=clock.now)
        deps.directory.refresh()
        client = create_app(deps).test_client()
        worker = ShopWork(store, deps.shop_settings, Log(settings.log_url), SHOP)
        key = {"Authorization": f"Bearer {shop.secret_key}", "Content-Type": "application/json"}

        def call(method: str, path: str, body: object) -> None:
            answer = client.open(path, method=method, headers=key, data=orjson.dumps(body))
            if answer.status_code != 200 or answer.get_json().get("rejected"):
                raise RuntimeError(f"{path} answered {answer.status_code}: {answer.text[:200]}")

        for some in _batched(generated.items(ITEMS), BATCH):
            call("PUT", "/v1/items", {"items": some})
        sent = 0
        for batch in _batched(_events(events), BATCH):
            call("POST", "/v1/events", {"events": batch})
            sent += len(batch)
            clock.now += len(batch) * PERIOD_SECONDS / events
            while worker.round(clock.now):
                pass
        worker.finish(clock.now)
    return sent


def _events(count: int) -> Iterator[dict[str, Any]]:
    """Yield about so many events: each visitor sees a listing and acts on it, every second one comes back."""
    per_session = generated.SESSION_LENGTH + 1
    for session in range(count // per_session):
        visitor = session // 2 if session % 4 == 3 else session
        listing = generated.listing(LISTING, session * 37 % (ITEMS - LISTING))
        yield from generated.session(visitor, listing, generated.SESSION_LENGTH, seed=session)


def _rebuild(settings: Settings) -> Any:
    """Run the command on one core, where the system can bind a process to one."""
    core = ["taskset", "--cpu-list", str(min(os.sched_getaffinity(0)))]
    words = [*core, sys.executable, "-m", "service.cli", "rebuild", "--shop", SHOP, "--json"]
    said = {name: getattr(settings, name) for name in settings.model_fields_set}
    run = subprocess.run(words, env=environment(**said), capture_output=True, check=True)
    return orjson.loads(run.stdout)


def _children() -> float:
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _batched(stream: Iterable[T], size: int) -> Iterator[list[T]]:
    each = iter(stream)
    while some := list(islice(each, size)):
        yield some
