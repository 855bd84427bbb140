"""The log as a whole: what is written is read, in order, whatever happened to some of its files."""

import logging
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.log import writer
from features.log.place import Log, Part
from features.log.reader import Window, facts, ids_on, rows, tables
from features.log.schema import SCHEMAS, Kind

DAY = 86_400.0
NOON = 1_795_348_800.0  # 2026-11-22T12:00Z


def event(number: int, at: float = NOON, **said: object) -> dict[str, Any]:
    row = dict.fromkeys(SCHEMAS[Kind.EVENTS].names)
    return row | {"event_id": f"e{number}", "name": "view_item", "received_at": at, "sequence": number} | said


def setting(number: int, at: float = NOON) -> dict[str, Any]:
    return dict.fromkeys(SCHEMAS[Kind.SETTINGS].names) | {"received_at": at, "sequence": number}


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(f"file://{tmp_path}/log")


@pytest.fixture(params=["local", "elsewhere"])
def any_log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Log]:
    opened = Log(f"file://{tmp_path}/log" if request.param == "local" else f"memory://{tmp_path.name}")
    yield opened
    if request.param == "elsewhere":
        opened.files.store.clear()


def numbers(log: Log, window: Window | None = None) -> list[int]:
    return [f.row["sequence"] for f in facts(log, "s", (Kind.EVENTS,), window or Window())]


def test_an_empty_log_holds_nothing(any_log: Log) -> None:
    assert list(facts(any_log, "s")) == []
    assert any_log.dates("s", Kind.EVENTS) == []


def test_what_is_written_is_read(any_log: Log) -> None:
    (part,) = writer.write(any_log, "s", Kind.EVENTS, 17, [event(1), event(2)])
    assert part == Part("s", Kind.EVENTS, "2026-11-22", 17)
    assert any_log.path(part).endswith("/shop=s/kind=events/date=2026-11-22/part-0000000000017.parquet")
    assert [f.row for f in facts(any_log, "s")] == [event(1), event(2)]
    assert rows(any_log, part) == [event(1), event(2)]


def test_a_batch_is_split_by_the_date_on_which_its_facts_arrived(any_log: Log) -> None:
    written = [event(1, NOON), event(2, NOON - DAY), event(3, NOON)]
    parts = writer.write(any_log, "s", Kind.EVENTS, 17, written)
    assert [p.date for p in parts] == ["2026-11-21", "2026-11-22"]
    assert numbers(any_log) == [2, 1, 3]


def test_a_batch_written_again_changes_nothing(log: Log) -> None:
    (part,) = writer.write(log, "s", Kind.EVENTS, 17, [event(1), event(2)])
    before = Path(log.path(part)).read_bytes()
    writer.write(log, "s", Kind.EVENTS, 17, [event(1), event(2)])
    assert Path(log.path(part)).read_bytes() == before
    assert names(log, part) == [part.name]


def test_shops_and_kinds_are_apart(log: Log) -> None:
    writer.write(log, "s", Kind.EVENTS, 1, [event(1)])
    writer.write(log, "other", Kind.EVENTS, 1, [event(2)])
    writer.write(log, "s", Kind.SETTINGS, 1, [setting(3)])
    assert numbers(log) == [1]


def test_kinds_are_merged_in_one_order(log: Log) -> None:
    writer.write(log, "s", Kind.SETTINGS, 1, [setting(2), setting(4), setting(9, NOON + DAY)])
    writer.write(log, "s", Kind.EVENTS, 1, [event(1), event(3), event(5, NOON + 1)])
    assert [(f.kind, f.row["sequence"]) for f in facts(log, "s")] == [
        (Kind.EVENTS, 1),
        (Kind.SETTINGS, 2),
        (Kind.EVENTS, 3),
        (Kind.SETTINGS, 4),
        (Kind.EVENTS, 5),
        (Kind.SETTINGS, 9),
    ]


def names(log: Log, part: Part) -> list[str]:
    """Return all that is in a part's directory."""
    return [path.name for path in Path(log.directory(part)).iterdir()]


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 3 * 86_400), st.integers(0, 40)), min_size=1, max_size=6),
        max_size=5,
    )
)
def test_order_is_by_arrival_whatever_file_a_fact_is_in(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[tuple[int, int]]]
) -> None:
    log = Log(f"file://{tmp_path_factory.mktemp('log')}")
    for batch, received in enumerate(batches):
        written = [
            event(number, NOON + at, event_id=f"{batch}-{place}")
            for place, (at, number) in enumerate(received)
        ]
        writer.write(log, "s", Kind.EVENTS, batch, written)
    read = [(f.row["received_at"] - NOON, f.row["sequence"]) for f in facts(log, "s")]
    assert read == sorted(received for batch in batches for received in batch)


