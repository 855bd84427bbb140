"""What a row of the log is, for each kind of fact; the one place that knows.

Rows are dicts with every key of their schema and of the structs in it, None where absent; the items of an exposure on
its way into the log may be columns (`features.columnar`). Beside what the fact says, each has `received_at` (Unix
seconds, the order in which facts count) and `sequence` (what tells facts of one moment apart: the stream's id for live
ones, the batch and row for imported ones).
"""

from base64 import b64decode
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, pairwise, repeat
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa

from features.columnar import Items, column, length
from features.log.kind import Kind as Kind  # noqa: PLC0414 - what schemas are asked by

Row: TypeAlias = Mapping[str, Any]
Counts: TypeAlias = npt.NDArray[np.int32]
SEQUENCE_BITS: Final = 20  # a million facts in one millisecond, or rows in one batch
_ORDER: Final = (("time", pa.float64()), ("received_at", pa.float64()), ("sequence", pa.uint64()))
_WHO: Final = (
    ("visitor_id", pa.string()),
    ("session_id", pa.string()),
    ("page", pa.string()),
    ("consent", pa.bool_()),
)
_EVENT_ITEM: Final = pa.struct(
    [
        ("item_id", pa.string()),
        ("index", pa.int32()),
        ("price", pa.float64()),
        ("quantity", pa.float64()),
    ]
)
_EXPOSURE_ITEM: Final = pa.struct(
    [
        ("item_id", pa.string()),
        ("index", pa.int32()),
        ("shop_index", pa.int32()),
        ("score", pa.float64()),
        ("price", pa.float64()),
        ("in_stock", pa.bool_()),
    ]
)
_CONTEXT: Final = pa.struct(
    [
        ("device", pa.string()),
        ("country", pa.string()),
        ("search_term", pa.string()),
        ("filters", pa.list_(pa.string())),
        ("referrer", pa.string()),
    ]
)
SCHEMAS: Final[Mapping[Kind, pa.Schema]] = {
    Kind.EVENTS: pa.schema(
        [
            ("event_id", pa.string()),
            ("name", pa.string()),
            *_ORDER,
            *_WHO,
            ("ranking_id", pa.string()),
            ("currency", pa.string()),
            ("value", pa.float64()),
            ("transaction_id", pa.string()),
            ("search_term", pa.string()),
            ("detail", pa.string()),
            ("items", pa.list_(_EVENT_ITEM)),
        ]
    ),
    Kind.EXPOSURES: pa.schema(
        [
            ("ranking_id", pa.string()),
            *_ORDER,
            *_WHO,
            ("arm", pa.string()),  # treatment, control, holdout, shadow; null: in no experiment
            ("experiment", pa.string()),  # the salt that decided the arm
            (
                "window",
                pa.float64(),
            ),  # since when it is measured so: rows of different windows are never pooled
            ("source", pa.string()),  # the page whose settings held
            ("personalized", pa.bool_()),
            ("reason", pa.string()),
            ("model", pa.string()),
            ("context", _CONTEXT),
            ("items", pa.list_(_EXPOSURE_ITEM)),
            ("said", pa.string()),  # JSON: what the call said about each item, in the shop's order
            ("recommends", pa.bool_()),  # the items are our own candidates; null: a listing of the shop
            ("candidates", pa.int32()),
            ("served", pa.binary()),  # float32 matrix as scored, rows in the shop's order
            ("latency_ms", pa.float64()),
            ("rules", pa.list_(pa.string())),  # ids of the merchant's rules that changed the list
            ("shadow", pa.list_(pa.int32())),  # places of the shop's order as they would have been shown
            ("shadow_model", pa.string()),  # whose order that is; null: what the page itself would have shown
            ("moved", pa.float64()),  # the share of them that would have stood elsewhere
            ("automated", pa.bool_()),  # the browser says that no person drives it; null: none called
            ("exploration", pa.float64()),  # share of rankings whose order is drawn; null: this one was not
            ("temperature", pa.float64()),  # of the draw: what scores were divided by
            ("propensity", pa.list_(pa.float64())),  # of each item among those left, in the shop's order
        ]
    ),
    Kind.ITEMS: pa.schema(
        [
            ("item_id", pa.string()),
            *_ORDER,
            ("deleted", pa.bool_()),
            ("item_name", pa.string()),
            ("item_brand", pa.string()),
            ("item_category", pa.string()),
            ("price", pa.float64()),
            ("currency", pa.string()),
            ("in_stock", pa.bool_()),
            ("created_at", pa.float64()),
            ("url", pa.string()),
            ("image_url", pa.string()),
            ("attributes", pa.string()),  # JSON: values by name
        ]
    ),
    Kind.SETTINGS: pa.schema(
        [
            *_ORDER,
            ("actor", pa.string()),
            ("name", pa.string()),
            ("before", pa.string()),  # JSON, as is `after`
            ("after", pa.string()),
        ]
    ),
    Kind.PRIVACY: pa.schema(
        [
            *_ORDER,
            ("action", pa.string()),  # opt_out, opt_in, erase; erased: when the log was done too
            ("actor", pa.string()),
            (
                "subject",
                pa.string(),
            ),  # hash of the visitor's id, hexadecimal; null where the proof is recorded
            ("erasure_id", pa.string()),
            ("proof", pa.string()),  # JSON
        ]
    ),
}


