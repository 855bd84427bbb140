"""Rounds of kill -9 at a random moment under load, and what of the acknowledged events is left in the log."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Final, Literal

from tests.benchmarks.client import Connection, prepared
from tests.faults.town import PATIENCE_SECONDS, ROLES, Role, Town, town

BATCH: Final = 25
SENDERS: Final = 4
PER_SECOND: Final = 600  # events; the promise speaks of 500
VISITORS: Final = 500
LONGEST_PAUSE: Final = 2.0  # between a service that works and the next kill
_LONGEST_WAIT: Final = 0.2  # of a sender that got no answer, before it sends the same again


@dataclass
class Sent:
    """What was acknowledged: event ids, with when (on the monotonic clock), and how often nobody answered well."""

    acknowledged: dict[str, float] = field(default_factory=dict)
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """What came of the rounds. `oldest_loss_seconds`: how long before a kill of Redis a lost event was acknowledged."""

    mode: str
    rounds: int
    kills: dict[Role, int]
    seconds: float
    acknowledged: int
    failures: int
    missing: int
    doubled: int
    oldest_loss_seconds: float

    @property
    def per_second(self) -> float:
        """Events acknowledged per second, all interruptions included."""
        return self.acknowledged / self.seconds


def kill_rounds(
    mode: Literal["everysec", "always"],
    rounds: int,
    seed: int,
    longest_seconds: float = float("inf"),
    told: Callable[[int, int], None] = lambda _round, _acknowledged: None,
) -> Report:
    """Send events while a random process is killed at a random moment, round after round; then look into the log.

    Each round begins with a service that takes events. No round begins after `longest_seconds`; `told` hears of each
    its number and the events acknowledged until then.
    """
    draw, kills, redis_kills = random.Random(seed), dict.fromkeys(ROLES, 0), list[float]()
    with TemporaryDirectory(prefix="balad-kill-") as data, town(Path(data), mode) as place:
        sent, began = Sent(), time.monotonic()
        with sending(place, sent):
            for number in range(1, rounds + 1):
                if time.monotonic() - began > longest_seconds:
                    break
                _wait_for_more(sent)
                time.sleep(draw.uniform(0.0, LONGEST_PAUSE))
                role = draw.choice(ROLES)
                if role == "redis":
                    redis_kills.append(time.monotonic())
                place.kill(role, draw)
                kills[role] += 1
                told(number, len(sent.acknowledged))
            _wait_for_more(sent)
        seconds = time.monotonic() - began
        place.finish()
        logged = place.logged()
    missing = [at for event, at in sent.acknowledged.items() if event not in logged]
    return Report(
        mode=mode,
        rounds=sum(kills.values()),
        kills=kills,
        seconds=seconds,
        acknowledged=len(sent.acknowledged),
        failures=sent.failures,
        missing=len(missing),
        doubled=sum(times > 1 for times in logged.values()),
        oldest_loss_seconds=_oldest_loss(missing, redis_kills),
    )


def _oldest_loss(missing: list[float], redis_kills: list[float]) -> float:
    """Return how long before a kill of Redis a lost event was acknowledged, at most; infinity where none followed."""
    before = [
        min(k - at for k in redis_kills if k >= at) for at in missing if redis_kills and redis_kills[-1] >= at
    ]
    return float("inf") if len(before) < len(missing) else max(before, default=0.0)


@contextmanager
def sending(place: Town, sent: Sent, per_second: int = PER_SECOND) -> Iterator[None]:
    """Send events at a steady rate from some threads, each batch again until it is acknowledged.

    What an interruption kept from being sent is sent after it, as fast as it is taken.
    """
    stop = Event()
    threads = [
        Thread(target=_send, args=(place, sent, number, BATCH * SENDERS / per_second, stop), daemon=True)
        for number in range(SENDERS)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


class _Line:
    """A connection that is made again where it broke."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection: Connection | None = None

    def send(self, request: bytes) -> int:
        """Send a request; the status, 0 where nobody answered."""
        try:
            self._connection = self._connection or Connection(self._port)
            return self._connection.send(request).status
        except (OSError, ValueError):
            self.close()
            return 0

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._connection is not None:
            self._connection.__exit__()
        self._connection = None


def _send(place: Town, sent: Sent, sender: int, pause: float, stop: Event) -> None:
    number, due = 0, time.monotonic()
    with closing(_Line(place.port)) as line:
        while not stop.is_set():
            ids = [f"{sender}-{number}-{n}" for n in range(BATCH)]
            events = {"events": [_event(i) for i in ids]}
            request = prepared("POST", "/v1/events", place.shop.secret_key, events)
            while line.send(request) != 200:
                sent.failures += 1
                if stop.wait(_LONGEST_WAIT):
                    return  # whether it was taken is unknown: it was not acknowledged
            now = time.monotonic()
            sent.acknowledged.update(dict.fromkeys(ids, now))
            number += 1
            due += pause
            stop.wait(max(0.0, due - now))


def _event(event_id: str) -> dict[str, object]:
    visitor = hash(event_id) % VISITORS
    named = {"name": "view_item", "event_id": event_id, "visitor_id": f"v{visitor}", "consent": True}
    return named | {"items": [{"item_id": f"i{visitor % 50}"}]}


def _wait_for_more(sent: Sent) -> None:
    """Wait until the service takes events again, so that each round begins with a service that works."""
    before, end = len(sent.acknowledged), time.monotonic() + PATIENCE_SECONDS
    while len(sent.acknowledged) <= before:
        if time.monotonic() > end:
            raise TimeoutError("no event is acknowledged any more")
        time.sleep(0.01)
