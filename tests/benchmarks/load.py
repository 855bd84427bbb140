"""Many connections at once: wrk where it is installed, threads of this program elsewhere."""

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Final

import numpy as np
import orjson

from tests.benchmarks.client import Connection

CONNECTIONS: Final = 8
_SCRIPT: Final = """
local requests = {}
for path in io.popen("ls " .. arg_directory .. "/*.request"):lines() do
  local file = io.open(path, "rb")
  requests[#requests + 1] = file:read("*a")
  file:close()
end
local next_one = 0
function request()
  next_one = next_one % #requests + 1
  return requests[next_one]
end
function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    '\\n{"requests": %d, "microseconds": %d, "p50": %f, "p90": %f, "p99": %f, "failed": %d}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(90), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What a service did under load; latencies in milliseconds."""

    client: str
    requests: int
    seconds: float
    p50: float
    p90: float
    p99: float
    failed: int

    @property
    def per_second(self) -> float:
        """Requests answered per second."""
        return self.requests / self.seconds


def load(port: int, requests: Sequence[bytes], seconds: float, connections: int = CONNECTIONS) -> Load:
    """Send prepared requests in turn on each connection, for some seconds."""
    if shutil.which("wrk"):
        return _wrk(port, requests, seconds, connections)
    return _threads(port, requests, seconds, connections)


def _wrk(port: int, requests: Sequence[bytes], seconds: float, connections: int) -> Load:
    with tempfile.TemporaryDirectory() as directory:
        for number, request in enumerate(requests):
            Path(directory, f"{number:04d}.request").write_bytes(request)
        script = Path(directory, "script.lua")
        script.write_text(f"local arg_directory = {directory!r}\n{_SCRIPT}", encoding="utf-8")
        words = ["wrk", "-t1", f"-c{connections}", f"-d{round(seconds)}s", "-s", str(script)]
        run = subprocess.run(
            [*words, f"http://127.0.0.1:{port}/"], capture_output=True, text=True, check=True
        )
    said = orjson.loads(run.stdout.rstrip().rsplit("\n", 1)[-1])
    p50, p90, p99 = (said[name] / 1_000 for name in ("p50", "p90", "p99"))
    return Load("wrk", said["requests"], said["microseconds"] / 1e6, p50, p90, p99, said["failed"])


def _threads(port: int, requests: Sequence[bytes], seconds: float, connections: int) -> Load:
    def one(number: int) -> list[tuple[float, bool]]:
        sent: list[tuple[float, bool]] = []
        end = monotonic() + seconds
        with Connection(port) as connection:
            while monotonic() < end:
                answer = connection.send(requests[(number + len(sent)) % len(requests)])
                sent.append((answer.seconds, answer.status == 200))
        return sent

    began = monotonic()
    with ThreadPoolExecutor(connections) as pool:
        sent = [each for of_one in pool.map(one, range(connections)) for each in of_one]
    took = monotonic() - began
    p50, p90, p99 = np.percentile([1_000 * wait for wait, _ in sent], [50, 90, 99]).tolist()
    return Load("threads of Python", len(sent), took, p50, p90, p99, sum(not well for _, well in sent))
