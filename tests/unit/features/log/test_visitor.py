"""What the log holds of one visitor, and the log without them."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from features.identity import hash64
from features.log import visitor
from features.log.place import Log, Part
from features.log.reader import rows
from features.log.schema import Kind
from features.log.writer import write

NOON = 1_795_348_800.0
V = frozenset({hash64("v")})


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(f"file://{tmp_path}")


def event(number: int, who: str | None) -> dict[str, Any]:
    at = NOON + number
    items = [{"item_id": "A", "index": 0, "price": 1.5, "quantity": None}]
    return {
        "event_id": f"e{number}",
        "visitor_id": who,
        "received_at": at,
        "sequence": number,
        "items": items,
    }


def test_only_the_visitor_s_rows_go(log: Log) -> None:
    events = [event(n, ("v", "w", None)[n % 3]) for n in range(9)]
    (part,) = write(log, "s", Kind.EVENTS, 1, events)
    before = [row for row in rows(log, part) if row["visitor_id"] != "v"]
    assert visitor.erase(log, part, V) == 3
    assert rows(log, part) == before
    assert b"v" not in set(pq.read_table(log.path(part)).column("visitor_id").to_pylist())


def test_a_part_without_the_visitor_is_not_touched(log: Log) -> None:
    (part,) = write(log, "s", Kind.EVENTS, 1, [event(1, "w"), event(2, None)])
    before = Path(log.path(part)).stat().st_mtime_ns
    assert visitor.erase(log, part, V) == 0
    assert Path(log.path(part)).stat().st_mtime_ns == before


def test_a_part_of_nobody_else_goes(log: Log) -> None:
    (part,) = write(log, "s", Kind.EVENTS, 1, [event(1, "v")])
    assert visitor.erase(log, part, V) == 1
    assert log.parts("s", Kind.EVENTS) == []


def test_a_part_that_is_gone_holds_nobody(log: Log) -> None:
    assert visitor.erase(log, Part("s", Kind.EVENTS, "2026-11-22", 7), V) == 0


def test_finds_the_rows_of_a_visitor_in_their_order(log: Log) -> None:
    write(log, "s", Kind.EVENTS, 1, [event(n, "v" if n % 2 else "w") for n in range(4)])
    write(log, "s", Kind.EVENTS, 2, [event(5, "v")])
    assert [row["event_id"] for row in visitor.rows_of(log, "s", Kind.EVENTS, "v")] == ["e1", "e3", "e5"]
    assert list(visitor.rows_of(log, "s", Kind.EVENTS, "nobody")) == []
