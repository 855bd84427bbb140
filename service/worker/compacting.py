"""A closed day in few files: small parts are merged into one that stands for them, and go an hour later.

A merged part covers the batches from its first to its last: from the moment it has its name, whoever lists the log sees
it in their place (`features.log.place`). Those who listed the log before still find the parts for an hour.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from features.log.kind import Kind
from features.log.place import Log, Part, date_of
from features.log.schema import SCHEMAS, conformed
from features.log.writer import put, remove
from service.worker.held import Held

AT_ONCE_SECONDS: Final = 1.0  # of merging between two looks at what else there is to do
GRACE_SECONDS: Final = 3600.0  # how long a covered part stays for those who listed it before
MOST_BYTES: Final = 16 << 20  # of a merged part: readers take a part into memory
_CLOSED_SECONDS: Final = 600.0  # after midnight: what was begun before it is in the log
_GROUP_ROWS: Final = 1 << 16
_LOG: Final = logging.getLogger(__name__)


class Compacting:
    """The merging of one shop's parts, as one process sees it.

    `timer` is in seconds; only differences mean something.
    """

    def __init__(self, shop: str, timer: Callable[[], float] = time.monotonic) -> None:
        self._shop = shop
        self._timer = timer
        self._covered_since: dict[Part, float] = {}
        self._broken: set[Part] = set()

    def step(self, held: Held, now: float) -> bool:
        """Merge some parts, and remove those that were merged long ago; True if there are more.

        Nothing is merged while a batch is begun and not finished: its number may lie between two others. Raises OSError
        where the log cannot be written.
        """
        if held.state.archive.begun is not None or held.state.imported is not None:
            return False
        end = self._timer() + AT_ONCE_SECONDS
        for run in self._runs(held.log, date_of(now - _CLOSED_SECONDS)):
            self._merge(held.log, run)
            if self._timer() > end:
                return True
        self._remove(held.log, now)
        return False

    def _runs(self, log: Log, open_date: str) -> Iterator[list[Part]]:
        """Yield parts that follow each other, of one closed date, and are small enough to be one."""
        for kind in Kind:
            for date in log.dates(self._shop, kind):
                if date < open_date:
                    parts = [p for p in log.parts(self._shop, kind, date, date) if p not in self._broken]
                    yield from (run for run in _small_runs(log, parts) if len(run) > 1)

    def _merge(self, log: Log, run: Sequence[Part]) -> None:
        try:
            table = pa.concat_tables([_table(log, part) for part in run])
        except pa.ArrowException as error:
            _LOG.warning("parts of %s are not merged, one cannot be read: %s", run[0].directory, error)
            self._broken.update(run)
            return
        merged = replace(run[-1], since=run[0].first)
        groups = (table.slice(start, _GROUP_ROWS) for start in range(0, max(table.num_rows, 1), _GROUP_ROWS))
        put(log, merged, SCHEMAS[merged.kind], groups)

    def _remove(self, log: Log, now: float) -> None:
        covered = {part for kind in Kind for part in log.covered(self._shop, kind)}
        self._covered_since = {part: self._covered_since.get(part, now) for part in covered}
        for part, since in self._covered_since.items():
            if now - since >= GRACE_SECONDS:
                remove(log, part)


def _small_runs(log: Log, parts: Sequence[Part]) -> Iterator[list[Part]]:
    run: list[Part] = []
    size = 0
    for part in parts:
        more = int(log.files.size(log.path(part)))
        if run and size + more > MOST_BYTES:
            yield run
            run, size = [], 0
        run.append(part)
        size += more
    yield run


def _table(log: Log, part: Part) -> pa.Table:
    with log.files.open(log.path(part), "rb") as file:
        return conformed(part.kind, pq.read_table(file))
