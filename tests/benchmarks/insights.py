"""How long a merchant waits for the figures of a page, from a log of 10 million events."""

import json
import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

from features.store.memory_work import MemoryWorkStore
from features.store.settings import MemorySettings
from service.insights.insights import Insights
from service.insights.question import Question
from tests.benchmarks import past
from tests.benchmarks.figures import Figure, Section

PAGE: Final = "category/shoes"
ASKED: Final = 3  # processes that are asked, each for the first time
ROOT: Final = Path(__file__).resolve().parents[2]
_KB: Final = 2**10


def measure() -> Section:
    """Write the log, then ask new processes for the figures of a page."""
    with TemporaryDirectory() as directory:
        past.write(Path(directory))
        past.merge(Path(directory))
        told = [asked(directory) for _ in range(ASKED)]
    best = {name: min(each[name] for each in told) for name in told[0]}
    return Section(
        "Figures of a page",
        f"{past.EVENTS:,} events and {past.EVENTS * past.RANKINGS_SHARE:,.0f} rankings of {past.DAYS} days in files as "
        f"the worker leaves them, {past.VISITORS:,} visitors; one page with those below it, all {past.DAYS} days. Best "
        f"of {ASKED} new processes, files in the memory of the system; memory is the most that such a process held.",
        [
            Figure("first time", best["cold"], "s", at_most=3.0),
            Figure("again", best["kept"], "s", at_most=0.3),
            Figure("memory", max(each["memory"] for each in told), "MB", at_most=1_000),
        ],
    )


def asked(directory: str) -> dict[str, float]:
    """Return what a new process tells of its first and second answer."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.insights", directory],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    answer: dict[str, float] = json.loads(told.stdout)
    return answer


def tell(directory: str) -> dict[str, float]:
    """Answer twice; seconds and megabytes."""
    until = past.SINCE + past.DAYS * past.DAY_SECONDS
    insights = Insights(f"file://{directory}", MemoryWorkStore(), MemorySettings(), lambda: until)
    seconds = []
    for _ in range(2):
        began = perf_counter()
        insights.answer(past.SHOP, Question(PAGE, past.SINCE, until))
        seconds.append(perf_counter() - began)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KB
    return {"cold": seconds[0], "kept": seconds[1], "memory": memory}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(tell(sys.argv[1])))
