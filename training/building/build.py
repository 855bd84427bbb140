"""A dataset from a log of any length: shards by visitor, in parallel, each kept once it is done.

Cut the log; count what all visitors add to items, shard by shard; replay each shard with those counts; put the rows
into one file, in the order of the log. What is done is kept: after a kill the build goes on where it was. The bytes are
those of one process that reads the log at once, whatever the number of processes and of shards.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, as_completed
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple, ParamSpec, TypeVar
from uuid import uuid4

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from features.attributes import Attribute
from features.collecting import rarely_collecting
from features.heap import give_back
from features.log.place import Log
from features.log.reader import Window, facts
from features.log.schema import Kind
from features.matrix import Matrix
from features.readiness import Observed
from features.table import feature_table
from training.building.counts import Given, counts_of, merge, merged
from training.building.files import SavedParts, save_part, whole
from training.building.shards import Shards
from training.dataset import Dataset, assembled
from training.labelling import Labelling, walk
from training.objectives import Objectives
from training.parts import Joined, Part, Rows
from training.progress import Progress
from training.source import KINDS

_ROWS_AT_ONCE: Final = 10_000  # copied into the file that all shards end in: more leave the core's own memory
_COUNTS: Final = "counts"
_ROWS: Final = "rows.f4"

Asked = ParamSpec("Asked")
Result = TypeVar("Result")
Task = Callable[["Plan", int], None]
Source = tuple[Log, str, float]  # a log, a shop, and the moment before which its facts were received


@dataclass(frozen=True, slots=True)
class Plan:
    """What is built, and where."""

    directory: Path  # of this build alone
    shards: int
    attributes: tuple[Attribute, ...]

    @property
    def cut(self) -> Shards:
        """The log, cut."""
        return Shards(self.directory / "shards", self.shards)

    def path(self, name: str, shard: int) -> Path:
        """Return a shard's file of what a stage makes."""
        return self.directory / f"{name}-{shard}"

    def paths(self, name: str) -> list[Path]:
        """Return the files that all shards have of a stage."""
        return [self.path(name, shard) for shard in range(self.shards)]


class Built(NamedTuple):
    """A dataset whose rows are on disk, and what was observed of the log."""

    data: Dataset
    seen: Observed


def build(
    plan: Plan,
    source: Source,
    objectives: Objectives | None,
    workers: AbstractContextManager[Executor],
    progress: Progress,
) -> Built:
    """Build from a log, a shop and the moment before which its facts were received; go on with what is there.

    `workers` work on the shards, and are let go before these are put into one: that takes memory of its own. The rows
    of the dataset stay on disk.
    """
    with workers as pool:
        _cut(pool, plan, source, progress)
        observed = pool.submit(_tidy, observe, source)
        _run(pool, plan, (count_shard, "counted"), progress)
        if not (plan.directory / _COUNTS).exists():
            pool.submit(_tidy, merge, plan.paths("counted"), plan.directory / _COUNTS).result()
        _run(pool, plan, (replay_shard, "replayed"), progress)
        seen = observed.result()
    progress.tell("putting the shards into one")
    table = feature_table(plan.attributes)
    joined = Joined.of(SavedParts(plan.paths("replayed")))
    X = _gathered(plan, joined.rows, len(table))
    return Built(assembled(joined, X, table, objectives), seen)


def observe(source: Source) -> Observed:
    """Return what is to be observed of a log as a whole."""
    log, shop, until = source
    seen = Observed(now=until)
    for fact in facts(log, shop, KINDS, Window(until=until)):
        seen.take(fact.kind.value, fact.row)
    return seen


def cut(plan: Plan, source: Source) -> None:
    """Write the shards, which get their place once they are all there."""
    partial = Shards(plan.directory / f"{uuid4().hex}.partial", plan.shards)
    partial.directory.mkdir(parents=True)
    partial.cut(*source)
    partial.directory.rename(plan.cut.directory)


def count_shard(plan: Plan, shard: int) -> None:
    """Write what a shard's visitors add to the statistics of items."""
    rows = counts_of(fact.row for fact in plan.cut.facts(shard, (Kind.EVENTS,)))
    with whole(plan.path("counted", shard)) as file:
        np.save(file, rows)


def replay_shard(plan: Plan, shard: int) -> None:
    """Write the rows of a shard's listings, and then, which says that they are all there, their small columns."""
    counts = merged(plan.directory / _COUNTS)
    with whole(plan.path("rows", shard)) as file:

        def keep(rows: Matrix) -> None:
            file.write(rows.data)

        labelling = Labelling(plan.attributes, keep, Given(counts))
        part = Part.of(walk(labelling, plan.cut.facts(shard)))
    save_part(plan.path("replayed", shard), part)


def _tidy(task: Callable[Asked, Result], *given: Asked.args, **named: Asked.kwargs) -> Result:
    """Do what a worker is to do, and leave none of the memory behind that it took: the next does not need it."""
    with rarely_collecting():
        done = task(*given, **named)
    pa.default_memory_pool().release_unused()
    give_back()
    return done


def _cut(pool: Executor, plan: Plan, source: Source, progress: Progress) -> None:
    if plan.cut.directory.exists():
        progress.tell("going on with a build that was interrupted")
        return
    progress.tell(f"cutting the log into {plan.shards} shards by visitor")
    pool.submit(_tidy, cut, plan, source).result()


def _run(pool: Executor, plan: Plan, stage: tuple[Task, str], progress: Progress) -> None:
    """Have a stage done for every shard that does not have it yet."""
    task, name = stage
    left = [shard for shard in range(plan.shards) if not plan.path(name, shard).exists()]
    progress.tell(f"{name}: {plan.shards - len(left)} of {plan.shards} shards, {len(left)} to do")
    futures = [pool.submit(_tidy, task, plan, shard) for shard in left]
    for future in progress.watch(as_completed(futures), len(futures), "shards"):
        future.result()


def _gathered(plan: Plan, rows: Rows, columns: int) -> npt.NDArray[np.float32]:
    """Put the rows of all shards into one file, in the order of the log, and map it."""
    path = plan.directory / _ROWS
    if not path.exists():
        with whole(path) as file:
            for some in _in_order(plan, rows, columns):
                file.write(some.data)
        for each in plan.paths("rows"):
            each.unlink()
    return _mapped(path, columns)


def _in_order(plan: Plan, rows: Rows, columns: int) -> Iterator[npt.NDArray[np.float32]]:
    files = [_mapped(path, columns) for path in plan.paths("rows")]
    ends = np.cumsum([len(file) for file in files])
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        some = rows[start : start + _ROWS_AT_ONCE]
        out = np.empty((len(some), columns), np.float32)
        shard_of = np.searchsorted(ends, some, side="right")
        for shard in np.unique(shard_of).tolist():
            mine = shard_of == shard
            out[mine] = files[shard][some[mine] - (ends[shard] - len(files[shard]))]
        yield out


def _mapped(path: Path, columns: int) -> npt.NDArray[np.float32]:
    """Return a file of rows; an empty one cannot be mapped."""
    if not path.stat().st_size:
        return np.zeros((0, columns), np.float32)
    return np.memmap(path, np.float32, "r").reshape(-1, columns)
