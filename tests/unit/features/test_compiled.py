"""What compiled loops bring along."""

import subprocess
import sys

_RUNS_A_LOOP = """
import sys
from features.items import ItemTable
ItemTable(()).missing(["a"], 0.0, 0.0)
sys.exit("scipy.linalg" in sys.modules)
"""


def test_a_compiled_loop_loads_no_linear_algebra() -> None:
    assert subprocess.run([sys.executable, "-c", _RUNS_A_LOOP], check=False).returncode == 0
