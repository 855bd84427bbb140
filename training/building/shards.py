"""A log cut by visitor into shards, each a log of its own that the usual reader reads.

All that one visitor did is in one shard, so that a shard is replayed by itself; what is counted over all visitors is
counted first (`training.building.counts`). What nobody known did is spread over the shards: it is counted, no more.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from features.identity import hash64
from features.log.place import Log, Part, date_of
from features.log.reader import Fact, Window, facts, tables
from features.log.schema import SCHEMAS, Kind
from features.log.writer import put

SHOP: Final = "shard"  # the shop of the log of a shard: there is no other
FACTS_EACH: Final = 200_000  # of a shard, about: what a worker process holds of one stays below 0.8 GB
_ROWS_HELD: Final = 50_000  # of all shards together, until they are written
_CUT: Final = (Kind.EXPOSURES, Kind.EVENTS)
Told = Callable[[int], None]


def shards_for(count: int, facts_each: int = FACTS_EACH) -> int:
    """Return into how many shards to cut a log of so many facts; the number decides no byte of what comes out.

    >>> shards_for(1_000), shards_for(4_000_000)
    (1, 20)
    """
    return max(1, -(-count // facts_each))


@dataclass(frozen=True, slots=True)
class Shards:
    """The shards of a log below a directory, and the catalogue, which every shard reads."""

    directory: Path
    count: int

    def facts(self, shard: int, kinds: Sequence[Kind] = (Kind.ITEMS, *_CUT)) -> Iterator[Fact]:
        """Yield what a shard's visitors did and were shown, and what the shop said of its items, in order."""
        log = Log(f"file://{self.directory / str(shard)}")
        return facts(log, SHOP, kinds, distinct=True)  # the cut left what came twice out

    def cut(self, log: Log, shop: str, until: float, told: Told = lambda _: None) -> None:
        """Cut a shop's log, as received before `until`; `told` hears how many facts were cut so far."""
        done = 0
        for kind in (Kind.ITEMS, *_CUT):
            waiting = _Waiting(self, kind)
            for table in tables(log, shop, kind, Window(until=until)):
                waiting.take(table)
                done += table.num_rows
                told(done)
            waiting.write()

    def places(self, table: pa.Table) -> npt.NDArray[np.int64]:
        """Return the shard of each row."""
        nobody = table.column("sequence").to_numpy() % np.uint64(self.count)
        visitors = table.column("visitor_id").combine_chunks().dictionary_encode()
        hashes = np.array([hash64(v) for v in visitors.dictionary.to_pylist()], np.uint64)
        who = visitors.indices.to_numpy(zero_copy_only=False)
        known = np.nonzero(~np.isnan(who))[0] if who.dtype.kind == "f" else np.arange(len(who))
        places: npt.NDArray[np.int64] = nobody.astype(np.int64)
        places[known] = hashes[who[known].astype(np.int64)] % np.uint64(self.count)
        return places


class _Waiting:
    """Rows of one kind on their way to the shards."""

    def __init__(self, shards: Shards, kind: Kind) -> None:
        self._shards, self._kind = shards, kind
        self._tables: list[list[pa.Table]] = [[] for _ in range(shards.count)]
        self._held, self._batch = 0, 0
        self._date: str | None = None

    def take(self, table: pa.Table) -> None:
        """Take rows of one date, in order; the catalogue goes to every shard."""
        date = date_of(table.column("received_at")[0].as_py())
        if date != self._date:
            self.write()
            self._date = date
        if self._kind is Kind.ITEMS:
            for tables_ in self._tables:
                tables_.append(table)
        else:
            places = self._shards.places(table)
            for shard, tables_ in enumerate(self._tables):
                tables_.append(table.filter(pa.array(places == shard)))
        self._held += table.num_rows
        if self._held >= _ROWS_HELD:
            self.write()

    def write(self) -> None:
        """Write what waits, a file for each shard."""
        self._batch += 1
        for shard, waiting in enumerate(self._tables):
            if (table := pa.concat_tables([SCHEMAS[self._kind].empty_table(), *waiting])).num_rows:
                log = Log(f"file://{self._shards.directory / str(shard)}")
                put(log, Part(SHOP, self._kind, str(self._date), self._batch), table.schema, [table])
            waiting.clear()
        self._held = 0
