"""The formats that an import can be told, and how their records read as ours."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from service.importing.foreign import ga4, metarank, segment
from service.importing.foreign.notes import Desk, Reading, Said, Unmapped
from service.importing.records import Record, Records


def _alone(line: Said) -> Sequence[object]:
    return [line]


class Format(NamedTuple):
    """How a line parts into records, and how a record of it reads as ours, by what is taken in."""

    reads: dict[str, Callable[[Said, Desk], Reading]]
    parts: Callable[[Said], Sequence[object]] = _alone


FORMATS: Final = {
    "ga4": Format({"events": ga4.read}),
    "segment": Format({"events": segment.read}, segment.calls),
    "metarank": Format({"events": metarank.read_event, "items": metarank.read_item}),
}


class Foreign:
    """Reads the records of one format as ours. `notes` counts what has no place here and what was assumed."""

    def __init__(self, format_name: str, kind: str, desk: Desk) -> None:
        """Raises KeyError for a format, or a kind of it, that is not read."""
        self.notes = desk.notes
        self._desk = desk
        self._format = FORMATS[format_name]
        self._read = self._format.reads[kind]

    def read(self, records: Records) -> Records:
        """Yield ours for each record, and those that have no place here, marked by their name.

        What is no object is passed on: it is refused like any other.
        """
        for record in records:
            if record.wrong is not None or not isinstance(record.said, dict):
                yield record
                continue
            for part in self._format.parts(record.said):
                yield from self._ours(record, part)

    def _ours(self, record: Record, part: object) -> Records:
        if not isinstance(part, dict):
            yield record._replace(said=part, flat=False)
            return
        found = self._read(part, self._desk)
        if isinstance(found, Unmapped):
            self.notes.count_unmapped(found.name)
            yield record._replace(said=part, unmapped=True)
            return
        for ours in found:
            yield record._replace(said=ours, flat=False)
