"""A log to learn from: pages of a shop's categories put before visitors, who click what they like and what stands high.

Drawn from a seed and written column by column, a day at a time, as the worker leaves a closed day: one file of each
kind. A page of a category holds the same items in the same order for everybody, as shops have it.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa

from features.log.place import Log, Part, date_of
from features.log.schema import SCHEMAS, Kind
from features.log.writer import put, write
from tests.benchmarks import generated

SHOP: Final = "bench"
SINCE: Final = 1_792_886_400.0  # 2026-10-25T00:00:00Z
DAYS: Final = 28
SIZE: Final = 25  # items of a listing
DAY_SECONDS: Final = 86_400.0
_ITEMS: Final = 20_000
_PAGES: Final = _ITEMS // SIZE
_VISITS: Final = 4  # listings of one session
_SESSIONS: Final = 2  # of one visitor
_KINDS: Final = ("view_item_list", "select_item", "view_item", "add_to_cart", "purchase")
_AFTER: Final = (0.0, 6.0, 7.0, 25.0, 40.0)  # seconds after the listing was seen
_GOES_ON: Final = (
    1.0,
    0.45,
    1.0,
    0.15,
    0.2,
)  # the share of those who did what stands before, that does this too
_ARRIVES: Final = 0.25  # seconds after it was done


@dataclass(frozen=True, slots=True)
class Shape:
    """How many listings, and which share of them Balad ranked, so that each is two facts."""

    listings: int
    ranked: float = 0.0


def write_log(log: Log, shape: Shape) -> None:
    """Write catalogue, settings and what visitors did."""
    _write_shop(log)
    taste = np.random.default_rng(5).normal(0.0, 1.0, (16, _ITEMS))  # of sixteen kinds of visitor
    ends = np.linspace(0, shape.listings, DAYS + 1).astype(np.int64).tolist()
    for day, (start, end) in enumerate(pairwise(ends)):
        seen = _Seen.drawn(day, np.arange(start, end), taste, shape.ranked)
        put_table(log, Kind.EVENTS, SINCE + day * DAY_SECONDS, seen.events())
        if shape.ranked:
            put_table(log, Kind.EXPOSURES, SINCE + day * DAY_SECONDS, seen.exposures())


def put_table(log: Log, kind: Kind, since: float, table: pa.Table) -> None:
    """Write a day's facts of a kind as one file, in row groups as the worker merges them."""
    groups = [table.slice(start, 50_000) for start in range(0, table.num_rows, 50_000)]
    put(log, Part(SHOP, kind, date_of(since), int(since * 1_000)), table.schema, groups)


def _write_shop(log: Log) -> None:
    before = SINCE - DAY_SECONDS
    said: dict[str, Any] = {**dict.fromkeys(SCHEMAS[Kind.ITEMS].names), "deleted": False, "attributes": {}}
    items = [
        {**said, **item, "time": before, "received_at": before, "sequence": number}
        for number, item in enumerate(generated.items(_ITEMS))
    ]
    write(log, SHOP, Kind.ITEMS, 1, items)
    declared = ["category:categorical", "brand:categorical"]
    setting = {"time": before, "received_at": before, "sequence": 1, "actor": "bench", "name": "shop"}
    after = orjson.dumps({"attributes": declared}).decode()
    write(log, SHOP, Kind.SETTINGS, 1, [{**setting, "before": None, "after": after}])


