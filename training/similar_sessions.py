"""VMIS-kNN as an order of listings: what sessions like the visitor's own hold, first.

The walk is the one that recommends (`features.sessions.walk`), and a listing sees the sessions as they were before it.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from features.columnar import item_ids
from features.identity import hash64, mixed, session_hash
from features.log.place import Log
from features.log.reader import Fact, Window, facts
from features.log.schema import Kind
from features.matrix import Matrix
from features.sessions.index import Asked, SessionIndex
from features.sessions.trail import Tracks, session_key
from training.baselines import Scores
from training.dataset import Dataset
from training.evaluate import Rival
from training.source import Installation

NAME: Final = "similar sessions first"
HISTORY_SECONDS: Final = 7 * 86_400.0  # before the first listing, from which sessions are taken
_TOUCHES_KEPT: Final = 50  # of a session: more than are looked back at, as each may be of the same item
_LAG: Final = 200  # touches by which the sessions are late at the most

Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Known:
    """Scores that are there already, in the place of a model; of one dataset alone."""

    scores: Scores

    def score(self, X: Matrix) -> Scores:  # noqa: ARG002 - they are known
        """Return them."""
        return self.scores


def rival(place: Installation, shop: str, until: float, judged: Dataset) -> dict[str, Rival]:
    """Return the order under its name, for listings that a shop's log received before `until`; {} without any."""
    if not len(judged):
        return {}
    window = Window(float(judged.time.min()) - HISTORY_SECONDS, until)
    log = facts(Log(place.log_url), shop, (Kind.EXPOSURES, Kind.EVENTS), window)
    return {NAME: Rival(Known(similar_sessions(log, judged)))}


def similar_sessions(log: Iterable[Fact], judged: Dataset) -> Scores:
    """Return for how much sessions like a listing's own hold each of its items, shape (rows,); 0 where none does.

    `log` is in order, and holds the listings and what comes before them.
    """
    scores, rows = np.zeros(len(judged.label)), _Rows.of(judged)
    index, tracks, first = SessionIndex(), Tracks(), float(judged.time.min(initial=np.inf))
    touched: dict[int, deque[int]] = defaultdict(partial(deque, maxlen=_TOUCHES_KEPT))
    for kind, fact in log:
        if fact["visitor_id"] is None:
            continue
        own = session_key(fact["visitor_id"], session_hash(fact["session_id"]))
        if kind is Kind.EXPOSURES or fact["name"] == "view_item_list":
            if fact["time"] >= first and own in touched:
                key = fact["ranking_id"] if kind is Kind.EXPOSURES else fact["event_id"]
                if len((found := rows.find(key, _items(fact))).row):
                    scores[found.row] = index.similar(Asked(tuple(touched[own]), own), found.item)
            continue
        before = len(tracks.rows)
        tracks.event(fact)
        if len(tracks.rows) > before:
            touched[own].extend(_items(fact))
        if len(tracks.rows) >= _LAG:
            index.take(tracks.trail())
            tracks = Tracks()
    return scores


def _items(fact: Mapping[str, Any]) -> list[int]:
    """Return the hashes of a fact's items."""
    return list(map(hash64, item_ids(fact["items"])))


class _Found(NamedTuple):
    """Rows of a dataset, and the items that they are of, by hash."""

    row: npt.NDArray[np.int64]
    item: list[int]


class _Rows(NamedTuple):
    """Where the rows of a dataset are, by what tells each row from all others."""

    tie: Hashes  # (rows,) rising
    row: npt.NDArray[np.int64]  # (rows,)

    @classmethod
    def of(cls, data: Dataset) -> "_Rows":
        order = np.argsort(data.tie)
        return cls(data.tie[order], order)

    def find(self, key: str, items: Sequence[int]) -> _Found:
        """Return the judged rows of a listing, by its id and the hashes of its items."""
        hashed = np.array(items, np.uint64)
        ties = mixed(hashed ^ np.uint64(hash64(key)))
        places = np.minimum(np.searchsorted(self.tie, ties), len(self.tie) - 1)
        is_there = self.tie[places] == ties
        return _Found(self.row[places[is_there]], hashed[is_there].tolist())
