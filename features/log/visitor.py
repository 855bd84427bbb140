"""What the log holds of one visitor, and the log without them."""

from collections.abc import Collection, Iterator
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.identity import hash64
from features.log.place import Log, Part
from features.log.schema import Kind, conformed, to_rows
from features.log.writer import put, remove

KINDS: Final = (Kind.EVENTS, Kind.EXPOSURES)  # those that say who
_WHO: Final = "visitor_id"


def rows_of(log: Log, shop: str, kind: Kind, visitor_id: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of a visitor, file by file, each file in its order. A file that cannot be read raises OSError."""
    for part in log.parts(shop, kind):
        with log.files.open(log.path(part), "rb") as opened:
            file = pq.ParquetFile(opened)
            for group in range(file.num_row_groups):
                theirs = pc.equal(file.read_row_group(group, [_WHO]).column(_WHO), visitor_id)
                if pc.any(theirs).as_py():
                    table = conformed(kind, file.read_row_group(group).filter(theirs))
                    yield from to_rows(kind, table)


def erase(log: Log, part: Part, subjects: Collection[int]) -> int:
    """Rewrite a part without the visitors whose `hash64` is given, and return how many rows went.

    The other rows stay as they are, in their order and under the file's own schema. A part that held nobody else is
    removed; one that holds none of them, or is gone, is left alone. What is half done when the process dies is done
    again by the next call. Raises OSError where the disk is full or away, and for a file that is broken.
    """
    try:
        opened = log.files.open(log.path(part), "rb")
    except FileNotFoundError:
        return 0
    with opened, pq.ParquetFile(opened) as file:
        gone = sum(int(pc.sum(_are_of(file, group, subjects)).as_py() or 0) for group in _groups(file))
        if gone == file.metadata.num_rows and gone:
            remove(log, part)
        elif gone:
            put(log, part, file.schema_arrow, _others(file, subjects))
    return gone


def _others(file: pq.ParquetFile, subjects: Collection[int]) -> Iterator[pa.Table]:
    for group in _groups(file):
        kept = file.read_row_group(group).filter(pc.invert(_are_of(file, group, subjects)))
        if kept.num_rows:
            yield kept


def _are_of(file: pq.ParquetFile, group: int, subjects: Collection[int]) -> pa.Array:
    """Tell for each row of a group whether it is of one of the visitors; of nobody's, it is not."""
    ids = file.read_row_group(group, [_WHO]).column(_WHO).combine_chunks().dictionary_encode()
    theirs = pa.array([hash64(each) in subjects for each in ids.dictionary.to_pylist()], pa.bool_())
    return pc.fill_null(theirs.take(ids.indices), False)  # noqa: FBT003 - Arrow's own signature


def _groups(file: pq.ParquetFile) -> range:
    return range(file.num_row_groups)
