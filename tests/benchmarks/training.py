"""How fast a log becomes rows to learn from, and how long a training takes, from a generated log.

`make bench ONLY=training:1000000` measures a larger log than `make bench ONLY=training` does, beside it.
"""

import re
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from features.attributes import DEFAULT
from features.log.place import Log
from service.settings import environment
from tests.benchmarks import listings_log
from tests.benchmarks.figures import Figure, Section
from tests.benchmarks.listings_log import SHOP, SIZE, Shape
from tests.benchmarks.machine import anonymous_bytes, family
from training.building.build import Plan, build
from training.progress import Silent

LISTINGS: Final = 100_000
SMALL: Final = 50_000  # of the figures per core, once with listings that the shop ordered, once with rankings
ROOT: Final = Path(__file__).resolve().parents[2]
_LOOK_SECONDS: Final = 0.5
_REFUSED: Final = 3  # trained, but a gate keeps it from serving: as long a training
_BUILT: Final = re.compile(
    r"([0-9.]+) s  [0-9,]+ listings, "
)  # what `balad train` says when the dataset is there


@dataclass(frozen=True, slots=True)
class Trained:
    """One `balad train`, in a process of its own."""

    listings: int
    seconds: float
    building_seconds: float  # until the dataset was there
    building_bytes: int  # held by it and its processes at the highest until then, without pages of files
    bytes_held: int  # the same until the end

    @property
    def milliseconds_each(self) -> float:
        """Wall time per listing."""
        return 1_000.0 * self.seconds / self.listings


def measure(listings: int = LISTINGS) -> Section:
    """Build datasets on one core; then train."""
    with TemporaryDirectory() as directory:
        root = Path(directory)
        ordered = per_core(root / "ordered", Shape(SMALL))
        ranked = per_core(root / "ranked", Shape(SMALL, ranked=1.0))
        runs = [trained(root / f"{size}", size) for size in sorted({LISTINGS, listings})]
    last = runs[-1]
    figures = [
        Figure("listings into rows per second and core", ordered, "/s", at_least=3_000),
        Figure("the same of listings that Balad ranked, two facts each", ranked, "/s"),
        Figure(f"`balad train` on {last.listings:,} listings: dataset", last.building_seconds, "s"),
        Figure("the same, with learning, judging and report", last.seconds, "s", at_most=1_800),
        Figure(
            "memory of the dataset's building at its highest", last.building_bytes / 1e9, "GB", at_most=2.0
        ),
        Figure("memory of the whole training at its highest", last.bytes_held / 1e9, "GB"),
    ]
    if len(runs) > 1:
        times = last.milliseconds_each / runs[0].milliseconds_each
        figures.append(Figure(f"time per listing against that of {LISTINGS:,}", times, "times", at_most=1.3))
    return Section(
        "Dataset and training",
        f"A generated log of {listings_log.DAYS} days: listings of {SIZE} items, and what followed. Rows with the full "
        f"table: all stages of building, in CPU time of a process, from {SMALL:,} listings. `balad train` in a "
        "process of its own, with a process per core for the dataset; memory of all its processes, without "
        "pages of files.",
        figures,
    )


def per_core(root: Path, shape: Shape) -> float:
    """Return how many listings a second of CPU turns into rows, in a process of its own."""
    listings_log.write_log(Log(f"file://{root}"), shape)
    told = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.training", str(root)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return float(told.stdout)


def rows_per_second(root: Path) -> float:
    """Return the same of this process; what Python and compiled code take to load is left out."""
    with TemporaryDirectory() as directory:
        few = Path(directory) / "few"
        listings_log.write_log(Log(f"file://{few}"), Shape(1_000, ranked=0.5))
        _built(few, Path(directory) / "first")
        began = time.process_time()
        listings = _built(root, Path(directory) / "second")
        return listings / (time.process_time() - began)


def _built(root: Path, directory: Path) -> int:
    plan, source = Plan(directory, 1, DEFAULT), (Log(f"file://{root}"), SHOP, float("inf"))
    return len(build(plan, source, None, AtOnce(), Silent()).data)


class AtOnce(Executor):
    """Does what is submitted at once, in this process."""

    def submit(self, call: Callable[..., Any], /, *given: Any, **named: Any) -> "Future[Any]":
        """Do it and return what came of it."""
        done: Future[Any] = Future()
        done.set_result(call(*given, **named))
        return done


def trained(root: Path, listings: int) -> Trained:
    """Write a log and learn from it."""
    listings_log.write_log(Log(f"file://{root}/log"), Shape(listings))
    settings = environment(data=root, log_url=f"file://{root}/log", models_url=f"file://{root}/models")
    words = [sys.executable, "-m", "service.cli", "train", "--shop", SHOP]
    began, building, most, steps = time.monotonic(), 0, 0, root / "steps"
    with (
        steps.open("w") as says,
        subprocess.Popen(words, stderr=says, stdout=subprocess.DEVNULL, env=settings) as process,
    ):
        while process.poll() is None:
            most = max(most, sum(map(anonymous_bytes, family(process.pid))))
            building = building if _BUILT.search(steps.read_text()) else most
            time.sleep(_LOOK_SECONDS)
    told = steps.read_text()
    if process.returncode not in {0, _REFUSED}:
        raise RuntimeError(f"balad train failed: {told}")
    built = _BUILT.search(told)
    building_seconds = float(built[1]) if built else float("nan")
    return Trained(listings, time.monotonic() - began, building_seconds, building, most)


if __name__ == "__main__":  # started by `per_core`
    sys.stdout.write(f"{rows_per_second(Path(sys.argv[1]))}\n")
