"""Which files of the log, and which facts that still wait for it in the streams, hold a time: each fact once."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.log.place import Log, Part, date_of
from features.log.schema import SCHEMAS, Kind
from features.store.protocol import WorkStore
from service.insights.question import PAST_SECONDS, Question
from service.receiving import OLDEST_SECONDS
from service.worker.entries import by_kind, streamed
from service.worker.state import Cursor, WorkState

_LOG: Final = logging.getLogger(__name__)
_ATTEMPTS: Final = 5
MOST_WAITING: Final = 2_500  # facts of a partition: those of 30 seconds, unless the worker is away
COLUMNS: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.EVENTS: ("visitor_id", "name", "time", "page", "value", "currency", "transaction_id"),
    Kind.EXPOSURES: (
        *("visitor_id", "time", "page", "arm", "experiment", "window", "source"),
        *("reason", "personalized", "latency_ms", "automated", "recommends"),
    ),
}


class Sources(NamedTuple):
    """The files and the waiting facts of each kind, and whether those are all that wait."""

    parts: dict[Kind, list[Part]]
    waiting: dict[Kind, pa.Table]
    settings: list[dict[str, Any]]  # changes of settings that wait, as rows
    is_complete: bool


@dataclass(frozen=True, slots=True)
class Archive:
    """How far the log has come: the cursor, and the batches that are being written."""

    cursor: Cursor
    unfinished: frozenset[int]


def sources_of(log: Log, store: WorkStore, shop: str, question: Question) -> Sources:
    """Return where the facts of a question are.

    The worker moves facts from the streams to the log meanwhile. So how far it has come is asked before and after:
    where that changed, all is looked up again, and after some attempts taken as it is.
    """
    for _ in range(_ATTEMPTS):
        archive = _archive(store, shop)
        entries = store.entries(shop, archive.cursor.after, MOST_WAITING)
        parts = {kind: _parts(log, shop, kind, question, archive.unfinished) for kind in COLUMNS}
        if _archive(store, shop) == archive:
            break
    rows = by_kind(each.fact for each in streamed(entries))
    waiting = {kind: _table(kind, rows.get(kind, [])) for kind in COLUMNS}
    is_complete = all(len(part) < MOST_WAITING for part in entries)
    return Sources(parts, waiting, rows.get(Kind.SETTINGS, []), is_complete)


def last_event_at(log: Log, shop: str, sources: Sources) -> float | None:
    """Return when the newest event of a shop happened, whenever the question is about; None where there is none."""
    waiting = sources.waiting[Kind.EVENTS].column("time")
    if len(waiting):
        return float(pc.max(waiting).as_py())
    dates = log.dates(shop, Kind.EVENTS)
    newest = readable(log, log.parts(shop, Kind.EVENTS, dates[-1])[-1:]) if dates else []
    if not newest:
        return None
    with log.files.open(log.path(newest[0]), "rb") as file:
        return float(pc.max(pq.read_table(file, columns=["time"], use_threads=False).column("time")).as_py())


def readable(log: Log, parts: list[Part]) -> list[Part]:
    """Return the parts that are whole, with a warning for each that is not: the rest of the log is still the truth."""
    return [part for part in parts if _is_readable(log, part)]


def _is_readable(log: Log, part: Part) -> bool:
    try:
        with log.files.open(log.path(part), "rb") as file:
            pq.read_table(file, columns=list(COLUMNS[part.kind])[:3], use_threads=False)
    except (pa.ArrowException, OSError) as error:
        _LOG.warning("left out %s, which cannot be read: %s", log.path(part), error)
        return False
    return True


def _archive(store: WorkStore, shop: str) -> Archive:
    state = WorkState.from_bytes(store.progress(shop))
    begun, imported = state.archive.begun, state.imported
    unfinished = {batch.number for batch in (begun, imported) if batch is not None}
    return Archive(state.archive, frozenset(unfinished))


def _parts(log: Log, shop: str, kind: Kind, question: Question, unfinished: frozenset[int]) -> list[Part]:
    """Return the files of the dates that may hold a fact of the question; one may arrive days after it happened."""
    since = question.since - (PAST_SECONDS if kind is Kind.EVENTS else 0.0)
    parts = log.parts(shop, kind, date_of(max(since, 0.0)), date_of(question.until + OLDEST_SECONDS))
    return [part for part in parts if part.batch not in unfinished]


def _table(kind: Kind, rows: list[dict[str, Any]]) -> pa.Table:
    schema = pa.schema([SCHEMAS[kind].field(name) for name in COLUMNS[kind]])
    return pa.table({name: [row.get(name) for row in rows] for name in schema.names}, schema=schema)
