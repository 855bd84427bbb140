"""The listings of a shop's log: read at once where they fit, else built on disk, by all cores."""

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager
from hashlib import sha256
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Final, NamedTuple, TypeAlias

import features
import training
from features.attributes import Attribute
from features.collecting import rarely_collecting
from features.log.place import Log
from features.readiness import Observed
from features.store.filelock import FileLock
from training.building.build import Plan, build
from training.building.files import whole
from training.building.shards import FACTS_EACH, shards_for
from training.dataset import Dataset, dataset
from training.progress import Progress
from training.source import Installation, facts_in, objectives_of, observing, read_log
from training.usable import UnusableLogError

TAKEN_UP_SECONDS: Final = 86_400.0  # a build that was interrupted longer ago starts afresh
_PLAN: Final = "plan.json"

Pool: TypeAlias = Callable[[int], AbstractContextManager[Executor]]  # of so many workers at the most


class BuildError(RuntimeError):
    """A build was interrupted; the message says how it goes on."""


@contextmanager
def processes(most: int) -> Iterator[Executor]:
    """Yield a process for each core, `most` at the most; what they have not begun when this is left, they never do."""
    workers = min(most, len(os.sched_getaffinity(0)))
    pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_end_with_parent)
    try:
        yield pool
        pool.shutdown()
    except BrokenProcessPool as broken:
        message = (
            "a process was killed, for its memory perhaps; what was done is kept: run the same command again"
        )
        raise BuildError(message) from broken
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _end_with_parent() -> None:
    """Have this worker end when who started it does, even by a kill: what it writes would get in the next one's way."""
    parent = parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    Thread(target=wait, daemon=True, name="parent").start()


class Reading(NamedTuple):
    """How a log is read. Where `until` and `now` (Unix seconds) are equal, it is read as it is now."""

    until: float
    now: float
    facts_each: int = FACTS_EACH  # of a shard; a log of no more is read at once
    pool: Pool = processes  # who works on the shards


class Read(NamedTuple):
    """What was read, and what was observed meanwhile."""

    data: Dataset
    seen: Observed


@contextmanager
def listings(
    place: Installation, shop: str, reading: Reading, attributes: tuple[Attribute, ...], progress: Progress
) -> Iterator[Read]:
    """Yield a shop's listings; what was built on disk is there as long, and longer only where the work is interrupted.

    Raises UnusableLogError as what is done with them does.
    """
    count = facts_in(place, shop)
    shards = shards_for(count, reading.facts_each)
    if shards == 1:
        progress.tell(f"reading the log of {shop}")
        seen = Observed(now=reading.until)
        watched = progress.watch(observing(seen, read_log(place, shop, reading.until)), count)
        with rarely_collecting():
            data = dataset(watched, attributes, objectives_of(place, shop, reading.until))
        yield Read(data, seen)
        return
    directory = place.data / "training" / shop
    with alone(directory):
        plan, until = planned(place, shop, reading, Plan(directory, shards, attributes))
        source = Log(place.log_url), shop, until
        with kept_if_interrupted(plan.directory):
            objectives = objectives_of(place, shop, until)
            built = build(plan, source, objectives, reading.pool(plan.shards), progress)
            yield Read(built.data, built.seen)


@contextmanager
def alone(directory: Path) -> Iterator[None]:
    """Raise BuildError where another training of the shop builds in the directory, or learns from what it built."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(directory.with_name(directory.name + ".lock"))
    if not lock.take():
        raise BuildError(f"another training works in {directory}: wait for it, or stop it")
    try:
        yield
    finally:
        lock.drop()


@contextmanager
def kept_if_interrupted(directory: Path) -> Iterator[None]:
    """Remove a directory when the work is done, or is found to be impossible; what else ends it leaves it there."""
    try:
        yield
    except UnusableLogError:
        shutil.rmtree(directory)
        raise
    shutil.rmtree(directory)


def planned(place: Installation, shop: str, reading: Reading, plan: Plan) -> tuple[Plan, float]:
    """Return a plan, and until when it reads: those of a build that was interrupted, where it was the same one.

    The same one has the same code, declarations and log, and is not older than TAKEN_UP_SECONDS. Any other is removed.
    """
    asked = reading.until if reading.until < reading.now else None
    identity = _identity(place.log_url, shop, asked, plan.attributes)
    path = plan.directory / _PLAN
    if path.exists():
        said = json.loads(path.read_text())
        if said["identity"] == identity and time.time() - path.stat().st_mtime < TAKEN_UP_SECONDS:
            _clear(plan.directory)
            return Plan(plan.directory, said["shards"], plan.attributes), said["until"]
    shutil.rmtree(plan.directory, ignore_errors=True)
    plan.directory.mkdir(parents=True)
    with whole(path) as file:
        said = {"identity": identity, "until": reading.until, "shards": plan.shards}
        file.write(json.dumps(said).encode())
    return plan, reading.until


def _clear(directory: Path) -> None:
    """Remove what a build that was killed had begun to write."""
    for left in directory.glob("*.partial"):
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()


def _identity(*parts: object) -> str:
    """Return what tells one build from another: what is asked for, and every line of the code that builds."""
    found = sha256(repr(parts).encode())
    for package in (features, training):
        root = Path(package.__path__[0])
        for path in sorted(root.rglob("*.py")):
            found.update(path.read_bytes())
    return found.hexdigest()