def test_a_window_holds_its_start_and_not_its_end(log: Log) -> None:
    written = [event(i, NOON + i * 3600) for i in range(48)]
    writer.write(log, "s", Kind.EVENTS, 1, written)
    assert numbers(log, Window(NOON + 11 * 3600, NOON + 14 * 3600)) == [11, 12, 13]
    assert numbers(log, Window(since=NOON + 46 * 3600)) == [46, 47]
    assert numbers(log, Window(until=NOON)) == []


def test_an_id_counts_once_within_two_days(log: Log) -> None:
    writer.write(log, "s", Kind.EVENTS, 1, [event(1), event(2)])
    writer.write(log, "s", Kind.EVENTS, 2, [event(3, event_id="e1"), event(4, NOON + DAY, event_id="e2")])
    writer.write(log, "s", Kind.EVENTS, 3, [event(5, NOON + 2 * DAY, event_id="e1")])
    assert numbers(log) == [1, 2, 5]


def test_an_order_counts_once_by_its_transaction(log: Log) -> None:
    orders = [event(i, name="purchase", transaction_id="T1" if i < 3 else "T2") for i in range(1, 5)]
    writer.write(log, "s", Kind.EVENTS, 1, orders)
    assert numbers(log) == [1, 3]
    assert list(ids_on(log, "s", Kind.EVENTS, "2026-11-22")) == [
        ["transaction T1", "transaction T1", "transaction T2", "transaction T2"]
    ]


def broken(log: Log, how: str) -> str:
    """Break the second of three files and return its path."""
    parts = [writer.write(log, "s", Kind.EVENTS, n, [event(n)] * 1)[0] for n in (1, 2, 3)]
    path = Path(log.path(parts[1]))
    whole = path.read_bytes()
    middle = bytes([whole[8] ^ 0xFF]) + whole[9:]
    path.write_bytes({"truncated": whole[:-20], "empty": b"", "flipped": whole[:8] + middle}[how])
    return str(path)


@pytest.mark.parametrize("how", ["truncated", "empty", "flipped"])
def test_a_broken_file_is_left_out_with_a_warning_that_names_it(
    log: Log, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    path = broken(log, how)
    with caplog.at_level(logging.WARNING):
        assert numbers(log) == [1, 3]
    assert path in caplog.text
    assert "restore it from a copy" in caplog.text


def test_files_of_others_are_left_alone(log: Log) -> None:
    (part,) = writer.write(log, "s", Kind.EVENTS, 1, [event(1)])
    for name in (f".{part.name}.tmp", "part-x.parquet", "notes.txt"):
        (Path(log.directory(part)) / name).write_bytes(b"not ours")
    assert numbers(log) == [1]


def test_an_empty_file_of_no_rows_is_nothing(log: Log) -> None:
    (part,) = writer.write(log, "s", Kind.EVENTS, 1, [event(1)])
    empty = Part("s", Kind.EVENTS, part.date, 2)
    pq.write_table(SCHEMAS[Kind.EVENTS].empty_table(), log.path(empty))
    assert numbers(log) == [1]


def test_a_file_of_an_older_schema_is_read(log: Log) -> None:
    (part,) = writer.write(log, "s", Kind.EVENTS, 1, [event(1)])
    older = pa.table(
        {"event_id": ["e2"], "name": ["view_item"], "received_at": [NOON], "transaction_id": [""]}
    )
    pq.write_table(older, log.path(Part("s", Kind.EVENTS, part.date, 2)))
    assert sorted(str(f.row["event_id"]) for f in facts(log, "s", (Kind.EVENTS,))) == ["e1", "e2"]


def test_a_disk_that_is_full_leaves_nothing_half_written(log: Log) -> None:
    writer.write(log, "s", Kind.EVENTS, 1, [event(1)])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            writer.write(log, "s", Kind.EVENTS, 2, [event(n) for n in range(2, 500)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert len(names(log, Part("s", Kind.EVENTS, "2026-11-22", 1))) == 1
    assert numbers(log) == [1]


def test_tables_come_without_waiting_for_the_whole_day(log: Log) -> None:
    for batch in range(20):
        writer.write(
            log, "s", Kind.EVENTS, batch, [event(batch * 10 + i, NOON + batch * 10 + i) for i in range(10)]
        )
    lengths = [table.num_rows for table in tables(log, "s", Kind.EVENTS)]
    assert sum(lengths) == 200
    assert max(lengths) == 10


def test_a_log_whose_only_file_is_broken_holds_nothing_to_read(tmp_path: Path) -> None:
    log = Log(f"file://{tmp_path}")
    (part,) = writer.write(log, "s", Kind.EVENTS, 1, [event(1)])
    Path(log.path(part)).write_bytes(b"broken")
    assert list(facts(log, "s", (Kind.EVENTS,))) == []
