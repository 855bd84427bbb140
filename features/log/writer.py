"""Writing a file of the log: whole or not at all, and there to stay once it is there."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from features.log.place import Log, Part, date_of
from features.log.schema import Kind, Row, to_table

_COMPRESSION: Final = "zstd"
_SCORE: Final = "items.list.element.score"  # no two are alike: laid by bytes, a sixth smaller
_LEVELS: Final = 3  # directories of a part below the log's root


def write(log: Log, shop: str, kind: Kind, batch: int, rows: Iterable[Row]) -> list[Part]:
    """Write the facts of a batch, one file per date, in the order given; return the files.

    The same batch with the same facts writes the same files again. Raises OSError where the disk is full or away.
    """
    by_date: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_date[date_of(row["received_at"])].append(row)
    parts = []
    for date, group in sorted(by_date.items()):
        part = Part(shop, kind, date, batch)
        table = to_table(kind, group)
        put(log, part, table.schema, [table])
        parts.append(part)
    return parts


def put(log: Log, part: Part, schema: pa.Schema, groups: Iterable[pa.Table]) -> None:
    """Write a part of row groups, in place of what has its name. Raises OSError as `write` does."""
    if log.local:
        _put_locally(Path(log.directory(part)), part.name, schema, groups)
        return
    with log.files.open(log.path(part), "wb") as file:  # an object appears whole, when it is closed
        _put(file, schema, groups)


def remove(log: Log, part: Part) -> None:
    """Take a part away; nothing to take away is fine."""
    directory = log.directory(part)
    with suppress(FileNotFoundError):
        log.files.rm_file(log.path(part))
        if log.local:
            _sync(Path(directory))


def _put(file: IO[bytes], schema: pa.Schema, groups: Iterable[pa.Table]) -> None:
    leaves = [leaf for field in schema for leaf in _leaves(field.name, field.type)]
    encodings = {_SCORE: "BYTE_STREAM_SPLIT"} if _SCORE in leaves else None
    with pq.ParquetWriter(
        file,
        schema,
        compression=_COMPRESSION,
        use_dictionary=[leaf for leaf in leaves if leaf != _SCORE],
        column_encoding=encodings,
    ) as out:
        for group in groups:
            out.write_table(group, row_group_size=max(group.num_rows, 1))


def _leaves(path: str, dtype: pa.DataType) -> Iterator[str]:
    """Return the paths of a column as Parquet has them, one for each that holds values.

    >>> list(_leaves("items", pa.list_(pa.struct([("item_id", pa.string()), ("index", pa.int32())]))))
    ['items.list.element.item_id', 'items.list.element.index']
    """
    if pa.types.is_list(dtype):
        yield from _leaves(f"{path}.list.element", dtype.value_type)
    elif pa.types.is_struct(dtype):
        for field in dtype:
            yield from _leaves(f"{path}.{field.name}", field.type)
    else:
        yield path


def _put_locally(directory: Path, name: str, schema: pa.Schema, groups: Iterable[pa.Table]) -> None:
    """Write under another name, have the disk keep it, then rename: what has the name is whole."""
    if not directory.exists():
        directory.mkdir(parents=True, exist_ok=True)
        for above in list(directory.parents)[:_LEVELS]:
            _sync(above)
    temporary = directory / f".{name}.tmp"
    try:
        with temporary.open("wb") as file:
            _put(file, schema, groups)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(directory / name)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync(directory)


def _sync(directory: Path) -> None:
    """Have the disk keep the names in a directory."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
