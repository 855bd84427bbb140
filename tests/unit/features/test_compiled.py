"""What compiled loops bring along, and when they are compiled again."""

import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns

import features
from features.compiled import SOURCES

_RUNS_A_LOOP = """
import sys
from features.items import ItemTable
ItemTable(()).missing(["a"], 0.0, 0.0)
sys.exit("scipy.linalg" in sys.modules)
"""
_CALLED = "from features.compiled import jit\n@jit\ndef called():\n    return {}\n"
_CALLS = """
from features.columns.called import called
from features.compiled import jit
@jit
def calls():
    return called()
"""
_RUNS_BOTH = "from features.calls import calls; print(calls(), sum(calls.stats.cache_hits.values()))"


def test_a_compiled_loop_loads_no_linear_algebra() -> None:
    assert subprocess.run([sys.executable, "-c", _RUNS_A_LOOP], check=False).returncode == 0


def test_a_loop_is_compiled_again_when_one_that_it_calls_has_changed(tmp_path: Path) -> None:
    copied = tmp_path / "features"
    copytree(Path(features.__file__).parent, copied, ignore=ignore_patterns("__pycache__"))
    (copied / "calls.py").write_text(_CALLS)
    (copied / "columns" / "called.py").write_text(_CALLED.format(1))
    assert [_run(tmp_path), _run(tmp_path)] == ["1 0", "1 1"]
    (copied / "columns" / "called.py").write_text(_CALLED.format(2))
    assert _run(tmp_path) == "2 0"


def _run(directory: Path) -> str:
    told = subprocess.run(
        [sys.executable, "-c", _RUNS_BOTH], cwd=directory, capture_output=True, text=True, check=True
    )
    return told.stdout.strip()


def test_all_that_is_compiled_lies_where_changes_are_seen() -> None:
    root = Path(features.__file__).parent
    seen = {path for pattern in SOURCES for path in root.glob(pattern)}
    assert [p for p in root.rglob("*.py") if "import jit" in p.read_text() and p not in seen] == []
