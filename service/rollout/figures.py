"""What came of a canary, from the log and the facts that wait for it.

Visitors are told apart by the published hash (`features.assignment`), not by which model answered: a canary that
fails to answer is not spared what it did to its visitors.
"""

from tempfile import TemporaryDirectory
from typing import Final

import pyarrow as pa

from features.assignment import in_canary
from features.log.place import Log
from features.pages import DEFAULT_PAGE
from features.store.protocol import WorkStore
from service.insights.database import database
from service.insights.moments import Moments
from service.insights.question import Question
from service.insights.sources import sources_of
from service.rollout.checks import CANARY, REST, names, nothing
from service.rollout.state import Canary

EFFECTIVE_SECONDS: Final = 3.0  # by then every web process knows the share


def figures_of(
    log: Log, store: WorkStore, shop: str, canary: Canary, until: float
) -> dict[str, dict[str, Moments]]:
    """Return the sums of both groups by check, over [since, until) of the share that stands."""
    since = canary.since + EFFECTIVE_SECONDS
    sources = sources_of(log, store, shop, Question(DEFAULT_PAGE, since, until))
    where = {"since": since, "until": until}
    with TemporaryDirectory() as directory, database(log, sources, directory) as db:
        visitors = [visitor for (visitor,) in db.run("served_visitors", **where)]
        db.see("grouped", _grouped(shop, canary, visitors))
        db.run("served", **where)
        found = {side: sums for side, *sums in db.run("canary", **where)}
    groups = nothing()
    for side, sums in found.items():
        groups[side] = {
            name: Moments(int(n), *map(float, rest)) for name, (n, *rest) in zip(names(), sums, strict=True)
        }
    return groups


def _grouped(shop: str, canary: Canary, visitors: list[str]) -> pa.Table:
    sides = [CANARY if in_canary(shop, canary.version, v, canary.share) else REST for v in visitors]
    return pa.table({"visitor_id": pa.array(visitors, pa.string()), "group": pa.array(sides, pa.string())})
