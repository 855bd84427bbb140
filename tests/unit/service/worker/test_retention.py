"""The log is kept as long as it may be, and no longer."""

from math import inf
from pathlib import Path

from features.log.place import Log, date_of
from features.log.schema import Kind
from features.log.writer import write
from features.store.memory_work import MemoryWorkStore
from service.worker.held import holding
from service.worker.retention import Retention

NOON = 1_795_348_800.0
DAY = 86_400.0


def dates_after_keeping(tmp_path: Path, kind: Kind, written_days_ago: float = inf) -> list[float]:
    """Which of some ages, in days, still have files; what is older than its file was imported."""
    log, ages = Log(f"file://{tmp_path}"), (0.0, 30.0, 394.0, 395.0, 396.0, 800.0)
    for place, age in enumerate(ages):
        written_at = NOON - min(age, written_days_ago) * DAY
        write(log, "s", kind, int(1000 * written_at), [{"received_at": NOON - age * DAY, "sequence": place}])
    with holding(MemoryWorkStore(), log, "s") as held:
        assert held is not None
        Retention(395).step(held, NOON)
    kept = {part.date for part in log.parts("s", kind)}
    return [age for age in ages if date_of(NOON - age * DAY) in kept]


def test_events_and_exposures_beyond_it_go(tmp_path: Path) -> None:
    for kind in (Kind.EVENTS, Kind.EXPOSURES):
        assert dates_after_keeping(tmp_path, kind) == [0.0, 30.0, 394.0, 395.0]


def test_an_old_history_stays_as_long_after_its_import(tmp_path: Path) -> None:
    everything = [0.0, 30.0, 394.0, 395.0, 396.0, 800.0]
    assert dates_after_keeping(tmp_path / "new", Kind.EVENTS, written_days_ago=0.0) == everything
    assert dates_after_keeping(tmp_path / "just", Kind.EVENTS, written_days_ago=395.0) == everything
    assert dates_after_keeping(tmp_path / "old", Kind.EVENTS, written_days_ago=396.0) == everything[:4]


def test_what_a_rebuild_needs_stays(tmp_path: Path) -> None:
    for kind in (Kind.ITEMS, Kind.SETTINGS, Kind.PRIVACY):
        assert len(dates_after_keeping(tmp_path, kind)) == 6
