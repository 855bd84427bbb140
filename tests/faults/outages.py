"""Rankings while Redis is stopped, or answers late: each is answered 200, in time, and all is well soon after."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np

from tests.benchmarks import generated
from tests.benchmarks.client import Connection, prepared
from tests.benchmarks.installation import until
from tests.faults.town import Town, send, town

RANKINGS_PER_SECOND: Final = 200
CLIENTS: Final = 8
LISTING: Final = 40
DEADLINE_MS: Final = 50.0


@dataclass(frozen=True, slots=True)
class Outage:
    """What rankings did before and while Redis was away; waits in milliseconds."""

    seconds: float
    before_p99: float
    during_p99: float
    rankings: int
    not_200: int
    events_status: int
    back_after_seconds: float


@dataclass(frozen=True, slots=True)
class Slow:
    """What rankings did while each answer of Redis came `delay_ms` late; waits in milliseconds."""

    delay_ms: float
    rankings: int
    not_200: int
    p99: float
    longest: float
    late: int  # answered after the deadline, as their callers see it


def stopped(seconds: float) -> Outage:
    """Stop Redis (SIGSTOP: it is there and does not answer) under rankings, then let it go on."""
    with TemporaryDirectory(prefix="balad-outage-") as data, town(Path(data), "everysec") as place:
        prepare(place)
        before = rank(place, min(seconds, 10.0))
        pid = place.server_pid()
        os.kill(pid, signal.SIGSTOP)
        try:
            during = rank(place, seconds)
            with Connection(place.port) as connection:
                event = connection.send(_event(place, "away"))
        finally:
            os.kill(pid, signal.SIGCONT)
        began = time.monotonic()
        while send(place.port, _event(place, "back")) != 200 or not _personalises(place):
            if time.monotonic() - began > 60.0:
                raise TimeoutError("no full service a minute after Redis came back")
            time.sleep(0.02)
        back = time.monotonic() - began
        return Outage(
            seconds,
            p99(before),
            p99(during),
            len(during),
            sum(status != 200 for _, status in during),
            event.status,
            back,
        )


def slow(delay_ms: float, seconds: float) -> Slow:
    """Put a proxy between the service and Redis that holds back each answer."""
    with TemporaryDirectory(prefix="balad-slow-") as data, town(Path(data), "everysec") as place:
        prepare(place)
        inside = str(place.server.directory / "server.sock")
        with _late_proxy(inside, delay_ms / 1000) as port:
            place.settings = place.settings.at(redis_url=f"redis://127.0.0.1:{port}")
            place.restart("web")
            until(lambda: send(place.port, _question(place, 0)) == 200)
            waits = rank(place, seconds)
        return Slow(
            delay_ms,
            len(waits),
            sum(status != 200 for _, status in waits),
            p99(waits),
            max(wait for wait, _ in waits),
            sum(wait > DEADLINE_MS for wait, _ in waits),
        )


def prepare(place: Town) -> None:
    """Give the shop items and a model, and wait until its listings are personalised."""
    key = place.shop.secret_key
    items = {"items": list(generated.items(LISTING))}
    for request in (
        prepared("PUT", "/v1/pages/default", key, {"state": "on", "holdout": 0.0, "exploration": 0.0}),
        prepared("PUT", "/v1/items", key, items),
    ):
        if send(place.port, request) != 200:
            raise RuntimeError("the shop could not be prepared")
    place.publish()
    until(lambda: all(_personalises(place) for _ in range(20)))
    rank(place, 2.0)


def rank(place: Town, seconds: float, per_second: int = RANKINGS_PER_SECOND) -> list[tuple[float, int]]:
    """Rank at a steady rate; each wait in milliseconds, from when the call was due, and its status."""
    waits: list[tuple[float, int]] = []
    pause = CLIENTS / per_second

    def client(number: int) -> None:
        began, n = time.perf_counter() + number / per_second, 0
        with Connection(place.port) as connection:
            while (due := began + n * pause) < began + seconds:
                question = _question(place, n * CLIENTS + number)
                time.sleep(max(0.0, due - time.perf_counter()))
                status = connection.send(question).status
                waits.append((1000 * (time.perf_counter() - due), status))
                n += 1

    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(client, range(CLIENTS)))
    return waits


@contextmanager
def _late_proxy(unix_socket: str, delay_seconds: float) -> Iterator[int]:
    """Listen on loopback and pass everything on to a server, its answers late."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(unix_socket)
                for source, sink, late in ((client, server, 0.0), (server, client, delay_seconds)):
                    threading.Thread(target=_pass_on, args=(source, sink, late), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


def _pass_on(source: socket.socket, sink: socket.socket, late: float) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            time.sleep(late)
            sink.sendall(data)
    for end in (source, sink):
        with suppress(OSError):
            end.close()


def _question(place: Town, number: int) -> bytes:
    listing = [generated.item_id(n) for n in range(LISTING)]
    asked = {"page": "category/shoes", "visitor_id": f"v{number % 100}", "consent": True, "items": listing}
    return prepared("POST", "/v1/rank", place.shop.secret_key, asked | {"deadline_ms": DEADLINE_MS})


def _personalises(place: Town) -> bool:
    with Connection(place.port) as connection:
        return connection.send(_question(place, 0)).json()["reason"] is None


def _event(place: Town, event_id: str) -> bytes:
    event = {"name": "view_item", "event_id": event_id, "visitor_id": "v", "consent": True}
    return prepared(
        "POST",
        "/v1/events",
        place.shop.secret_key,
        {"events": [event | {"items": [{"item_id": generated.item_id(0)}]}]},
    )


def p99(waits: list[tuple[float, int]]) -> float:
    """Return the 99th percentile of the waits."""
    return float(np.percentile([wait for wait, _ in waits], 99))
