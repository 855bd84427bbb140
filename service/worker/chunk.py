"""A chunk of an import: into the log and into the state as one batch, whatever interrupts it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from features.attributes import Attribute
from features.log import reader, writer
from features.log.place import date_of
from features.log.reader import Fact
from features.log.schema import SEQUENCE_BITS, Kind
from features.store.protocol import WorkStore
from service.worker.held import Held
from service.worker.history import History, unattributed
from service.worker.state import Imported


def take_in(held: Held, history: History, kind: Kind, rows: Sequence[dict[str, Any]], now: float) -> None:
    """Write rows to the log, in the order given, and project them. Raises OSError where the log cannot be written.

    Rows of visitors who are erased or object are written as nobody's.
    """
    rows = unattributed(held.store, held.shop, rows)
    number = held.state.following(now)
    for place, row in enumerate(rows):
        row["sequence"] = (number << SEQUENCE_BITS) + place
    dates = tuple(sorted({date_of(row["received_at"]) for row in rows}))
    held.save(replace(held.state, number=number, imported=Imported(number, kind, dates)))
    writer.write(held.log, held.shop, kind, number, rows)
    _project(held, history, [Fact(kind, row) for row in rows])


def finish(held: Held, attributes: tuple[Attribute, ...]) -> None:
    """Project what is in the log of a chunk that was begun and not finished; the rest of it is imported again."""
    if (imported := held.state.imported) is None:
        return
    kind = Kind(imported.kind)
    parts = [
        part
        for date in imported.dates
        for part in held.log.parts(held.shop, kind, date, date)
        if part.batch == imported.number
    ]
    facts = [Fact(kind, row) for part in parts for row in reader.rows(held.log, part)]
    _project(held, past(held.store, held.shop, attributes), facts)


def past(store: WorkStore, shop: str, attributes: tuple[Attribute, ...]) -> History:
    """Return what projects imported facts: beside live ones, so by their time."""
    return History(store, shop, attributes, by_time=True)


def _project(held: Held, history: History, facts: list[Fact]) -> None:
    if held.state.imported is None:
        return
    facts.sort(key=lambda fact: (fact.row["received_at"], fact.row["sequence"]))
    history.project(held.state.imported.number, facts)
    held.save(replace(held.state, imported=None))
