"""What the tables of a million sessions cost to make from events, and how soon an event is in them."""

import os
import time
from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from features.sessions.index import SessionIndex
from features.sessions.trail import Tracks, Trail
from tests.benchmarks import generated
from tests.benchmarks.figures import Figure, Section
from tests.benchmarks.installation import Installation, installation, until
from tests.benchmarks.machine import resident_bytes

ITEMS: Final = 43_000
SESSIONS: Final = 1_000_000
LOOKS: Final = 5  # of a session
TRIES: Final = 10
_CHUNK: Final = 1_000  # sessions of a trail
_BEGIN: Final = 1_700_000_000.0


def measure() -> Section:
    """Make the tables, then look at an item and ask until it is suggested."""
    section = Section(
        "Tables of sessions",
        f"{SESSIONS:,} generated sessions of {LOOKS} looks at {ITEMS:,} items: their events become trails, as with the "
        "worker, and the trails the table of one web process; events are made outside the clock. Then, on a running "
        f"service, {TRIES} times: somebody looks at two new items, and somebody else asks what goes with the first, "
        "until the second is answered.",
    )
    section.figures.extend(_tables())
    with installation() as balad:
        waited = [_until_suggested(balad, number) for number in range(TRIES)]
    section.figures.append(
        Figure("from an event to its suggestion, the longest", max(waited), "s", at_most=10)
    )
    return section


def _tables() -> Iterator[Figure]:
    index, before = SessionIndex(), resident_bytes(os.getpid()) / 1e6
    tracking = taking = size = 0.0
    for events in _events():
        began = time.perf_counter()
        packed = _packed(events)
        between = time.perf_counter()
        index.take(Trail.from_bytes(packed))
        tracking += between - began
        taking += time.perf_counter() - between
        size += len(packed)
    if index.sessions != SESSIONS:
        raise RuntimeError(f"the table holds {index.sessions:,} sessions")
    yield Figure("a million sessions, made in", tracking + taking, "s", at_most=300)
    yield Figure("  of it, trails from events", tracking, "s")
    yield Figure("  memory of the table", resident_bytes(os.getpid()) / 1e6 - before, "MB", at_most=2_000)
    yield Figure("  their trails in Redis", size / 1e6, "MB")


def _packed(events: list[dict[str, Any]]) -> bytes:
    tracks = Tracks()
    for event in events:
        tracks.event(event)
    return tracks.trail().to_bytes()


def _events() -> Iterator[list[dict[str, Any]]]:
    """Yield the looks of sessions that begin at popular items and mostly go on close by, the oldest first."""
    rng = np.random.default_rng(1)
    for first in range(0, SESSIONS, _CHUNK):
        begins = (ITEMS * rng.random(_CHUNK) ** 3).astype(np.int64)
        steps = rng.geometric(0.05, (_CHUNK, LOOKS)).cumsum(axis=1)
        yield [
            _look(f"v-{first + number}", generated.item_id(item), _BEGIN + first + place)
            for number, items in enumerate(((begins[:, None] + steps) % ITEMS).tolist())
            for place, item in enumerate(items)
        ]


def _look(visitor: str, item_id: str, at: float) -> dict[str, Any]:
    return {
        "name": "view_item",
        "time": at,
        "visitor_id": visitor,
        "session_id": "s",
        "page": "product",
        "items": [{"item_id": item_id}],
    }


def _until_suggested(balad: Installation, number: int) -> float:
    """Return how long it took, in seconds, from the answer to the events on."""
    pair = [f"new-{number}-{side}" for side in "ab"]
    balad.send_events(
        [
            {
                "name": "view_item",
                "event_id": f"live-{item_id}",
                "visitor_id": f"looker-{number}",
                "session_id": "s",
                "consent": True,
                "page": "product",
                "items": [{"item_id": item_id}],
            }
            for item_id in pair
        ]
    )
    began = time.perf_counter()
    question = {"page": "product", "item_id": pair[0], "n": 5}

    def suggested() -> bool:
        answer = balad.call("POST", "/v1/recommend", question)
        return pair[1] in [item["item_id"] for item in answer["items"]]

    until(suggested)
    return time.perf_counter() - began
