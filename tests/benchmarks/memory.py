"""What a large catalogue costs a web process, and a visitor and an item cost Redis."""

import time
from typing import Final

from features.heap import GIVE_BACK_SECONDS
from features.identity import hash64, partition_of
from features.store import keys
from tests.benchmarks import generated
from tests.benchmarks.client import Connection
from tests.benchmarks.figures import Figure, Section
from tests.benchmarks.installation import Installation, installation
from tests.benchmarks.machine import resident_bytes

ITEMS: Final = 100_000
LISTING: Final = 500
RANKED: Final = 100
RANKINGS: Final = 1_000
SESSIONS: Final = {15: 1.2, 200: 9.0}  # interactions -> KB promised
_SAMPLE: Final = 200


def measure() -> Section:
    """Rank every item of a large catalogue in one web process; then weigh the keys in Redis."""
    with installation(workers=1) as balad:
        balad.put_items(ITEMS)
        balad.publish(generated.bundle())
        before = _web_bytes(balad)
        _rank_all(balad)
        time.sleep(1.5 * GIVE_BACK_SECONDS)
        figures = [
            Figure("web process before the catalogue was ranked", before / 2**20, "MB"),
            Figure(
                f"web process with {ITEMS:,} items in its cache", _web_bytes(balad) / 2**20, "MB", at_most=300
            ),
            *_visitors(balad),
            *_items(balad),
            Figure(f"a ranking of {RANKED} items in the log", _logged_bytes(balad), "bytes"),
        ]
    return Section(
        "Memory",
        f"One web process that ranked {ITEMS:,} items, {LISTING} at a time: resident memory, shared pages included, "
        f"{1.5 * GIVE_BACK_SECONDS:g} s later. "
        "Redis: MEMORY USAGE of all keys of a visitor or an item, in KB of 1,000 bytes. Log: what "
        f"{RANKINGS:,} rankings for {_SAMPLE} visitors added to it.",
        figures,
    )


def _web_bytes(balad: Installation) -> int:
    return max(resident_bytes(pid) for pid in balad.web_processes())


def _rank_all(balad: Installation) -> None:
    with Connection(balad.port) as connection:
        for first in range(0, ITEMS, LISTING):
            question = generated.question(0, generated.listing(LISTING, first), deadline_ms=5_000)
            said = connection.send(balad.request("POST", "/v1/rank", question)).json()
            if said["reason"] is not None:
                raise RuntimeError(f"not personalised: {said['reason']}")


def _logged_bytes(balad: Installation) -> float:
    """Rank for some visitors and return how many bytes of the log each ranking took."""
    balad.drained_after()
    before = balad.log_bytes()
    with Connection(balad.port) as connection:
        for number in range(RANKINGS):
            question = generated.question(
                number % _SAMPLE, generated.listing(RANKED, number * 7), deadline_ms=5_000
            )
            connection.send(balad.request("POST", "/v1/rank", question))
    balad.drained_after()
    return (balad.log_bytes() - before) / RANKINGS


def _visitors(balad: Installation) -> list[Figure]:
    """Weigh visitors of several lengths, each of whom also saw a listing."""
    figures = []
    for visitor, (length, bound) in enumerate(SESSIONS.items(), start=1):
        balad.send_events(generated.session(visitor, generated.listing(100), length))
        name = f"visitor-{visitor:06d}"
        done, shown = keys.visitor_keys(generated.SHOP, partition_of(name), name)
        figures.append(
            Figure(f"a visitor's {length} interactions", _kilobytes(balad, done), "KB", at_most=bound)
        )
    return [*figures, Figure("a visitor's 24 impressions, beside them", _kilobytes(balad, shown), "KB")]


def _items(balad: Installation) -> list[Figure]:
    sample = [generated.item_id(number) for number in range(_SAMPLE)]
    rows = [keys.catalogue_key(generated.SHOP, partition_of(i), i) for i in sample]
    counts = [keys.statistics_key(generated.SHOP, partition_of(i), hash64(i)) for i in sample]
    counted = [size for key in counts if (size := _kilobytes(balad, key))]
    figures = [Figure("an item's catalogue row", sum(_kilobytes(balad, key) for key in rows) / _SAMPLE, "KB")]
    if counted:
        figures.append(
            Figure("an item's statistics, on the day it was first seen", sum(counted) / len(counted), "KB")
        )
    return figures


def _kilobytes(balad: Installation, key: str) -> float:
    return (balad.store.memory_usage(key, samples=0) or 0) / 1_000
