"""A shop whose lease we hold: its facts into the log, the statistics and the trail, each exactly once."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final
from uuid import uuid4

from features.bounded import Tally
from features.identity import PARTITIONS
from features.log import writer
from features.log.place import Log
from features.store.protocol import StoreUnavailable, WorkStore
from service.worker.counting import count
from service.worker.entries import COUNTED, Parts, by_kind, ends, streamed
from service.worker.state import CursorName, WorkState

LEASE_SECONDS: Final = 10.0  # how long a shop waits for another worker where one died
BATCH: Final = 5_000  # facts that fill a round of the log; counting takes as many at once
WRITTEN_AT_ONCE: Final = 1_250  # counting waits meanwhile, and is to be in time for the hour's grace
_OF_PARTITION: Final = {"archive": WRITTEN_AT_ONCE // PARTITIONS, "project": BATCH // PARTITIONS}


class Held:
    """The work on one shop. Every change of its state is saved before the next step begins."""

    def __init__(self, store: WorkStore, log: Log, shop: str, token: str) -> None:
        self.store = store
        self.log = log
        self.shop = shop
        self.state = WorkState()
        self.tally = Tally()  # one that outlives this hold is given by who goes on counting: see `ShopWork`
        self._token = token

    def take(self, *, waits: bool) -> bool:
        """Take or prolong the lease and read the state; False where it is not ours."""
        state = self.store.acquire(self.shop, self._token, LEASE_SECONDS, waits=waits)
        if state is not None:
            self.state = WorkState.from_bytes(state)
        return state is not None

    def keep(self) -> bool:
        """Keep the lease for as long again, from any thread; False where it was lost."""
        return self.store.prolong(self.shop, self._token, LEASE_SECONDS)

    def release(self) -> None:
        """Give the lease back."""
        self.store.release(self.shop, self._token)

    def save(self, state: WorkState) -> None:
        """Keep a new state. Raises LeaseLost where somebody else works on the shop by now."""
        self.store.save(self.shop, self._token, state.to_bytes(), LEASE_SECONDS)
        self.state = state

    def replace_trails(self, trails: Mapping[int, bytes]) -> None:
        """Replace what batches added to the trail. Raises LeaseLost."""
        self.store.replace_trails(self.shop, self._token, trails)

    def archive(self, now: float) -> bool:
        """Put the next facts into the log; True if more may wait. Raises OSError where it cannot be written."""
        return self._advance("archive", self._write, now)

    def project(self, now: float) -> bool:
        """Count the next events; True if more may wait."""
        return self._advance("project", self._count, now)

    def _advance(self, name: CursorName, work: Callable[[int, Parts], None], now: float) -> bool:
        """Do one batch: the one that was begun and perhaps not finished, else the next."""
        cursor, most = self.state.cursor(name), _OF_PARTITION[name]
        if cursor.begun is None:
            parts = self.store.entries(self.shop, cursor.after, most)
            if not any(parts):
                self.store.trim(self.shop, self.state.done())  # a process was killed just before it did
                return False
            self.save(self.state.began(name, ends(parts, cursor.after), now))
        else:
            parts = self.store.entries_between(self.shop, cursor.after, cursor.begun.upto)
        if (begun := self.state.cursor(name).begun) is not None:
            work(begun.number, parts)
        needed = self.state.done()
        self.save(self.state.did(name))
        if self.state.done() != needed:
            self.store.trim(self.shop, self.state.done())
        return cursor.begun is not None or any(len(part) == most for part in parts)

    def _write(self, batch: int, parts: Parts) -> None:
        for kind, rows in by_kind(each.fact for each in streamed(parts)).items():
            writer.write(self.log, self.shop, kind, batch, rows)

    def _count(self, batch: int, parts: Parts) -> None:
        count(self.store, self.shop, batch, streamed(parts, COUNTED), self.tally)


@contextmanager
def holding(store: WorkStore, log: Log, shop: str, waiting: str | None = None) -> Iterator[Held | None]:
    """Hold a shop for the time of a block; None where somebody else does.

    Who tries again soon, `waiting` under the same name, has the next turn.
    """
    held = Held(store, log, shop, waiting or uuid4().hex)
    if not held.take(waits=waiting is not None):
        yield None
        return
    over = Event()
    beat = Thread(target=_prolong, args=(held, over), name=f"lease of {shop}", daemon=True)
    beat.start()
    try:
        yield held
    finally:
        over.set()
        beat.join()
        held.release()


def _prolong(held: Held, over: Event) -> None:
    """Keep the lease while a step takes its time; a process that is dead or stopped loses it."""
    while not over.wait(LEASE_SECONDS / 4):
        try:
            if not held.keep():
                return  # the next save raises LeaseLost
        except StoreUnavailable:
            continue
