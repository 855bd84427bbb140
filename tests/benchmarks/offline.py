"""How fast a past comes in from files, and becomes rows to learn from."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from time import process_time
from typing import Any, Final

from features.attributes import DEFAULT
from features.log.place import Log
from features.log.reader import facts
from features.log.schema import Kind
from service.settings import environment
from tests.benchmarks import generated
from tests.benchmarks.figures import Figure, Section
from tests.benchmarks.installation import Installation, installation
from training.dataset import dataset

SESSIONS: Final = 1_500
SEED: Final = "17"


def measure() -> Section:
    """Import a simulated past, then replay it."""
    with installation(worker=False) as balad:
        past = balad.settings.data / "past"
        _simulated(balad, past)
        said, used = _imported(balad, past / "events.jsonl")
        seconds, listings = _replayed(balad)
    return Section(
        "Import and dataset",
        f"{said['added']:,} events of {SESSIONS:,} simulated visits: `balad import` from JSON lines into log and "
        "state, in a process of its own; then their replay into rows to learn from, in CPU time of one core.",
        [
            Figure("events imported per second", said["added"] / said["seconds"], "/s", at_least=4_033),
            Figure("events imported per CPU second", said["added"] / (used.ru_utime + used.ru_stime), "/s"),
            Figure("memory of the import at its highest", used.ru_maxrss / 1_024, "MB"),
            Figure("listings replayed per second and core", listings / seconds, "/s"),
        ],
    )


def _simulated(balad: Installation, past: Path) -> None:
    process = _started(
        balad, "simulate", "--seed", SEED, "--sessions", str(SESSIONS), "--out", str(past), "--quiet"
    )
    if process.communicate() and process.returncode != 0:
        raise RuntimeError("balad simulate failed")


def _started(balad: Installation, *arguments: str) -> subprocess.Popen[bytes]:
    said = {name: getattr(balad.settings, name) for name in balad.settings.model_fields_set}
    words = [sys.executable, "-m", "service.cli", *arguments]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment(**said))


def _imported(balad: Installation, events: Path) -> tuple[dict[str, Any], resource.struct_rusage]:
    """Return what the import says of itself, and what it used."""
    process = _started(balad, "import", str(events), "--shop", generated.SHOP, "--kind", "events", "--json")
    said = process.stdout.read() if process.stdout else b""
    _, status, used = os.wait4(process.pid, 0)
    if status != 0:
        raise RuntimeError("balad import failed")
    return json.loads(said), used


def _replayed(balad: Installation) -> tuple[float, int]:
    log = Log(balad.settings.log_url)
    began = process_time()
    found = dataset(facts(log, generated.SHOP, (Kind.ITEMS, Kind.EVENTS)), DEFAULT)
    return process_time() - began, len(found)
