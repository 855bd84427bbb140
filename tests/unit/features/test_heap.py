"""Memory that goes back to the system."""

import subprocess
import sys

import pytest

SCRIPT = """
from pathlib import Path
from features import heap

def resident_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20

heap.keep_one()
blocks = [bytes(50_000) + b"!" for _ in range(2_000)]
del blocks[:-1]  # the last one keeps all before it in the heap
before = resident_mb()
heap.give_back()
print(before - resident_mb())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only the GNU C library has the calls")
def test_what_is_free_in_the_middle_of_the_heap_is_given_back() -> None:
    run = subprocess.run([sys.executable, "-c", SCRIPT], check=True, capture_output=True, text=True)
    assert float(run.stdout) > 50.0
