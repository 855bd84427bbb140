"""Which listing each click belongs to, found while the log goes by.

Visitors are followed for a day. Beyond MOST_VISITORS at once, or MOST_LISTINGS, every second visitor is let go, and
those who are kept count twice: memory stays bounded, and shares stay true.
"""

from collections import Counter, OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import floor
from typing import Any, Final
from zlib import crc32

from features.columnar import indexes, item_ids

CLICK_SECONDS: Final = 30 * 60.0
FOLLOWED_SECONDS: Final = 24 * 3600.0
MOST_VISITORS: Final = 50_000
MOST_LISTINGS: Final = 50_000
LISTINGS_EACH: Final = 8
WAITING_EACH: Final = 8  # clicks that no listing explains yet
LAST_INDEX: Final = 50
_HOUR: Final = 3600.0
_EARLY, _LATE = 300.0, 900.0  # how far beside a whole hour a click may fall that a clock moved by hours


class Outcome(StrEnum):
    """What became of a click."""

    JOINED = "joined"
    BEFORE = "before"  # its time is before that of the listing that holds the item
    AFTER = "after"  # more than half an hour after it
    NOWHERE = "nowhere"  # no listing of the visitor holds the item


@dataclass(slots=True)
class Shown:
    """A listing as a visitor saw it."""

    key: str
    time: float
    index: dict[str, int]
    clicked: bool = False


@dataclass(slots=True)
class Visitor:
    """What is remembered of one visitor."""

    at: float
    session: str | None = None
    looks: int = 0  # interactions of the session under way
    clicked: bool = False  # whether the session has a click that joined
    shown: deque[Shown] = field(default_factory=lambda: deque(maxlen=LISTINGS_EACH))
    waiting: deque[tuple[str, str, float]] = field(default_factory=lambda: deque(maxlen=WAITING_EACH))


@dataclass(slots=True)
class Following:
    """Counts by outcome, by index and by session; each visitor counts `weight` times."""

    weight: int = 1
    outcomes: Counter[tuple[str, Outcome]] = field(default_factory=Counter)  # by name of the event
    hours: Counter[int] = field(
        default_factory=Counter
    )  # whole hours between listing and click, where not joined
    indexes: Counter[int] = field(default_factory=Counter)  # of joined clicks
    clicked_listings: Counter[int] = field(default_factory=Counter)  # by day since 1970
    clicked_sessions: int = 0
    looks: Counter[int] = field(default_factory=Counter)  # sessions by interactions: 0, 1, 2 and more
    _visitors: OrderedDict[str, Visitor] = field(default_factory=OrderedDict)
    _listings: int = 0

    def show(self, row: Mapping[str, Any], key: str) -> None:
        """Take in a listing that a visitor saw."""
        if (visitor := self._visitor(row)) is None:
            return
        if any(shown.key == key for shown in visitor.shown):
            return  # the exposure that this event names stands already
        items = row["items"] or ()
        index = dict(zip(reversed(item_ids(items)), reversed(indexes(items)), strict=True))  # the first place
        self._listings += len(visitor.shown) < LISTINGS_EACH
        visitor.shown.append(Shown(key, row["time"], index))
        for name, item_id, time in list(visitor.waiting):
            if item_id in index and time < row["time"]:
                self.outcomes[name, Outcome.NOWHERE] -= self.weight
                self._missed(name, time - row["time"])
                visitor.waiting.remove((name, item_id, time))

    def click(self, row: Mapping[str, Any]) -> None:
        """Take in an interaction with an item."""
        if (visitor := self._visitor(row)) is None:
            return
        visitor.looks += 1
        for item_id in item_ids(row["items"]):
            self._join(visitor, row, item_id)

    @property
    def followed(self) -> int:
        """How many visitors are remembered."""
        return len(self._visitors)

    def close(self) -> None:
        """Count the sessions that are still under way."""
        for visitor in self._visitors.values():
            self._end_session(visitor)
        self._visitors.clear()

    def _join(self, visitor: Visitor, row: Mapping[str, Any], item_id: str) -> None:
        name, time, named = row["name"], row["time"], row["ranking_id"]
        holding = [s for s in visitor.shown if item_id in s.index and named in (None, s.key)]
        fitting = [s for s in holding if 0.0 <= time - s.time <= CLICK_SECONDS]
        if fitting:
            self._joined(visitor, fitting[-1], name, item_id)
        elif holding:
            self._missed(name, time - holding[-1].time)
        else:
            self.outcomes[name, Outcome.NOWHERE] += self.weight
            visitor.waiting.append((name, item_id, time))

    def _joined(self, visitor: Visitor, shown: Shown, name: str, item_id: str) -> None:
        self.outcomes[name, Outcome.JOINED] += self.weight
        self.indexes[min(shown.index[item_id], LAST_INDEX)] += self.weight
        visitor.clicked = True
        if not shown.clicked and len(shown.index) > 1:
            shown.clicked = True
            self.clicked_listings[int(shown.time // 86_400)] += self.weight

    def _missed(self, name: str, seconds: float) -> None:
        self.outcomes[name, Outcome.BEFORE if seconds < 0 else Outcome.AFTER] += self.weight
        hours = floor((seconds + _EARLY) / _HOUR)
        if hours and seconds - hours * _HOUR <= _LATE:
            self.hours[hours] += self.weight

    def _visitor(self, row: Mapping[str, Any]) -> Visitor | None:
        who = row["visitor_id"]
        if who is None or not self._keeps(who):
            return None
        self._forget(row["received_at"] - FOLLOWED_SECONDS)
        visitor = self._visitors.get(who)
        if visitor is None:
            visitor = self._visitors[who] = Visitor(row["received_at"], row["session_id"])
        self._visitors.move_to_end(who)
        if visitor.session != row["session_id"]:
            self._end_session(visitor)
            visitor.session, visitor.looks, visitor.clicked = row["session_id"], 0, False
        visitor.at = row["received_at"]
        return visitor

    def _end_session(self, visitor: Visitor) -> None:
        self.looks[min(visitor.looks, 2)] += self.weight
        self.clicked_sessions += self.weight * visitor.clicked

    def _keeps(self, who: str) -> bool:
        return self.weight == 1 or crc32(who.encode()) % self.weight == 0

    def _forget(self, before: float) -> None:
        while self._visitors and next(iter(self._visitors.values())).at < before:
            self._let_go(next(iter(self._visitors)))
        if len(self._visitors) >= MOST_VISITORS or self._listings >= MOST_LISTINGS:
            weight = self.weight * 2
            for who in [who for who in self._visitors if crc32(who.encode()) % weight]:
                self._let_go(who)
            self.weight = weight

    def _let_go(self, who: str) -> None:
        visitor = self._visitors.pop(who)
        self._listings -= len(visitor.shown)
        self._end_session(visitor)
