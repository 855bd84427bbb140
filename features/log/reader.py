"""Reading the log in the one order in which its facts count: by `received_at`, then by `sequence`.

A file that cannot be read is left out with a warning that names it: the rest of the log is still the truth.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.log.ids import SeenIds
from features.log.place import Log, Part, date_of
from features.log.schema import SCHEMAS, Kind, conformed, to_rows, to_rows_of_columns

_LOG: Final = logging.getLogger(__name__)
_ROWS_AT_ONCE: Final = 300  # as dicts; more leave the core's own memory
_ORDER: Final = (("received_at", "ascending"), ("sequence", "ascending"))
_ALL_KINDS: Final = tuple(Kind)


class Fact(NamedTuple):
    """One fact of the log: its kind, and a row with every key of the kind's schema.

    The items of a fact that was read are `features.columnar.Items`: rows, or a column at a time.
    """

    kind: Kind
    row: dict[str, Any]


class Window(NamedTuple):
    """Facts received in [since, until), Unix seconds."""

    since: float = 0.0
    until: float = float("inf")


EVER: Final = Window()


def facts(
    log: Log,
    shop: str,
    kinds: Iterable[Kind] = _ALL_KINDS,
    window: Window = EVER,
    *,
    distinct: bool = False,
) -> Iterator[Fact]:
    """Yield the facts of a window, all kinds in one order, each id once; `distinct` says that the log has no id twice.

    Facts that are equal in the order come kind by kind as `kinds` has them. Memory is bounded by how far files of one
    day reach into each other's time, which for live facts is seconds.
    """
    streams = [_facts_of(tables(log, shop, kind, window, distinct=distinct), kind) for kind in kinds]
    return merge(*streams, key=lambda fact: (fact.row["received_at"], fact.row["sequence"]))


def tables(
    log: Log, shop: str, kind: Kind, window: Window = EVER, *, distinct: bool = False
) -> Iterator[pa.Table]:
    """Yield the facts of one kind in order, each id once, a table at a time; `distinct` as in `facts`."""
    first = date_of(window.since)
    last = "9" if window.until == float("inf") else date_of(window.until)
    seen, before = SeenIds(), SeenIds()
    date = None
    for part_date, table in _in_order(log, shop, kind, (first, last)):
        if part_date != date:  # an id comes back within two days if at all
            seen, before, date = SeenIds(), seen, part_date
        kept = table if window == EVER else table.filter(_inside(table, window))
        kept = kept if distinct else _once(kind, kept, seen, before)
        if kept.num_rows:
            yield kept


def rows(log: Log, part: Part) -> list[dict[str, Any]]:
    """Return the rows of one part, in the order in which they were written; none, with a warning, if it is broken."""
    table = _readable(log, part)
    return [] if table is None else to_rows(part.kind, table)


def ids_of(kind: Kind, table: pa.Table) -> list[str] | None:
    """Return what each fact counts once by; None for kinds that have no id. An order is its transaction."""
    if kind is Kind.EXPOSURES:
        ids: list[str] = table.column("ranking_id").to_pylist()
        return ids
    if kind is not Kind.EVENTS:
        return None
    columns = (table.column(name).to_pylist() for name in ("name", "event_id", "transaction_id"))
    return [
        f"transaction {order}" if name == "purchase" else event
        for name, event, order in zip(*columns, strict=True)
    ]


def ids_on(log: Log, shop: str, kind: Kind, date: str) -> Iterator[list[str]]:
    """Yield the ids of the facts of one date, file by file."""
    columns = ["ranking_id"] if kind is Kind.EXPOSURES else ["name", "event_id", "transaction_id"]
    for part in log.parts(shop, kind, date, date):
        table = _readable(log, part, columns)
        if table is not None and (ids := ids_of(kind, table)) is not None:
            yield ids


def _facts_of(found: Iterable[pa.Table], kind: Kind) -> Iterator[Fact]:
    for table in found:
        for start in range(0, table.num_rows, _ROWS_AT_ONCE):
            for row in to_rows_of_columns(kind, table.slice(start, _ROWS_AT_ONCE)):
                yield Fact(kind, row)


def _inside(table: pa.Table, window: Window) -> pa.Array:
    received = table.column("received_at")
    return pc.and_(pc.greater_equal(received, window.since), pc.less(received, window.until))


def _once(kind: Kind, table: pa.Table, seen: SeenIds, before: SeenIds) -> pa.Table:
    """Return the facts whose id neither this date nor the one before has had."""
    if (ids := ids_of(kind, table)) is None:
        return table
    new = before.lacks(ids) & seen.add(ids)
    return table if new.all() else table.filter(pa.array(new))


def _in_order(log: Log, shop: str, kind: Kind, dates: tuple[str, str]) -> Iterator[tuple[str, pa.Table]]:
    """Yield each date's rows in order: those that no file still to come can precede, as soon as that is known."""
    for date in (each for each in log.dates(shop, kind) if dates[0] <= each <= dates[1]):
        parts = log.parts(
            shop, kind, date, date
        )  # when its turn comes: a closed date may be merged meanwhile
        starts = sorted((start, part) for part in parts if (start := _start(log, part)) is not None)
        followings = [*(start for start, _ in starts), float("inf")][1:] if starts else []
        waiting = SCHEMAS[kind].empty_table()
        for (_, part), following in zip(starts, followings, strict=True):
            if (table := _readable(log, part)) is not None:
                waiting = pa.concat_tables([waiting, table])
            ready = waiting
            if following < float("inf"):
                is_ready = pc.less(waiting.column("received_at"), following)
                ready, waiting = waiting.filter(is_ready), waiting.filter(pc.invert(is_ready))
            yield date, _sorted(ready)


def _sorted(table: pa.Table) -> pa.Table:
    """Return a table in the order of the log; most files are in it."""
    places = pc.sort_indices(table, sort_keys=_ORDER).to_numpy()
    return table if (places[1:] > places[:-1]).all() else table.take(places)


def _start(log: Log, part: Part) -> float | None:
    """Return when the first fact of a part was received; None for a part that is empty or cannot be read."""
    try:
        with log.files.open(log.path(part), "rb") as file:
            metadata = pq.ParquetFile(file).metadata
    except (pa.ArrowException, OSError) as error:
        _skip(log, part, error)
        return None
    if metadata.num_rows == 0:
        return None
    column = metadata.schema.names.index("received_at")
    groups = [metadata.row_group(i).column(column).statistics for i in range(metadata.num_row_groups)]
    return min(float(s.min) if s is not None and s.has_min_max else float("-inf") for s in groups)


def _readable(log: Log, part: Part, columns: Sequence[str] | None = None) -> pa.Table | None:
    """Return a part's table; None, with a warning, where it cannot be read."""
    try:
        with log.files.open(log.path(part), "rb") as file:
            table = pq.read_table(file, columns=columns)
    except (pa.ArrowException, OSError) as error:
        _skip(log, part, error)
        return None
    return table if columns else conformed(part.kind, table)


def _skip(log: Log, part: Part, error: Exception) -> None:
    said = " ".join(str(error).split())
    _LOG.warning(
        "left out %s, which cannot be read; restore it from a copy if there is one: %s", log.path(part), said
    )
