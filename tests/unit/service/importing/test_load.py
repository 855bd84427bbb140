"""Files of every format into the log: what is valid is kept, what is not is told, nothing twice."""

import gzip
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.log.place import Log
from features.log.reader import facts
from features.store.memory_work import MemoryWorkStore
from features.store.settings import MemorySettings
from service.importing.intake import Events, Intake, Items
from service.importing.load import Into, Load, Tally
from service.importing.records import Source, UnreadableFileError
from service.importing.rejects import Rejects
from service.shops import create_shop, shop_of

NOW = 1_795_366_800.0
CSV = """event_id,name,time,visitor_id,session_id,consent,item_id,index,price
e1,view_item_list,2026-11-22T16:00:00Z,v,s,true,A1,0,79.0
e1,view_item_list,2026-11-22T16:00:00Z,v,s,true,B7,1,
e2,select_item,1795363209.5,v,s,1,B7,1.0,59
"""


class Shelf:
    """A place to import into."""

    def __init__(self, directory: Path) -> None:
        settings = MemorySettings()
        create_shop(settings, "acme", now=NOW)
        self.rejected = directory / "rejected.jsonl"
        log = Log(f"file://{directory / 'log'}")
        self.into = Into(MemoryWorkStore(clock=lambda: NOW), log, shop_of(settings, "acme"), lambda: NOW)

    def take(self, path: Path, intake: Intake | None = None) -> Tally:
        with closing(Rejects(self.rejected)) as rejects, closing(Source(path)) as source:
            load = Load(self.into, intake or Events(), rejects)
            load.prepare()
            for _ in load.take(source):
                pass
        return load.tally

    def rows(self) -> list[dict[str, Any]]:
        return [fact.row for fact in facts(self.into.log, "acme")]

    def told(self) -> list[dict[str, Any]]:
        return [orjson.loads(line) for line in self.rejected.read_bytes().splitlines()]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def view(number: int) -> dict[str, Any]:
    return {
        "event_id": f"e{number}",
        "name": "view_item",
        "time": NOW - 100 + number,
        "visitor_id": "v",
        "consent": True,
        "items": [{"item_id": "A1"}],
    }


def lines(path: Path, *each: bytes) -> Path:
    path.write_bytes(b"\n".join(each) + b"\n")
    return path


def test_a_broken_line_in_the_middle_costs_itself_only(shelf: Shelf, tmp_path: Path) -> None:
    valid = [orjson.dumps(view(n)) for n in range(4)]
    bad_time = orjson.dumps(view(9) | {"time": None})
    late = orjson.dumps(view(8) | {"time": NOW + 600})
    path = lines(tmp_path / "f.jsonl", *valid[:2], b'{"event_id": "x', bad_time, late, *valid[2:])
    tally = shelf.take(path)
    assert (tally.added, tally.rejected, tally.duplicates, tally.read) == (4, 3, 0, 7)
    told = [(t["line"], t["code"], t["path"]) for t in shelf.told()]
    assert sorted(told) == [(3, "unreadable", ""), (4, "missing", "time"), (5, "time_out_of_range", "time")]
    assert [row["event_id"] for row in shelf.rows()] == ["e0", "e1", "e2", "e3"]


def test_the_same_file_twice_adds_nothing(shelf: Shelf, tmp_path: Path) -> None:
    path = lines(tmp_path / "f.jsonl", *(orjson.dumps(view(n)) for n in range(5)))
    assert shelf.take(path).added == 5
    before = shelf.into.store.visitors("acme", ["v"])
    tally = shelf.take(path)
    assert (tally.added, tally.duplicates) == (0, 5)
    assert len(shelf.rows()) == 5
    assert shelf.into.store.visitors("acme", ["v"]) == before
    assert not shelf.rejected.exists()


def test_gzip_is_read_and_one_cut_off_is_told(shelf: Shelf, tmp_path: Path) -> None:
    whole = gzip.compress(b"".join(orjson.dumps(view(n)) + b"\n" for n in range(5)))
    path = tmp_path / "f.jsonl.gz"
    path.write_bytes(whole)
    assert shelf.take(path).added == 5
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UnreadableFileError, match="cut off"):
        shelf.take(path)


def test_rows_of_a_table_are_joined_into_events(shelf: Shelf, tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text(CSV)
    assert shelf.take(path).added == 2
    first, second = shelf.rows()
    assert [(i["item_id"], i["index"], i["price"]) for i in first["items"]] == [
        ("A1", 0, 79.0),
        ("B7", 1, None),
    ]
    assert (second["time"], second["items"][0]["index"]) == (1795363209.5, 1)


@pytest.mark.parametrize("flat", [True, False])
def test_parquet_is_read_flat_or_with_lists(shelf: Shelf, tmp_path: Path, *, flat: bool) -> None:
    events = [view(n) for n in range(3)]
    flattened = [
        {n: v for n, v in e.items() if n != "items"} | {"item_id": "A1", "price": None} for e in events
    ]
    pq.write_table(pa.Table.from_pylist(flattened if flat else events), tmp_path / "f.parquet")
    assert shelf.take(tmp_path / "f.parquet").added == 3
    assert [row["items"][0]["item_id"] for row in shelf.rows()] == ["A1"] * 3


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("f.jsonl", b'[{"event_id": "e"}]', "one JSON array"),
        ("f.txt", b"", "name it"),
        ("f.parquet", b"PAR1", "no Parquet file"),
        ("f.csv", b"a,a\n1,2\n", "each once"),
    ],
)
def test_a_file_that_is_not_what_it_is_called_is_refused(
    shelf: Shelf, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableFileError, match=said):
        shelf.take(tmp_path / name)


def test_items_that_change_nothing_are_left_out(shelf: Shelf, tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("item_id,price,in_stock,attributes.color\nA1,9.5,yes,red\nB7,5,no,\n")
    items = Items(shelf.into.store, "acme", shelf.into.shop.attributes)
    assert shelf.take(path, items).added == 2
    assert shelf.take(path, items).duplicates == 2
    assert shelf.rows()[0]["received_at"] == 0.0
    row = orjson.loads(shelf.into.store.get_items("acme", ["A1"])["A1"] or b"")
    assert (row["price"], row["in_stock"], row["attributes"]) == (9.5, True, {"color": "red"})
