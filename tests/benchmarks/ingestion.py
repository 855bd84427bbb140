"""How many events the service takes in."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from time import monotonic
from typing import Any, Final

import numpy as np

from tests.benchmarks import generated
from tests.benchmarks.client import Connection
from tests.benchmarks.figures import Figure, Section
from tests.benchmarks.installation import Installation, installation

BATCH: Final = 100
BATCHES: Final = 300
CONNECTIONS: Final = 4
VISITORS: Final = 2_000
ITEMS: Final = 2_000
LISTS_SHARE: Final = 0.4
LIST: Final = 24
_NAMES: Final = (("view_item", 0.7), ("select_item", 0.2), ("add_to_cart", 0.1))


def measure() -> Section:
    """Send the same number of events twice: with listings among them, and of one item each."""
    section = Section(
        "Ingestion over POST /v1/events",
        f"{BATCHES * BATCH:,} events in batches of {BATCH} on {CONNECTIONS} kept connections, prepared before; "
        f"{VISITORS:,} visitors, {ITEMS:,} items of a catalogue; mixed: {LISTS_SHARE:.0%} of the events are "
        f"view_item_list of {LIST} items, the others are about one. The worker runs.",
    )
    with installation() as balad:
        balad.put_items(ITEMS)
        numbers = count()
        _send(balad, _batches(balad, 20, LISTS_SHARE, numbers))
        balad.drained_after()
        for name, share, bound in (("of one item each", 0.0, 8_000.0), ("mixed", LISTS_SHARE, None)):
            batches = _batches(balad, BATCHES, share, numbers)
            before, logged = balad.cpu_seconds(), balad.log_bytes()
            seconds = _send(balad, batches)
            waiting = balad.facts_waiting()
            drained = balad.drained_after()
            spent = {role: cpu - before[role] for role, cpu in balad.cpu_seconds().items()}
            events = BATCHES * BATCH
            section.figures.extend(
                [
                    Figure(f"events per second, {name}", events / seconds, "/s", at_least=bound),
                    Figure(f"CPU per event, {name}", 1e6 * sum(spent.values()) / events, "us"),
                    *(Figure(f"  of it {role}", 1e6 * cpu / events, "us") for role, cpu in spent.items()),
                    Figure(f"facts the worker still had to do, {name}", waiting, "facts"),
                    Figure(f"  done with after, {name}", drained, "s"),
                    Figure(f"an event in the log, {name}", (balad.log_bytes() - logged) / events, "bytes"),
                ]
            )
        section.figures.append(Figure("worker process at the end", balad.worker_bytes() / 2**20, "MB"))
    return section


def _batches(balad: Installation, number: int, lists_share: float, numbers: "count[int]") -> list[bytes]:
    rng = np.random.default_rng(next(numbers))
    return [
        balad.request(
            "POST", "/v1/events", {"events": [_event(rng, lists_share, next(numbers)) for _ in range(BATCH)]}
        )
        for _ in range(number)
    ]


def _event(rng: np.random.Generator, lists_share: float, number: int) -> dict[str, Any]:
    visitor = int(rng.integers(VISITORS))
    event = {
        "event_id": f"event-{number:09d}",
        "visitor_id": f"visitor-{visitor:06d}",
        "session_id": f"session-{visitor:06d}",
        "page": generated.PAGE,
        "consent": True,
    }
    if rng.random() < lists_share:
        first = int(rng.integers(ITEMS - LIST))
        shown = generated.listing(LIST, first)
        return {
            **event,
            "name": "view_item_list",
            "items": [{"item_id": i, "index": n} for n, i in enumerate(shown)],
        }
    name = rng.choice([name for name, _ in _NAMES], p=[share for _, share in _NAMES])
    return {**event, "name": str(name), "items": [{"item_id": generated.item_id(int(rng.integers(ITEMS)))}]}


def _send(balad: Installation, batches: Sequence[bytes]) -> float:
    """Send all batches and return the seconds it took; every event must be accepted."""

    def one(number: int) -> int:
        with Connection(balad.port) as connection:
            answers = [connection.send(batch).json() for batch in batches[number::CONNECTIONS]]
        return sum(answer["accepted"] for answer in answers)

    began = monotonic()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        accepted = sum(pool.map(one, range(CONNECTIONS)))
    seconds = monotonic() - began
    if accepted != len(batches) * BATCH:
        raise RuntimeError(f"{accepted} of {len(batches) * BATCH} events were accepted")
    return seconds
