"""The worker: goes round the shops and does what there is to do, beside any number of others."""

import logging
from collections.abc import Callable
from threading import Event
from typing import Final

from features.bounded import Tally
from features.identity import PARTITIONS
from features.log.place import Log
from features.store.protocol import START, LeaseLost, Positions, StoreUnavailable, WorkStore
from features.store.settings import SettingsStore
from service.shops import shop_of
from service.worker.chunk import finish
from service.worker.held import BATCH, Held, holding
from service.worker.keeping import NOTHING, Keeping
from service.worker.observed import Report

POLL_SECONDS: Final = 0.05  # an event is counted this late when little happens
STORE_AWAY_SECONDS: Final = 0.5
LOOK_SECONDS: Final = 1.0  # how often new shops, and what waits for the log, are looked for
HELD_SECONDS: Final = 30.0  # how long facts wait for a file of the log to fill: 3,000 files a day at the most
FAULT_SECONDS: Final = 5.0  # how long a shop is left alone whose work failed for a reason we do not know

_LOG: Final = logging.getLogger(__name__)


class ShopWork:
    """The work on one shop, as one process sees it."""

    def __init__(
        self, store: WorkStore, settings: SettingsStore, log: Log, shop: str, keeping: Keeping = NOTHING
    ) -> None:
        self._store = store
        self._settings = settings
        self._log = log
        self._shop = shop
        self._after: Positions = (START,) * PARTITIONS
        self._tally = Tally()
        self._looked_at = float("-inf")
        self._due = False
        self._keeping = keeping
        self._keeping_is_due = False
        self._waits_until = float("-inf")
        self._unwritable = False
        self.failures = 0

    @property
    def log_writable(self) -> bool:
        """Whether the log could be written the last time."""
        return not self._unwritable

    def round(self, now: float) -> bool:
        """Do a batch of what there is to do; True if there may be more of it at once."""
        if now < self._waits_until:
            return False
        self._look(now)
        is_due = self._due or self._keeping_is_due
        if not is_due and not any(self._store.entries(self._shop, self._after, 1)):
            return False
        try:
            return self._hold(now)
        except LeaseLost as lost:
            _LOG.info("%s", lost)
        except StoreUnavailable:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, the work of other shops goes on
            _LOG.exception("work on shop %s failed; trying again in %g s", self._shop, FAULT_SECONDS)
            self.failures += 1
            self._waits_until = now + FAULT_SECONDS
        return False

    def finish(self, now: float) -> None:
        """Do all there is to do, into the log too: before a stop."""
        with holding(self._store, self._log, self._shop) as held:
            if held is not None:
                held.tally = self._tally
                self._finish_import(held)
                while held.project(now):
                    pass
                self._due = True
                while self._due:
                    self._archive(held, now)

    def _look(self, now: float) -> None:
        """See whether enough waits for a file of the log, or has waited long enough."""
        if 0.0 <= now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        waiting = self._store.stream_state(self._shop)
        old = waiting.oldest_at is not None and waiting.oldest_at <= now - HELD_SECONDS
        self._due = old or waiting.length >= BATCH
        self._keeping_is_due = self._keeping.is_due(now)

    def _hold(self, now: float) -> bool:
        with holding(self._store, self._log, self._shop) as held:
            if held is None:
                return False
            held.tally = self._tally
            self._finish_import(held)
            more = held.project(now)
            self._after = held.state.project.after
            if self._due:
                self._archive(held, now)
            if self._keeping_is_due:
                self._keeping_is_due = self._writing(lambda: self._keeping.step(held, now))
        return more or self._due or self._keeping_is_due

    def _finish_import(self, held: Held) -> None:
        if held.state.imported is not None:
            finish(held, shop_of(self._settings, self._shop).attributes)

    def _archive(self, held: Held, now: float) -> None:
        """Put facts into the log."""
        self._due = self._writing(lambda: held.archive(now))

    def _writing(self, work: Callable[[], bool]) -> bool:
        """Do what writes the log; True if there is more of it.

        A log that cannot be written is told once, and tried again when we next look.
        """
        try:
            more = work()
        except OSError as error:
            if not self._unwritable:
                _LOG.warning(
                    "the log of shop %s cannot be written, its facts wait in Redis: %s", self._shop, error
                )
            self._unwritable = True
            return False
        if self._unwritable:
            _LOG.warning("the log of shop %s is written again", self._shop)
        self._unwritable = False
        return more


class Worker:
    """Goes round all shops."""

    def __init__(
        self,
        store: WorkStore,
        settings: SettingsStore,
        log: Log,
        clock: Callable[[], float],
        keeping: Callable[[str], Keeping] = lambda _shop: NOTHING,
    ) -> None:
        self._store = store
        self._settings = settings
        self._log = log
        self._clock = clock
        self._keeping = keeping
        self._shops: dict[str, ShopWork] = {}
        self._looked_at = float("-inf")
        self._away = False

    def run(self, stop: Event, tell: Callable[[Report], None] = lambda _: None) -> None:
        """Work until told to stop, then finish what there is; `tell` hears of every round."""
        while not stop.is_set():
            pause = self.step()
            tell(self._report())
            stop.wait(pause)
        try:
            for shop in self._shops.values():
                shop.finish(self._clock())
        except (StoreUnavailable, LeaseLost) as error:
            _LOG.warning("stopped before all was done; it is done at the next start: %s", error)

    def _report(self) -> Report:
        writable = {name: shop.log_writable for name, shop in self._shops.items()}
        failures = {name: shop.failures for name, shop in self._shops.items()}
        return Report(not self._away, writable, failures)

    def step(self) -> float:
        """Go round once and return how long to wait before the next time, in seconds."""
        try:
            busy = self._round()
        except StoreUnavailable as error:
            if not self._away:
                _LOG.warning("the store is unavailable, trying again: %s", error)
            self._away = True
            return STORE_AWAY_SECONDS
        if self._away:
            _LOG.warning("the store answers again")
        self._away = False
        return 0.0 if busy else POLL_SECONDS

    def _round(self) -> bool:
        now = self._clock()
        if not 0.0 <= now - self._looked_at < LOOK_SECONDS:
            self._looked_at = now
            for name in sorted(self._settings.shops() - set(self._shops)):
                keeping = self._keeping(name)
                self._shops[name] = ShopWork(self._store, self._settings, self._log, name, keeping)
        busy = [shop.round(now) for shop in self._shops.values()]
        return any(busy)
