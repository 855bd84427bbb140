"""The state of a shop anew from its log: after a loss of Redis, an upgrade, or an import gone wrong.

Meanwhile events go to the streams only: nothing is refused, rankings know less. What came in meanwhile is taken from
the streams at the end, until nothing is left there; then events reach their visitors again.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final
from uuid import uuid4

from features.collecting import rarely_collecting
from features.facts import STATE_SECONDS
from features.log.place import Log, date_of
from features.log.reader import Fact, facts
from features.log.schema import Kind
from features.store.privacy import PrivacyStore
from features.store.protocol import WorkStore
from features.store.settings import SettingsStore
from service.changes import restore_setting
from service.importing.load import turn
from service.privacy.requests import restore
from service.shops import shop_of
from service.worker.entries import streamed
from service.worker.held import Held
from service.worker.history import History
from service.worker.state import Cursor

CHUNK: Final = 10_000  # facts in memory at once; each reads and writes the statistics of all items it touches
_SHORT_LIFE_SECONDS: Final = (
    60  # of visitors who are gone by the end of the log: until their next event is replayed
)
_REPLAYED: Final = (Kind.ITEMS, Kind.EVENTS)
Told = Callable[[str, int], None]  # the date that is being replayed, and how many facts were


@dataclass(frozen=True, slots=True)
class Rebuild:
    """What a rebuild works on."""

    store: WorkStore
    settings: SettingsStore
    privacy: PrivacyStore
    log: Log
    shop: str
    clock: Callable[[], float]

    def run(self, told: Told = lambda _date, _count: None) -> int:
        """Rebuild the shop and return how many facts its state was made from."""
        with turn(self.store, self.log, self.shop, uuid4().hex) as held, rarely_collecting():
            held.save(replace(held.state, rebuilding=True, imported=None))
            while held.archive(self.clock()):
                pass
            self._restore_settings()
            asked = facts(self.log, self.shop, (Kind.PRIVACY,))
            restore(self.privacy, self.shop, (fact.row for fact in asked))
            self.store.suspend(self.shop)
            self.store.clear(self.shop)
            held.save(replace(held.state, project=Cursor(held.state.archive.after)))
            attributes = shop_of(self.settings, self.shop).attributes
            history = History(self.store, self.shop, attributes, by_time=False)
            count = self._replay(held, history, told) + self._catch_up(held, history)
            self.store.trim(self.shop, held.state.done())
            held.save(replace(held.state, rebuilding=False))
        return count

    def _restore_settings(self) -> None:
        """Set every setting to what the log's last change of it says."""
        last = {fact.row["name"]: fact.row for fact in facts(self.log, self.shop, (Kind.SETTINGS,))}
        current = self.settings.read(self.shop).values
        for name, change in last.items():
            stands = current.get(name)
            if change["after"] != (None if stands is None else stands.decode()):
                restore_setting(self.settings, self.shop, change)

    def _replay(self, held: Held, history: History, told: Told) -> int:
        """Project the log, chunk by chunk."""
        dates = self.log.dates(self.shop, Kind.EVENTS)
        count = 0
        for chunk in _chunks(facts(self.log, self.shop, _REPLAYED)):
            date = date_of(chunk[-1].row["received_at"])
            self._project(held, history, chunk, _life(date, dates[-1] if dates else date))
            count += len(chunk)
            told(date, count)
        return count

    def _catch_up(self, held: Held, history: History) -> int:
        """Archive and project what the streams hold, until they hold nothing more."""
        count = 0
        while not self.store.resume(self.shop, held.state.archive.after):
            since = held.state.project.after
            held.archive(self.clock())
            upto = held.state.archive.after
            met = [each.fact for each in streamed(self.store.entries_between(self.shop, since, upto))]
            for kind, row in met:
                if kind is Kind.SETTINGS:
                    restore_setting(self.settings, self.shop, row)
            self._project(held, history, met, int(STATE_SECONDS))
            held.save(replace(held.state, project=Cursor(upto)))
            self.store.trim(self.shop, upto)
            count += len(met)
        return count

    def _project(self, held: Held, history: History, chunk: list[Fact], life_seconds: int) -> None:
        self.store.suspend(self.shop)
        number = held.state.following(self.clock())
        held.save(replace(held.state, number=number))
        history.project(number, chunk, life_seconds)


def _chunks(stream: Iterator[Fact]) -> Iterator[list[Fact]]:
    while chunk := list(islice(stream, CHUNK)):
        yield chunk


def _life(date: str, last: str) -> int:
    """Return how long to keep what visitors did until a date, where the log ends with another.

    >>> _life("2026-11-22", "2026-11-22") / 86_400, _life("2026-11-20", "2026-11-22") / 86_400
    (30.0, 28.0)
    >>> _life("2025-01-01", "2026-11-22")
    60
    """
    gone = dt.date.fromisoformat(last) - dt.date.fromisoformat(date)
    return max(int(STATE_SECONDS - gone.total_seconds()), _SHORT_LIFE_SECONDS)