@dataclass(frozen=True, slots=True)
class _Seen:
    """The listings of one day, n of them, by the moment at which they were seen."""

    number: npt.NDArray[np.int64]  # (n,) of all
    visitor: npt.NDArray[np.int64]  # (n,)
    session: npt.NDArray[np.int64]  # (n,)
    page: npt.NDArray[np.int64]  # (n,)
    at: npt.NDArray[np.float64]  # (n,) Unix seconds
    ranked: npt.NDArray[np.bool_]  # (n,)
    liked: npt.NDArray[np.int64]  # (n,) the place of what is clicked, if anything is
    goes: npt.NDArray[np.bool_]  # (kinds, n) what was done

    @classmethod
    def drawn(
        cls, day: int, number: npt.NDArray[np.int64], taste: npt.NDArray[np.float64], ranked: float
    ) -> "_Seen":
        rng = np.random.default_rng((17, day))
        n = len(number)
        session = number // _VISITS
        visitor = session // _SESSIONS
        begins = (
            np.random.default_rng((18, day)).random(int(session[-1] - session[0]) + 1) if n else np.zeros(0)
        )
        at = SINCE + DAY_SECONDS * (day + 0.97 * begins[session - session[0]])
        at = at + (number % _VISITS) * 60.0 + rng.random(n)
        page = np.minimum((rng.pareto(0.6, n) * 8).astype(np.int64), 10 * _PAGES) * 7_919 % _PAGES
        items = page[:, None] * SIZE + np.arange(SIZE)
        wish = 1.5 * taste[(visitor % len(taste))[:, None], items] - 0.12 * np.arange(SIZE)
        liked = np.argmax(wish + rng.gumbel(size=wish.shape), axis=1)
        goes = np.logical_and.accumulate(rng.random((len(_KINDS), n)) < np.array(_GOES_ON)[:, None])
        return cls(number, visitor, session, page, at, rng.random(n) < ranked, liked, goes)

    def events(self) -> pa.Table:
        """Everything that was done, as facts."""
        kind, listing = np.nonzero(self.goes)
        time = self.at[listing] + np.array(_AFTER)[kind]
        order = np.lexsort((kind, time))
        kind, listing, time = kind[order], listing[order], time[order]
        is_list = kind == 0
        sizes = np.where(is_list, SIZE, 1)
        within = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        place = np.where(np.repeat(is_list, sizes), within, np.repeat(self.liked[listing], sizes))
        item = np.repeat(self.page[listing], sizes) * SIZE + place
        ranking = pa.array(_texts("r", self.number[listing]), mask=~self.ranked[listing])
        ids = [
            f"{_KINDS[k][:8]}-{n:09d}"
            for k, n in zip(kind.tolist(), self.number[listing].tolist(), strict=True)
        ]
        some = {
            "event_id": pa.array(ids),
            "name": pa.array(_KINDS).take(pa.array(kind)),
            **self._who(listing, time),
            "sequence": pa.array(np.arange(len(kind)) * 2 + 1),
            "ranking_id": ranking,
            "transaction_id": pa.array(_texts("t", self.number[listing]), mask=kind != len(_KINDS) - 1),
            "items": _items(
                SCHEMAS[Kind.EVENTS], sizes, {"item_id": _item_ids(item), "index": pa.array(place)}
            ),
        }
        return _whole(Kind.EVENTS, some, len(kind))

    def exposures(self) -> pa.Table:
        """The rankings, a moment before what they put in order was seen."""
        listing = np.flatnonzero(self.ranked)
        listing = listing[np.argsort(self.at[listing], kind="stable")]
        n = len(listing)
        place = np.tile(np.arange(SIZE), n)
        item = np.repeat(self.page[listing], SIZE) * SIZE + place
        columns = {"item_id": _item_ids(item), "index": pa.array(place), "shop_index": pa.array(place)}
        some = {
            "ranking_id": pa.array(_texts("r", self.number[listing])),
            **self._who(listing, self.at[listing] - 0.2),
            "sequence": pa.array(np.arange(n) * 2),
            "personalized": pa.array(np.ones(n, np.bool_)),
            "items": _items(SCHEMAS[Kind.EXPOSURES], np.full(n, SIZE), columns),
        }
        return _whole(Kind.EXPOSURES, some, n)

    def _who(self, listing: npt.NDArray[np.int64], time: npt.NDArray[np.float64]) -> dict[str, pa.Array]:
        return {
            "time": pa.array(time),
            "received_at": pa.array(time + _ARRIVES),
            "visitor_id": pa.array(_texts("visitor", self.visitor[listing])),
            "session_id": pa.array(_texts("session", self.session[listing])),
            "page": pa.array(_texts("category/kind", self.page[listing] // 4)),
            "consent": pa.array(np.ones(len(listing), np.bool_)),
        }


def _texts(word: str, numbers: npt.NDArray[np.int64]) -> list[str]:
    return [f"{word}-{number}" for number in numbers.tolist()]


def _item_ids(numbers: npt.NDArray[np.int64]) -> pa.Array:
    return pa.array([generated.item_id(number) for number in range(_ITEMS)]).take(pa.array(numbers))


def _items(schema: pa.Schema, sizes: npt.NDArray[np.int64], some: dict[str, pa.Array]) -> pa.Array:
    dtype, total = schema.field("items").type, int(sizes.sum())
    children = [
        some[f.name].cast(f.type) if f.name in some else pa.nulls(total, f.type) for f in dtype.value_type
    ]
    flat = pa.StructArray.from_arrays(children, fields=list(dtype.value_type))
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), flat, type=dtype)


def _whole(kind: Kind, some: dict[str, pa.Array], count: int) -> pa.Table:
    schema = SCHEMAS[kind]
    columns = [some[f.name].cast(f.type) if f.name in some else pa.nulls(count, f.type) for f in schema]
    return pa.Table.from_arrays(columns, schema=schema)
