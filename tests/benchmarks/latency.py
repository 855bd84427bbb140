"""How long one client waits for a ranking."""

from typing import Final

import numpy as np

from tests.benchmarks import generated
from tests.benchmarks.client import Connection
from tests.benchmarks.figures import Figure, Section
from tests.benchmarks.installation import Installation, installation

SIZES: Final = (25, 50, 100, 200, 300, 500)
VISITORS: Final = 64
ASKED: Final = 1_500
WARM_UP: Final = 200
PROMISED: Final = {100: {"p50": 2.2, "p99": 5.0}}


def measure() -> Section:
    """Rank listings of several sizes, one after the other, on one connection."""
    section = Section(
        "Latency of POST /v1/rank",
        f"One client on one kept connection over loopback, {ASKED:,} rankings per size, {VISITORS} visitors in "
        f"turn, each with {generated.SESSION_LENGTH} interactions and a look at 24 items; catalogue, exposures "
        f"and worker as in production; a generated model of {generated.TREES} trees of depth {generated.DEPTH} over "
        "the whole table.",
    )
    fallbacks = 0
    with installation() as balad:
        prepare(balad)
        for size in SIZES:
            seconds, unranked = waits(balad, size)
            fallbacks += unranked
            for name, share in (("p50", 50), ("p99", 99)):
                value = 1_000 * float(np.percentile(seconds, share))
                bound = PROMISED.get(size, {}).get(name)
                section.figures.append(Figure(f"{size} items, {name}", value, "ms", at_most=bound))
    section.figures.append(Figure("answered in the shop's order instead", fallbacks, "rankings", at_most=0))
    return section


def prepare(balad: Installation) -> None:
    """Fill catalogue and sessions, and let the generated model serve."""
    balad.put_items(max(SIZES))
    listing = generated.listing(100)
    events = [e for v in range(VISITORS) for e in generated.session(v, listing, generated.SESSION_LENGTH)]
    balad.send_events(events)
    balad.publish(generated.bundle())


def questions(balad: Installation, size: int) -> list[bytes]:
    """Return a request of each visitor for the same listing."""
    listing = generated.listing(size)
    return [
        balad.request("POST", "/v1/rank", generated.question(visitor, listing)) for visitor in range(VISITORS)
    ]


def waits(balad: Installation, size: int) -> tuple[list[float], int]:
    """Return how long each ranking took, in seconds, and how many were answered in the shop's order.

    Each must hold the whole listing.
    """
    asked = questions(balad, size)
    with Connection(balad.port) as connection:
        answers = [connection.send(asked[n % VISITORS]) for n in range(WARM_UP + ASKED)][WARM_UP:]
    said = [answer.json() for answer in answers]
    if any(len({item["item_id"] for item in ranking["items"]}) != size for ranking in said):
        raise RuntimeError(f"not a permutation of the listing of {size}")
    return [answer.seconds for answer in answers], sum(ranking["reason"] is not None for ranking in said)
