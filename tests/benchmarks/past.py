"""Four weeks of a busy shop as files of the log: 10 million events, drawn from a seed, written column by column.

The worker's own code then merges the files of closed days, as it does within the hour after midnight.
"""

from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.assignment import held_out
from features.log.place import Log, date_of
from features.log.schema import SCHEMAS, Kind
from features.store.memory_work import MemoryWorkStore
from service.worker.compacting import GRACE_SECONDS, Compacting
from service.worker.held import holding

SHOP: Final = "bench"
DAYS: Final = 28
DAY_SECONDS: Final = 86_400.0
SINCE: Final = 1_792_886_400.0  # 2026-10-25T00:00:00Z
EVENTS: Final = 10_000_000
VISITORS: Final = 800_000
RANKINGS_SHARE: Final = 0.1  # rankings per event
FILE_ROWS: Final = 5_000  # what a batch of the worker holds
HOLDOUT: Final = 0.2
_NAMES: Final = ("view_item_list", "view_item", "select_item", "add_to_cart", "purchase", "refund")
_SHARES: Final = (0.35, 0.42, 0.17, 0.05, 0.0095, 0.0005)
_PAGES: Final = ("home", "category/shoes", "category/shoes/boots", "category/bags", "search/red")
_ITEMS: Final = 4  # of an event; no figure reads them


def write(root: Path, events: int = EVENTS) -> None:
    """Write the log below `root`, a day at a time."""
    rng = np.random.default_rng(11)
    visitors = pa.array([f"v-{number:016x}" for number in rng.integers(0, 2**63, VISITORS).tolist()])
    arms = [
        "control" if held_out(SHOP, visitor, HOLDOUT) else "treatment" for visitor in visitors.to_pylist()
    ]
    people = pa.table({"visitor_id": visitors, "arm": pa.array(arms)})
    for day in range(DAYS):
        since = SINCE + day * DAY_SECONDS
        _save(
            root, Kind.EXPOSURES, since, _exposures(rng, people, since, int(events * RANKINGS_SHARE / DAYS))
        )
        _save(root, Kind.EVENTS, since, _events(rng, people, since, events // DAYS))


def merge(root: Path) -> None:
    """Merge the files of closed days; that of the last day stays open."""
    merging, now = Compacting(SHOP), SINCE + DAYS * DAY_SECONDS - 1.0
    for _ in range(2):  # covered files go when their grace is over
        with holding(MemoryWorkStore(), Log(f"file://{root}"), SHOP) as held:
            while held is not None and merging.step(held, now):
                pass
        now += GRACE_SECONDS


def _events(rng: np.random.Generator, people: pa.Table, since: float, count: int) -> pa.Table:
    name = rng.choice(len(_NAMES), count, p=_SHARES)
    bought = np.isin(name, [4, 5])
    order = np.where(name == 5, rng.integers(0, 1_000_000, count), rng.integers(0, 10**12, count))
    some = {
        "event_id": _ids("e", rng.integers(0, 10**15, count)),
        "name": pa.array(_NAMES).take(pa.array(name)),
        **_who(rng, people, since, count),
        "consent": pa.array(np.ones(count, np.bool_)),
        "currency": pc.if_else(pa.array(bought), "EUR", None),
        "value": pa.array(np.round(np.exp(rng.normal(4, 0.8, count)), 2), mask=name != 4),
        "transaction_id": pc.if_else(pa.array(bought), _ids("T", order), None),
        "items": _items(rng, count, SCHEMAS[Kind.EVENTS].field("items").type),
    }
    return _whole(Kind.EVENTS, some, count)


def _exposures(rng: np.random.Generator, people: pa.Table, since: float, count: int) -> pa.Table:
    some = {
        "ranking_id": _ids("r", rng.integers(0, 10**15, count)),
        **_who(rng, people, since, count, arm=True),
        "consent": pa.array(np.ones(count, np.bool_)),
        "latency_ms": pa.array(rng.gamma(4, 0.6, count)),
        "items": _items(rng, count, SCHEMAS[Kind.EXPOSURES].field("items").type),
    }
    is_control = pc.equal(some["arm"], "control")
    some |= {"personalized": pc.invert(is_control), "reason": pc.if_else(is_control, "control", None)}
    if "experiment" in SCHEMAS[Kind.EXPOSURES].names:
        some |= {
            "experiment": pa.repeat(f"{SHOP}/holdout", count),
            "window": pa.repeat(SINCE - DAY_SECONDS, count),
            "source": pa.repeat("default", count),
        }
    return _whole(Kind.EXPOSURES, some, count)


def _who(
    rng: np.random.Generator, people: pa.Table, since: float, count: int, *, arm: bool = False
) -> dict[str, pa.Array]:
    times = pa.array(np.sort(since + DAY_SECONDS * rng.random(count)))
    who = people.take(pa.array(rng.integers(0, VISITORS, count)))
    session = _ids("s", rng.integers(0, 10**12, count))
    page = pa.array(_PAGES).take(pa.array(rng.integers(0, len(_PAGES), count)))
    columns = who.column_names if arm else ["visitor_id"]
    found = {name: who.column(name).combine_chunks() for name in columns}
    return found | {"time": times, "received_at": times, "session_id": session, "page": page}


def _ids(letter: str, numbers: npt.NDArray[np.int64]) -> pa.Array:
    return pc.binary_join_element_wise(pa.scalar(letter), pa.array(numbers).cast(pa.string()), "-")


def _items(rng: np.random.Generator, count: int, dtype: pa.DataType) -> pa.Array:
    size = count * _ITEMS
    known = {"item_id": _ids("sku", rng.integers(0, 50_000, size)), "price": pa.array(rng.random(size))}
    children = [known.get(f.name, pa.nulls(size, f.type)) for f in dtype.value_type]
    flat = pa.StructArray.from_arrays(children, fields=list(dtype.value_type))
    return pa.ListArray.from_arrays(
        pa.array(np.arange(0, size + 1, _ITEMS, dtype=np.int32)), flat, type=dtype
    )


def _whole(kind: Kind, some: dict[str, pa.Array], count: int) -> pa.Table:
    schema = SCHEMAS[kind]
    columns = [some.get(field.name, pa.nulls(count, field.type)) for field in schema]
    return pa.Table.from_arrays([_cast(c, f) for c, f in zip(columns, schema, strict=True)], schema=schema)


def _cast(column: pa.Array, field: pa.Field) -> pa.Array:
    return column if column.type == field.type else column.cast(field.type)


def _save(root: Path, kind: Kind, since: float, table: pa.Table) -> None:
    directory = root / f"shop={SHOP}" / f"kind={kind}" / f"date={date_of(since)}"
    directory.mkdir(parents=True)
    for number, start in enumerate(range(0, table.num_rows, FILE_ROWS)):
        batch = int(since * 1000) + number
        pq.write_table(
            table.slice(start, FILE_ROWS), directory / f"part-{batch:013d}.parquet", compression="zstd"
        )
