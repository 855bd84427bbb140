"""What the log of a shop holds, counted file by file: nothing is deduplicated by reading."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from features.identity import hash64
from features.increments import counts
from features.log.ids import SeenIds
from features.log.place import Log, Part
from features.log.reader import ids_of
from features.log.schema import Kind, conformed, to_rows

_IDENTIFIED: Final = (Kind.EVENTS, Kind.EXPOSURES)


@dataclass
class Logged:
    """The sums. `visitors` are those of events, with when they last were there (Unix seconds)."""

    files: dict[Kind, int] = field(default_factory=dict)
    rows: dict[Kind, int] = field(default_factory=dict)
    doubled: dict[Kind, int] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    visitors: dict[str, float] = field(default_factory=dict)
    shown_to: set[str] = field(default_factory=set)  # visitors of exposures
    counted: dict[int, float] = field(default_factory=dict)  # item hash -> last event that counts for it
    catalogue: dict[str, dict[str, Any]] = field(default_factory=dict)  # item id -> last change
    settings: dict[str, str | None] = field(default_factory=dict)

    def take(self, kind: Kind, rows: list[dict[str, Any]]) -> None:
        """Take in facts in their order: of files, or from a stream."""
        for row in rows:
            match kind:
                case Kind.EVENTS:
                    self._event(row)
                case Kind.EXPOSURES if row["visitor_id"] is not None:
                    self.shown_to.add(row["visitor_id"])
                case Kind.ITEMS:
                    before = self.catalogue.get(row["item_id"])
                    if before is None or before["received_at"] <= row["received_at"]:
                        self.catalogue[row["item_id"]] = row
                case Kind.SETTINGS:
                    self.settings[row["name"]] = row["after"]

    def _event(self, row: dict[str, Any]) -> None:
        if (who := row["visitor_id"]) is not None:
            self.visitors[who] = max(row["received_at"], self.visitors.get(who, 0.0))
        if counts(row["name"]):
            for item in row["items"] or ():
                self.counted[hash64(item["item_id"])] = row["received_at"]


def logged(log: Log, shop: str) -> Logged:
    """Read the whole log of a shop."""
    sums = Logged()
    for kind in Kind:
        seen, parts = SeenIds(), log.parts(shop, kind)
        sums.files[kind], sums.rows[kind], sums.doubled[kind] = len(parts), 0, 0
        for table in _tables(log, parts, sums.unreadable):
            sums.rows[kind] += table.num_rows
            if kind in _IDENTIFIED and (ids := ids_of(kind, table)) is not None:
                sums.doubled[kind] += table.num_rows - int(seen.add(ids).sum())
            # Of an exposure, whose listing is long, only who saw it.
            sums.take(
                kind,
                table.select(["visitor_id"]).to_pylist() if kind is Kind.EXPOSURES else to_rows(kind, table),
            )
    return sums


def _tables(log: Log, parts: list[Part], unreadable: list[str]) -> Iterator[pa.Table]:
    for part in parts:
        try:
            with log.files.open(log.path(part), "rb") as file:
                yield conformed(part.kind, pq.read_table(file))
        except (pa.ArrowException, OSError):
            unreadable.append(log.path(part))
