"""A shop at the pace of its busy hour for a long time: nothing fails, and no process grows."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import redis

from features.facts import IMPRESSION, IMPRESSIONS_KEPT, INTERACTION, INTERACTIONS_KEPT
from features.identity import hash64
from features.sessions.index import KEPT
from features.store.protocol import VisitorState
from features.store.redis_work import connect
from tests.benchmarks import generated
from tests.benchmarks.client import Connection, prepared
from tests.benchmarks.machine import family, resident_bytes
from tests.benchmarks.recommend import LOOKS, trails
from tests.faults.outages import CLIENTS, LISTING, prepare
from tests.faults.town import SHOP, Role, Town, town

VISITORS: Final = 200_000
EVENTS_PER_RANKING: Final = 3
SHARE: Final = 0.6  # of what it can do
CAPACITY_SECONDS: Final = 15.0
WARM_UP_SECONDS: Final = 15.0
SAMPLE_SECONDS: Final = 2.0
_PREFILLED_AT_ONCE: Final = 2_000
_WHOLE: Final = "Redis, what it holds"

Samples = dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class Soaked:
    """What came of it. A step is a ranking and a call with events; `growth` is over the last half, by process."""

    minutes: float
    capacity: float  # steps per second
    steps: int
    per_second: float
    failures: dict[str, int]  # answers other than 200 by call and status; 0: nobody answered
    growth: dict[str, float]  # shares
    megabytes: dict[str, float]  # at the end


@dataclass(slots=True)
class _Steps:
    """What the clients did."""

    done: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, **statuses: int) -> None:
        with self.lock:
            self.done += 1
            self.failures.update(f"{call} {status}" for call, status in statuses.items() if status != 200)


def soaked(minutes: float, visitors: int = VISITORS) -> Soaked:
    """Find out what the service can do, then have it do most of that for a while; weigh its processes meanwhile."""
    with TemporaryDirectory(prefix="balad-soak-") as data, town(Path(data), "everysec") as place:
        prepare(place)
        _prefill(place, visitors)
        _drive(place, visitors, WARM_UP_SECONDS, None)
        capacity = _drive(place, visitors, CAPACITY_SECONDS, None).done / CAPACITY_SECONDS
        samples: Samples = {}
        over = threading.Event()
        weighing = threading.Thread(target=_weigh, args=(place, samples, over))
        weighing.start()
        began = time.monotonic()
        try:
            steps = _drive(place, visitors, 60.0 * minutes, SHARE * capacity)
        finally:
            over.set()
            weighing.join()
        seconds = time.monotonic() - began
    return Soaked(
        minutes,
        capacity,
        steps.done,
        steps.done / seconds,
        dict(steps.failures),
        {name: _growth(weights) for name, weights in samples.items()},
        {name: weights[-1] / 2**20 for name, weights in samples.items()},
    )


def _prefill(place: Town, visitors: int) -> None:
    """Have as much kept of visitors, and of recent sessions, as ever is, so that it grows no more."""
    done, shown = np.zeros(INTERACTIONS_KEPT, INTERACTION), np.zeros(IMPRESSIONS_KEPT, IMPRESSION)
    for records in (done, shown):
        records["item"] = [hash64(generated.item_id(n % LISTING)) for n in range(len(records))]
        records["time"], records["session"], records["price"] = time.time() - 86_400.0, 1, 9.5
    done["action"], done["index"] = 1, -1
    state = VisitorState(done.tobytes(), shown.tobytes())
    with closing(connect(str(place.settings.redis_url), stream_bound=1)) as store:
        for number, first in enumerate(range(0, visitors, _PREFILLED_AT_ONCE)):
            ids = [f"v{n}" for n in range(first, min(first + _PREFILLED_AT_ONCE, visitors))]
            some = dict.fromkeys(ids, state)
            store.extend_visitors(SHOP, 1 + number, some, by_time=False, life_seconds=86_400)
        first_batch = int(time.time() * 1000)  # the worker numbers its batches so
        for number, trail in enumerate(trails(KEPT // LOOKS), start=first_batch):
            store.extend_trail(SHOP, number, trail.to_bytes())


def _drive(place: Town, visitors: int, seconds: float, per_second: float | None) -> _Steps:
    """Have clients rank and send events, at a pace or as fast as they are answered."""
    steps, end = _Steps(), time.monotonic() + seconds
    pause = 0.0 if per_second is None else CLIENTS / per_second

    def client(number: int) -> None:
        draw, due = random.Random(f"{number} {end}"), time.monotonic() + number * pause / CLIENTS
        while time.monotonic() < end:
            try:
                with Connection(place.port) as connection:
                    for ranking, events in _calls(place, visitors, draw):
                        time.sleep(max(0.0, due - time.monotonic()))
                        if time.monotonic() >= end:
                            return
                        due += pause
                        status = connection.send(ranking).status
                        steps.add(ranking=status, events=connection.send(events).status)
            except (OSError, ValueError):
                steps.add(either=0)

    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(client, range(CLIENTS)))
    return steps


def _calls(place: Town, visitors: int, draw: random.Random) -> Iterator[tuple[bytes, bytes]]:
    """Yield the two calls of a step, one visitor after the other."""
    listing = [generated.item_id(n) for n in range(LISTING)]
    key = place.shop.secret_key
    while True:
        who = {"visitor_id": f"v{draw.randrange(visitors)}", "session_id": "s", "consent": True}
        asked = who | {"page": "category/shoes", "items": listing}
        told = [
            who
            | {"name": "view_item", "event_id": f"{draw.getrandbits(64):x}", "page": "category/shoes"}
            | {"items": [{"item_id": draw.choice(listing)}]}
            for _ in range(EVENTS_PER_RANKING)
        ]
        yield prepared("POST", "/v1/rank", key, asked), prepared("POST", "/v1/events", key, {"events": told})


def _weigh(place: Town, samples: Samples, over: threading.Event) -> None:
    """Note the memory of each process again and again."""
    weights: dict[str, Callable[[], float]] = {}
    roles: tuple[Role, ...] = ("web", "worker")
    for role in roles:
        for number, pid in enumerate(family(place.running[role].pid)):
            weights[f"{role} {number}"] = lambda pid=pid: resident_bytes(pid)  # type: ignore[misc]
    weights["Redis"] = lambda: resident_bytes(place.server_pid())
    with closing(redis.Redis.from_url(place.server.url)) as client:
        weights[_WHOLE] = lambda: float(client.info("memory")["used_memory"])
        while not over.wait(SAMPLE_SECONDS):
            for name, weight in weights.items():
                samples.setdefault(name, []).append(weight())


def _growth(weights: list[float]) -> float:
    """Return by what share something grew in the last half: the mean of its end over the mean of its beginning.

    >>> round(_growth([1.0, 1.0, 100.0, 100.0, 100.0, 100.0, 104.0, 104.0]), 3)
    0.04
    """
    half = weights[len(weights) // 2 :]
    quarter = max(len(half) // 2, 1)
    return float(np.mean(half[-quarter:]) / np.mean(half[:quarter]) - 1.0)
