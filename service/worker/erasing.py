"""The worker's part of an erasure: the trail of sessions, then the log's files without the visitor, a few at a time."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import orjson
import pyarrow as pa

from features.log import visitor
from features.log.place import Part
from features.store.privacy import PrivacyStore
from service.privacy.requests import Job, Proof, erased_fact
from service.worker.forgetting import AT_ONCE_SECONDS, Forgetting
from service.worker.held import Held

_LOG: Final = logging.getLogger(__name__)


@dataclass
class _Pass:
    """One way through the files, for all erasures that waited when it began."""

    jobs: dict[str, Job]
    left: list[Part]
    rows: int = 0
    files: int = 0
    unreadable: int = 0

    subjects: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        self.subjects = frozenset(job.subject for job in self.jobs.values())


class Erasing:
    """The erasures of one shop, as one process works on them. Whoever takes over begins again; nothing is lost by it.

    `timer` is in seconds; only differences mean something.
    """

    def __init__(self, store: PrivacyStore, shop: str, timer: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._shop = shop
        self._timer = timer
        self._forgetting = Forgetting(store, shop, timer)
        self._pass: _Pass | None = None

    def waits(self) -> bool:
        """Whether the trail or the log still holds somebody who is erased."""
        return self._forgetting.waits() or bool(self._store.erasing(self._shop))

    def step(self, held: Held, now: float) -> bool:
        """Rewrite some files; True if there are more. The streams hold nobody who is erased any more: see `flushed`.

        Raises OSError where the log cannot be written.
        """
        if self._forgetting.step(held, now):
            return True
        if self._pass is None:
            jobs = {name: Job.of(job) for name, job in self._store.erasing(self._shop).items()}
            if not jobs:
                return False
            flushed(held, now)
            self._pass = _Pass(jobs, self._files(held))
        end = self._timer() + AT_ONCE_SECONDS
        while self._pass.left:
            self._rewrite(held, self._pass)
            if self._timer() > end:
                return True
        self._record(self._pass, now)
        self._pass = None
        return self.waits()

    def _files(self, held: Held) -> list[Part]:
        """Return all files that may hold somebody: those that merged ones stand for are there for a while."""
        log = held.log
        listed = ((log.parts(self._shop, kind), log.covered(self._shop, kind)) for kind in visitor.KINDS)
        return [part for standing, covered in listed for part in (*standing, *covered)]

    def _rewrite(self, held: Held, under_way: _Pass) -> None:
        part = under_way.left[-1]
        try:
            rows = visitor.erase(held.log, part, under_way.subjects)
        except pa.ArrowException as error:
            _LOG.warning("%s cannot be read, so nobody can be erased from it: %s", held.log.path(part), error)
            rows, under_way.unreadable = 0, under_way.unreadable + 1
        under_way.rows += rows
        under_way.files += rows > 0
        under_way.left.pop()

    def _record(self, done: _Pass, now: float) -> None:
        for name, job in done.jobs.items():
            proof = Proof(
                erasure_id=name,
                state_erased_at=job.asked_at,
                log_erased_at=now,
                rows=done.rows,
                files=done.files,
                unreadable=done.unreadable,
            )
            self._store.erased(self._shop, name, orjson.dumps(proof), erased_fact(proof, now))


def flushed(held: Held, now: float) -> None:
    """Have the log hold all that came before: the streams then hold nothing of who was marked when this began."""
    while held.archive(now):
        pass
