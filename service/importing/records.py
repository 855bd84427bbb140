"""The records of a file, one at a time, whatever its format: JSON lines, CSV or Parquet, plain or gzipped.

CSV, and Parquet without a column `items`, are flat: one row per item of an event. Rows of one event follow each other
and are joined.
"""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Final, NamedTuple, TypeAlias

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

_ROWS_AT_ONCE: Final = 2_000
_LONGEST_LINE: Final = 4 << 20  # bytes; a longer one is no event, and is not taken into memory
_EVENT_ITEM: Final = ("item_id", "index", "price", "quantity")
_FORMATS: Final = {".jsonl": "json", ".ndjson": "json", ".json": "json", ".csv": "csv", ".parquet": "parquet"}


class UnreadableFileError(ValueError):
    """A file is of no kind that we read; the message says what to do."""


class Record(NamedTuple):
    """One record: the line (Parquet: the row) where it begins, what it says, or why it cannot be read."""

    line: int
    said: object
    wrong: str | None = None
    flat: bool = False  # whether it is of a table, so that it has no parts and its values may be text
    unmapped: bool = False  # whether it is another system's, and has no place here


Records: TypeAlias = Iterator[Record]


class Source:
    """An open file. `position` of `size` bytes have been read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = path.stat().st_size
        self._file: IO[bytes] = path.open("rb")
        self._gzipped = path.suffix == ".gz"

    @property
    def position(self) -> int:
        """How far reading has come."""
        return self._file.tell()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def records(self, *, joined: bool) -> Records:
        """Yield the records. Raises UnreadableFileError if the file is not what its name says."""
        return _whole(self._records(joined=joined), self.path)

    def _records(self, *, joined: bool) -> Records:
        name = self.path.with_suffix("") if self._gzipped else self.path
        match _FORMATS.get(name.suffix):
            case "json":
                return _json_lines(self._plain(), self.path)
            case "csv":
                return _joined(_csv(self._plain(), self.path)) if joined else _csv(self._plain(), self.path)
            case "parquet":
                return _parquet(self._plain(), self.path, joined=joined)
            case _:
                known = ", ".join(_FORMATS)
                raise UnreadableFileError(
                    f"{self.path}: name it {known}, with or without .gz, after what it holds"
                )

    def _plain(self) -> IO[bytes]:
        return gzip.GzipFile(fileobj=self._file) if self._gzipped else self._file  # type: ignore[return-value]


def _whole(records: Records, path: Path) -> Records:
    """Yield records of a file that can be read to its end."""
    try:
        yield from records
    except (EOFError, zlib.error, csv.Error, OSError) as error:
        raise UnreadableFileError(f"{path}: cannot be read to its end, as if cut off: {error}") from error


def _json_lines(file: IO[bytes], path: Path) -> Records:
    for number, line in enumerate(_lines(file), start=1):
        if not line.strip():
            continue
        if number == 1 and line.lstrip()[:1] == b"[":
            raise UnreadableFileError(f"{path}: is one JSON array; write one object per line instead")
        try:
            yield Record(number, orjson.loads(line))
        except orjson.JSONDecodeError as error:
            yield Record(number, line.decode(errors="replace").rstrip("\r\n"), f"no JSON: {error}")


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """Yield lines; of one that is too long, its beginning, which is no record."""
    while line := file.readline(_LONGEST_LINE):
        yield line
        while len(line) == _LONGEST_LINE and not line.endswith(b"\n"):
            line = file.readline(_LONGEST_LINE)


def _csv(file: IO[bytes], path: Path) -> Records:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline="")
    try:
        rows = csv.reader(text, strict=True)
        header = next(rows, [])
        if not header or len(set(header)) < len(header):
            raise UnreadableFileError(f"{path}: its first line should name the columns, each once")
        before = rows.line_num
        for row in _careful(rows):
            line, before = before + 1, rows.line_num
            if isinstance(row, str) or len(row) != len(header):
                wrong = (
                    row if isinstance(row, str) else f"{len(row)} fields where the header names {len(header)}"
                )
                yield Record(line, row, wrong)
            else:
                said = {name: value for name, value in zip(header, row, strict=True) if value != ""}
                yield Record(line, said, flat=True)
    finally:
        text.detach()


def _careful(rows: "csv._reader") -> Iterator[list[str] | str]:  # type: ignore[name-defined]
    """Yield rows, and for one that cannot be read, why."""
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield str(error)


def _parquet(file: IO[bytes], path: Path, *, joined: bool) -> Records:
    try:
        opened = pq.ParquetFile(file)
        flat = "items" not in opened.schema_arrow.names
        rows = _parquet_rows(opened, flat=flat)
        yield from _joined(rows) if flat and joined else rows
    except (pa.ArrowException, OSError) as error:
        raise UnreadableFileError(f"{path}: no Parquet file, or a broken one: {error}") from error


def _parquet_rows(file: pq.ParquetFile, *, flat: bool) -> Records:
    line = 0
    for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE):
        columns = [_column(batch.column(i)) for i in range(batch.num_columns)]
        for row in pa.RecordBatch.from_arrays(columns, names=batch.schema.names).to_pylist():
            line += 1
            said = {name: value for name, value in row.items() if value is not None}
            yield Record(line, said, flat=flat)


def _column(column: pa.Array) -> pa.Array:
    """Return a column as JSON would have it: times as Unix seconds, no NaN."""
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        microseconds = column.cast(pa.timestamp("us")).cast(pa.int64()).cast(pa.float64())
        return pc.divide(microseconds, 1e6)
    if pa.types.is_floating(column.type):
        return pc.if_else(pc.is_nan(column), None, column)
    if pa.types.is_dictionary(column.type):
        return column.dictionary_decode()
    return column


def _joined(rows: Records) -> Records:
    """Join rows of one event, which follow each other, into one record with its items."""
    group: list[Record] = []
    for row in rows:
        if not isinstance(row.said, dict):  # unreadable: told by itself, the rest of its event still counts
            yield row
            continue
        if group and not _same_event(group[0].said, row.said):
            yield _event(group)
            group = []
        group.append(row)
    if group:
        yield _event(group)


def _same_event(first: Any, said: Any) -> bool:  # noqa: ANN401 - two rows, as read
    return "event_id" in first and first["event_id"] == said.get("event_id")


def _event(rows: Sequence[Record]) -> Record:
    said: list[dict[str, Any]] = [row.said for row in rows if isinstance(row.said, dict)]
    event = {name: value for name, value in said[0].items() if name not in _EVENT_ITEM}
    items = [{n: row[n] for n in _EVENT_ITEM if n in row} for row in said if "item_id" in row]
    return rows[0]._replace(said=event | {"items": items} if items else event)