def sequence_of(milliseconds: int, number: int) -> int:
    """Return what orders a fact among those received at one moment.

    >>> sequence_of(1, 0) > sequence_of(0, 999_999)
    True
    """
    return milliseconds << SEQUENCE_BITS | number


def to_table(kind: Kind, rows: Sequence[Row]) -> pa.Table:
    """Return rows as a table; a key that a row lacks is null there."""
    encode = _ENCODERS.get(kind, {})
    columns = []
    for field in SCHEMAS[kind]:
        values = [row.get(field.name) for row in rows]
        if field.name in encode:
            values = [None if value is None else encode[field.name](value) for value in values]
        columns.append(_array(values, field.type))
    return pa.Table.from_arrays(columns, schema=SCHEMAS[kind])


def to_rows(kind: Kind, table: pa.Table) -> list[dict[str, Any]]:
    """Return a table as rows."""
    return _decoded(kind, table.to_pylist())


def to_rows_of_columns(kind: Kind, table: pa.Table) -> list[dict[str, Any]]:
    """Return a table as rows whose items stay columns, `features.columnar.Items`."""
    listed = [field.name for field in table.schema if _holds_structs(field.type)]
    rows = _decoded(kind, table.drop_columns(listed).to_pylist())
    for name in listed:
        for row, items in zip(rows, _items(table.column(name).combine_chunks()), strict=True):
            row[name] = items
    return rows


def _items(lists: pa.ListArray) -> list[Items | None]:
    """Return the lists of structs of some rows; None where there is none."""
    offsets = lists.offsets.to_numpy()
    flat = lists.values.slice(offsets[0], offsets[-1] - offsets[0])
    said = zip(lists.type.value_type, flat.flatten(), strict=True)
    columns = {field.name: None if c.null_count == len(c) else c.to_pylist() for field, c in said}
    bounds = pairwise((offsets - offsets[0]).tolist())
    known = lists.is_valid().to_pylist()
    return [Items(columns, *each) if is_known else None for each, is_known in zip(bounds, known, strict=True)]


def _decoded(kind: Kind, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for name, decode in _DECODERS.get(kind, {}).items():
        for row in rows:
            if row[name] is not None:
                row[name] = decode(row[name])
    return rows


def conformed(kind: Kind, table: pa.Table) -> pa.Table:
    """Return a table of an older or newer version of the schema as one of this one; what it lacks is null."""
    schema = SCHEMAS[kind]
    if table.schema.equals(schema):
        return table
    columns = [
        table.column(field.name).cast(field.type)
        if field.name in table.column_names
        else pa.nulls(table.num_rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _array(values: list[Any], dtype: pa.DataType) -> pa.Array:
    """Return values as an array; lists of structs column by column, five times as fast as row by row."""
    if not _holds_structs(dtype):
        return pa.array(values, dtype)
    lengths = np.fromiter(map(length, values), np.int32, len(values))
    offsets = np.concatenate([np.zeros(1, np.int32), np.cumsum(lengths, dtype=np.int32)])
    said = [value for value, count in zip(values, lengths.tolist(), strict=True) if count]
    children = [
        _flat([column(items, field.name) for items in said], lengths[lengths > 0], field.type)
        for field in dtype.value_type
    ]
    flat = pa.StructArray.from_arrays(children, fields=list(dtype.value_type))
    absent = pa.array(np.fromiter((value is None for value in values), np.bool_, len(values)))
    return pa.ListArray.from_arrays(pa.array(offsets), flat, type=dtype, mask=absent)


def _holds_structs(dtype: pa.DataType) -> bool:
    return bool(pa.types.is_list(dtype) and pa.types.is_struct(dtype.value_type))


def _flat(columns: list[Iterable[Any] | None], lengths: Counts, dtype: pa.DataType) -> pa.Array:
    """Return columns of so many values each behind one another; one that is None is of nulls."""
    if all(column is None for column in columns):
        return pa.nulls(int(lengths.sum()), dtype)
    if all(isinstance(column, range) for column in columns):
        ends = np.cumsum(lengths, dtype=np.int32)
        return pa.array(np.arange(lengths.sum(), dtype=np.int32) - np.repeat(ends - lengths, lengths), dtype)
    known = [
        repeat(None, count) if column is None else column
        for column, count in zip(columns, lengths.tolist(), strict=True)
    ]
    return pa.array(list(chain.from_iterable(known)), dtype)


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def _bytes(value: str | bytes) -> bytes:
    """Return bytes as they are, and text as the base64 that JSON carries them in."""
    return b64decode(value) if isinstance(value, str) else value


_Coders: TypeAlias = Mapping[Kind, Mapping[str, Callable[[Any], Any]]]
_ENCODERS: Final[_Coders] = {Kind.EXPOSURES: {"served": _bytes}, Kind.ITEMS: {"attributes": _json}}
_DECODERS: Final[_Coders] = {Kind.ITEMS: {"attributes": orjson.loads}}
