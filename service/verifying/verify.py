"""One look at a shop's Redis and log, with its worker standing still for as long as it takes."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from features.log.kind import Kind
from features.log.place import Log
from features.store.census import census
from features.store.exchange import Exchange
from features.store.privacy import PrivacyStore
from features.store.protocol import WorkStore
from features.store.settings import SettingsStore
from service.importing.load import turn
from service.privacy.requests import Job
from service.verifying.differences import Difference, Held, differences
from service.verifying.log import logged
from service.worker import held as work
from service.worker.entries import by_kind, streamed


@dataclass(frozen=True, slots=True)
class Installation:
    """What is looked at."""

    store: WorkStore
    settings: SettingsStore
    privacy: PrivacyStore
    exchange: Exchange
    log: Log
    clock: Callable[[], float] = time.time


@dataclass(frozen=True, slots=True)
class Found:
    """The counts, and where they differ."""

    counts: dict[str, Any]
    differences: list[Difference]


def verify(place: Installation, shop: str) -> Found:
    """Count what Redis and the log hold, and name what differs. Raises BusyError where the shop is being worked on."""
    with turn(place.store, place.log, shop, uuid4().hex) as working:
        began = place.clock()
        while working.project(began):  # what waits to be counted is no difference
            pass
        held = _held(place, shop)
        waiting = _waiting(place, working)
        log = logged(place.log, shop)
    counts = {
        "log": {kind: {"files": log.files[kind], "rows": log.rows[kind]} for kind in Kind},
        "waiting": {kind: len(waiting.get(kind, ())) for kind in Kind},
        "redis": {name: len(names) for name, names in held.census._asdict().items()},
        "marked": len(held.marks),
    }
    for kind, rows in waiting.items():
        log.take(kind, rows)
    return Found(counts, differences(log, held, began))


def _waiting(place: Installation, working: work.Held) -> dict[Kind, list[dict[str, Any]]]:
    after = working.state.archive.after
    parts = place.store.entries(working.shop, after, 1 << 30)
    return by_kind(each.fact for each in streamed(parts))


def _held(place: Installation, shop: str) -> Held:
    found = census(place.exchange, shop)
    pending = {Job.of(job).subject for job in place.privacy.erasing(shop).values()}
    marks = place.privacy.subjects(shop)
    erased = place.privacy.subjects_erased(shop)
    return Held(
        census=found,
        catalogue=place.store.get_items(shop, sorted(found.items)),
        settings=place.settings.read(shop).values,
        marks=marks,
        erased=frozenset(s for s in erased if int.from_bytes(s, "little") not in pending),
    )
