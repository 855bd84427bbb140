"""What the merchant's side costs a ranking: one listing on a page that is only on, and on one that is worked on."""

from typing import Any, Final

import numpy as np

from tests.benchmarks import generated
from tests.benchmarks.client import Connection
from tests.benchmarks.figures import Figure, Section
from tests.benchmarks.installation import Installation, installation
from tests.benchmarks.latency import VISITORS, WARM_UP, prepare

SIZE: Final = 100
ASKED: Final = 3_000  # of each page, in turn
PLAIN: Final = "category/plain"
WORKED_ON: Final = "category/worked-on"
SETTINGS: Final[dict[str, Any]] = {
    "state": "test",
    "traffic": 1.0,
    "holdout": 0.0,
    "schedule": {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "time_zone": "Europe/Paris"},
    "rules": [
        {"kind": "hide", "id": "sold-out", "match": {"in_stock": False}},
        {"kind": "pin", "id": "hero", "item_id": generated.item_id(7), "index": 0},
        {"kind": "boost", "id": "own", "match": {"attributes": {"brand": ["brand 3"]}}, "factor": 2.0},
        {"kind": "bury", "id": "dear", "match": {"price": {"at_least": 200.0}}, "factor": 2.0},
        {"kind": "diversity", "id": "mixed", "attribute": "brand", "at_most": 2},
    ],
}


def measure() -> Section:
    """Ask for both pages in turn, on one connection."""
    with installation() as balad:
        prepare(balad)
        balad.call("PUT", f"/v1/pages/{WORKED_ON}", SETTINGS)
        plain, worked_on = waits(balad)
    figures = [
        Figure(f"{name}, p50", 1_000 * float(np.median(s)), "ms")
        for name, s in (
            ("page that is on", plain),
            ("page in test with a schedule and five rules", worked_on),
        )
    ]
    more = figures[1].value - figures[0].value
    return Section(
        "What a test, a schedule and rules cost a ranking",
        f"One client on one kept connection, {ASKED:,} rankings of {SIZE} items for each of two pages, in turn, by "
        "the same model. The second page is in test, on a schedule, and has five rules: hide, pin, boost, bury, "
        "diversity.",
        [*figures, Figure("more, at the median", more, "ms", at_most=0.15)],
    )


def waits(balad: Installation) -> tuple[list[float], list[float]]:
    """Return how long the rankings of each page took, in seconds; all must be personalised."""
    listing = generated.listing(SIZE)
    asked = [
        balad.request("POST", "/v1/rank", {**generated.question(visitor, listing), "page": page})
        for visitor in range(VISITORS)
        for page in (PLAIN, WORKED_ON)
    ]
    with Connection(balad.port) as connection:
        answers = [connection.send(asked[n % len(asked)]) for n in range(2 * (WARM_UP + ASKED))][
            2 * WARM_UP :
        ]
    if unranked := sum(answer.json()["reason"] is not None for answer in answers):
        raise RuntimeError(f"{unranked} rankings were not personalised")
    seconds = [answer.seconds for answer in answers]
    return seconds[::2], seconds[1::2]
