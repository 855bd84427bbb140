"""An import: records, chunk by chunk, into the log and the state."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from features.log.place import Log
from features.store.protocol import WorkStore
from service.importing.duplicates import Duplicates
from service.importing.foreign.formats import Foreign
from service.importing.intake import Intake
from service.importing.records import Record, Source
from service.importing.rejects import Rejects
from service.shops import Shop
from service.worker.chunk import finish, past, take_in
from service.worker.held import Held, holding

CHUNK: Final = 5_000  # records in memory at once
_TURN_SECONDS: Final = 0.02  # how often a shop that somebody else works on is asked for
_PATIENCE_SECONDS: Final = 60.0


class BusyError(RuntimeError):
    """Somebody else works on the shop and does not let go."""


@dataclass(frozen=True, slots=True)
class Into:
    """Where an import goes."""

    store: WorkStore
    log: Log
    shop: Shop
    clock: Callable[[], float] = time.time


@dataclass(slots=True)
class Tally:
    """What became of the records."""

    read: int = 0
    added: int = 0
    duplicates: int = 0
    rejected: int = 0
    unmapped: int = 0
    seconds: float = field(default=0.0, kw_only=True)


class Load:
    """One import. `rejects` takes what cannot be used; `foreign` reads another system's records as ours."""

    def __init__(self, into: Into, intake: Intake, rejects: Rejects, foreign: Foreign | None = None) -> None:
        self.tally = Tally()
        self._name = uuid4().hex
        self._into = into
        self._intake = intake
        self._rejects = rejects
        self._foreign = foreign
        self._duplicates = Duplicates(into.log, into.shop.name, intake)
        self._history = past(into.store, into.shop.name, into.shop.attributes)

    def prepare(self) -> None:
        """Have the log hold all that came before: an import that was cut off, and what waits in the stream."""
        with self._turn() as held:
            while held.archive(self._into.clock()):
                pass

    def take(self, source: Source) -> Iterator[None]:
        """Take in a file; yields after each chunk."""
        records = source.records(joined=self._intake.joined and self._foreign is None)
        if self._foreign is not None:
            records = self._foreign.read(records)
        while chunk := list(islice(records, CHUNK)):
            self._take(source.path, chunk)
            yield

    def _take(self, path: Path, chunk: list[Record]) -> None:
        mapped = [record for record in chunk if not record.unmapped]
        readable = [record for record in mapped if record.wrong is None]
        now = self._into.clock()
        typed = self._intake.typed
        said = [typed(record.said) if record.flat else record.said for record in readable]
        rows, rejections = self._intake.judge(said, now)
        for record in mapped:
            if record.wrong is not None:
                self._rejects.add(path, record, None)
        for rejection in rejections:
            self._rejects.add(path, readable[rejection.index], rejection)
        new = self._duplicates.without(rows)
        if new:
            self._write(new, now)
        refused = len(mapped) - len(readable) + len(rejections)
        self.tally.read += len(chunk)
        self.tally.added += len(new)
        self.tally.rejected += refused
        self.tally.unmapped += len(chunk) - len(mapped)
        self.tally.duplicates += len(mapped) - refused - len(new)

    def _write(self, rows: list[dict[str, Any]], now: float) -> None:
        with self._turn() as held:
            take_in(held, self._history, self._intake.kind, rows, now)

    @contextmanager
    def _turn(self) -> Iterator[Held]:
        """Hold the shop, with nothing left begun."""
        into = self._into
        with turn(into.store, into.log, into.shop.name, self._name) as held:
            finish(held, into.shop.attributes)
            while held.state.project.begun is not None:
                held.project(into.clock())
            yield held


@contextmanager
def turn(store: WorkStore, log: Log, shop: str, name: str) -> Iterator[Held]:
    """Hold a shop, when the turn of `name` comes. Raises BusyError if it does not come."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while True:
        with holding(store, log, shop, name) as held:
            if held is not None:
                yield held
                return
        if time.monotonic() > end:
            raise BusyError(
                f"shop {shop} is being worked on; stop its other import or rebuild, or try again later"
            )
        time.sleep(_TURN_SECONDS)
