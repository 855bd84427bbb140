"""When a build is taken up again, when it starts afresh, and what is left of it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from features.attributes import DEFAULT
from features.log.place import Log
from features.log.reader import facts
from features.log.schema import Kind
from tests.benchmarks.installation import until
from tests.benchmarks.machine import family
from tests.training.places import Place
from training.building.build import Plan
from training.dataset import dataset
from training.progress import Silent
from training.reading import TAKEN_UP_SECONDS, BuildError, Reading, kept_if_interrupted, listings, planned
from training.source import KINDS
from training.usable import UnusableLogError

ROOT: Final = Path(__file__).resolve().parents[3]
NOW: Final = 1_790_500_000.0
ALL: Final = Reading(NOW, NOW, facts_each=500)


@pytest.fixture
def place(log: Log, tmp_path: Path) -> Place:
    path = log.path(log.parts("acme", Kind.EVENTS)[0])
    return Place(tmp_path, f"file://{path.partition('/shop=')[0]}")


def plan_of(place: Place, reading: Reading, shards: int = 3) -> tuple[Plan, float]:
    return planned(place, "acme", reading, Plan(place.data / "training" / "acme", shards, DEFAULT))


def test_processes_give_the_rows_of_one_walk_and_leave_nothing(place: Place, log: Log) -> None:
    with listings(place, "acme", ALL, DEFAULT, Silent()) as (found, seen):
        assert (place.data / "training" / "acme").exists()
        assert found.X.tobytes() == dataset(facts(log, "acme", KINDS), DEFAULT).X.tobytes()
    assert seen.events.total() > 1_000
    assert not (place.data / "training" / "acme").exists()


def test_a_small_log_is_read_at_once(place: Place) -> None:
    with listings(place, "acme", ALL._replace(facts_each=5_000), DEFAULT, Silent()) as (found, _):
        assert len(found) > 0
        assert not (place.data / "training").exists()


def test_an_interrupted_build_is_taken_up_with_the_moment_it_reads_to(place: Place) -> None:
    plan, until = plan_of(place, ALL)
    (plan.directory / "cut").touch()
    (plan.directory / "rows-0.1f.partial").touch()
    (plan.directory / "2e.partial").mkdir()
    later = Reading(NOW + 600.0, NOW + 600.0)
    assert plan_of(place, later, shards=9) == (plan, until)
    assert sorted(path.name for path in plan.directory.iterdir()) == ["cut", "plan.json"]


@pytest.mark.parametrize("other", ["older", "other code", "other moment"])
def test_another_build_starts_afresh(place: Place, other: str) -> None:
    plan, _ = plan_of(place, ALL)
    (plan.directory / "cut").touch()
    said = plan.directory / "plan.json"
    if other == "older":
        at = said.stat().st_mtime - TAKEN_UP_SECONDS - 1.0
        os.utime(said, (at, at))
    elif other == "other code":
        said.write_text(json.dumps(json.loads(said.read_text()) | {"identity": "of older code"}))
    reading = ALL._replace(until=NOW - 3_600.0) if other == "other moment" else ALL
    assert plan_of(place, reading) == (plan, reading.until)
    assert not (plan.directory / "cut").exists()


@pytest.mark.parametrize(("error", "kept"), [(UnusableLogError, False), (KeyboardInterrupt, True)])
def test_what_was_built_is_kept_for_who_was_interrupted(
    tmp_path: Path, error: type[BaseException], *, kept: bool
) -> None:
    def fails() -> None:
        with kept_if_interrupted(tmp_path):
            raise error

    with pytest.raises(error):
        fails()
    assert tmp_path.exists() is kept


BUILDS: Final = """
import sys
from tests.training.building.test_reading import ALL, DEFAULT, Path, Place, Silent, listings
if __name__ == "__main__":
    with listings(Place(Path(sys.argv[1]), sys.argv[2]), "acme", ALL, DEFAULT, Silent()):
        pass
"""


def test_workers_end_with_a_build_that_is_killed_and_the_next_one_goes_on_at_once(
    place: Place, log: Log
) -> None:
    words = [sys.executable, "-c", BUILDS, str(place.data), place.log_url]
    with subprocess.Popen(words, cwd=ROOT) as killed:
        until(lambda: any((place.data / "training" / "acme").glob("rows-*.partial")))
        workers = [pid for pid in family(killed.pid) if pid != killed.pid]
        killed.kill()
    with listings(place, "acme", ALL, DEFAULT, Silent()) as (found, _):
        assert found.X.tobytes() == dataset(facts(log, "acme", KINDS), DEFAULT).X.tobytes()
    assert len(workers) > 1
    until(lambda: not any(map(is_running, workers)))


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_two_trainings_of_one_shop_do_not_build_in_one_place(place: Place) -> None:
    with (
        listings(place, "acme", ALL, DEFAULT, Silent()) as (found, _),
        pytest.raises(BuildError, match="another training works in"),
        listings(place, "acme", ALL, DEFAULT, Silent()),
    ):
        pass
    assert len(found) > 0
