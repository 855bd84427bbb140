"""From a log to examples: a session as far as it had come, its candidates as of then, and which of them came next.

Sessions go into the index as serving puts them there, and an example sees only those before it: a chunk is taken in
when all its examples are made, which is the second by which a process that serves lags behind.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from features.facts import SESSION_GAP_SECONDS
from features.identity import hash64
from features.log.reader import Fact
from features.log.schema import Kind
from features.sessions.columns import COLUMNS, NAMES, TABLE_HASH
from features.sessions.index import CANDIDATES, Asked, SessionIndex, Suggested
from features.sessions.trail import LOOK, NOBODY, Tracks, Trail, is_touch
from training.dataset import Dataset

LEARNED_SHARE: Final = 0.1  # of the looks, the newest: what came before is there to suggest from
LEARNED_AT_LEAST: Final = 20_000  # looks, so that a small log leaves enough
MOST_EXAMPLES: Final = 70_000  # looks they are drawn from, evenly
_CHUNK: Final = 2_000  # rows of a trail


class Next(NamedTuple):
    """A session as far as it had come, and the item that came next."""

    asked: Asked
    item: int  # hash
    time: float


@dataclass(slots=True)
class _Open:
    """A session under way."""

    items: list[int]
    time: float
    what: int


class Walk:
    """Somebody's sessions, row by row: what was touched before each look."""

    def __init__(self) -> None:
        self._open: dict[int, _Open] = {}

    def nexts(self, trail: Trail) -> Iterator[Next | None]:
        """Yield, for each row, what there is to learn from it.

        Nothing of a first look; nor of a second look at the item that was just acted on, which is the page behind a
        click and no choice.
        """
        hashes = [hash64(item_id) for item_id in trail.items]
        rows = zip(
            *(trail.rows[name].tolist() for name in ("session", "time", "item", "page", "what")), strict=True
        )
        for (key, time, item, page, what), touched in zip(rows, is_touch(trail.rows).tolist(), strict=True):
            if not touched or key == NOBODY:
                yield None
                continue
            yield self._step(Next(Asked((), key, trail.pages[page]), hashes[item], time), what)

    def _step(self, step: Next, what: int) -> Next | None:
        asked, item, time = step
        session = self._open.get(asked.own)
        if session is None or time - session.time > SESSION_GAP_SECONDS:
            self._open[asked.own] = _Open([item], time, what)
            return None
        again = item == session.items[-1] and not what == session.what == LOOK
        found = None if again else Next(asked._replace(touched=tuple(session.items)), item, time)
        session.items.append(item)
        session.time, session.what = time, what
        return found


def trails_of(facts: Iterable[Fact]) -> list[Trail]:
    """Return a log as trails."""
    trails, tracks = [], Tracks()
    for kind, row in facts:
        if kind is Kind.EVENTS:
            tracks.event(row)
        elif kind is Kind.ITEMS:
            tracks.item(row)
        if len(tracks.rows) >= _CHUNK:
            trails.append(tracks.trail())
            tracks = Tracks()
    return [*trails, tracks.trail()]


def examples(trails: list[Trail], most: int = MOST_EXAMPLES) -> Dataset:
    """Return the newest sessions as listings of candidates, in the candidates' own order; what came next is labelled 1.

    Where that is not among them there is nothing to learn, and no listing.
    """
    looks = sum(int(is_touch(trail.rows).sum()) for trail in trails)
    learned = min(max(int(looks * LEARNED_SHARE), LEARNED_AT_LEAST), int(looks * 0.8))
    every, met, seen = max(learned / most, 1.0), 0.0, 0
    index, walk, kept = SessionIndex(), Walk(), _Kept()
    for trail in trails:
        for found in walk.nexts(trail):
            seen += 1
            if found is None or seen < looks - learned:
                continue
            met += 1.0
            if met >= every:
                met -= every
                kept.add(found, index.suggest(found.asked))
        index.take(trail)
    return kept.dataset()


class _Kept:
    """Examples as they are made."""

    def __init__(self) -> None:
        self._X: list[npt.NDArray[np.float32]] = []
        self._wanted: list[int] = []
        self._nexts: list[Next] = []

    def add(self, found: Next, suggested: Suggested) -> None:
        """Keep an example if what came next is among the candidates."""
        hashes = [hash64(item_id) for item_id in suggested.item_ids]
        if found.item in hashes:
            self._X.append(suggested.X)
            self._wanted.append(hashes.index(found.item))
            self._nexts.append(found)

    def dataset(self) -> Dataset:
        """Return all that was kept."""
        group = np.array([len(X) for X in self._X], np.int32)
        rows = int(group.sum())
        label, first = np.zeros(rows, np.int8), np.cumsum(group) - group
        label[first + np.array(self._wanted, np.int64)] = 1
        return Dataset(
            X=np.concatenate([np.zeros((0, COLUMNS), np.float32), *self._X]),
            label=label,
            shop_index=np.concatenate(
                [np.zeros(0, np.int32), *(np.arange(n, dtype=np.int32) for n in group)]
            ),
            tie=_drawn(rows),
            group=group,
            session=np.array([n.asked.own & 0xFFFF_FFFF for n in self._nexts], np.uint32),
            time=np.array([n.time for n in self._nexts], np.float64),
            page=tuple(n.asked.page for n in self._nexts),
            names=NAMES,
            table_hash=TABLE_HASH,
        )


def _drawn(rows: int) -> npt.NDArray[np.uint64]:
    """Return numbers that know nothing of the rows, the same each time."""
    return np.random.default_rng(CANDIDATES).integers(0, 2**63, rows, np.uint64)
