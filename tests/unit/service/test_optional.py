"""A process that leaves a package out neither loads it nor fails where a library would use it."""

import subprocess
import sys
from importlib.util import find_spec

import pytest

_PROGRAM = """
import sys
from service.optional import leave_out
{leave_out}
import pyarrow
assert pyarrow.array([1, None]).null_count == 1
print("pandas" in sys.modules)
"""


@pytest.mark.skipif(find_spec("pandas") is None, reason="nothing to leave out: pandas is not installed")
@pytest.mark.parametrize(("said", "loaded"), [("leave_out('pandas')", "False"), ("", "True")])
def test_pyarrow_makes_arrays_without_pandas(said: str, loaded: str) -> None:
    program = _PROGRAM.format(leave_out=said)
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == loaded
