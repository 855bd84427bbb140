"""The disk under the log full, then freed: nothing acknowledged is lost, and nobody has to start anything again."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.request import urlopen

from tests.benchmarks.client import prepared
from tests.benchmarks.installation import free_port, until
from tests.faults.town import PATIENCE_SECONDS, Town, send, town

DISK_BYTES: Final = 8 << 20
LEFT_BYTES: Final = 40_960  # so that a file of the log begins and does not end
BATCH: Final = 500
_UNWRITABLE: Final = "balad_worker_log_writable"


class NoMountError(RuntimeError):
    """No small disk can be mounted here."""


@dataclass(frozen=True, slots=True)
class DiskFull:
    """What came of it. `resumed_after_seconds`: from the freed disk until the log held all."""

    acknowledged: int
    refused: int
    missing: int
    doubled: int
    resumed_after_seconds: float
    same_worker: bool


def disk_full(events: int) -> DiskFull:
    """Send events while the log's disk is full, free it, and look for all of them. Raises NoMountError."""
    with TemporaryDirectory(prefix="balad-disk-") as data, _small_disk(Path(data) / "disk") as disk:
        observed = f"127.0.0.1:{free_port()}"
        url = f"file://{disk / 'log'}"
        with town(Path(data), "everysec", log_url=url, worker_bind=observed) as place:
            worker, ballast = place.running["worker"].pid, disk / "ballast"
            _fill(ballast)
            sent = [_send(place, first) for first in range(0, events, BATCH)]
            until(lambda: _unwritable(observed), PATIENCE_SECONDS)
            sent += [_send(place, first) for first in range(events, 2 * events, BATCH)]
            ballast.unlink()
            freed = time.monotonic()
            acknowledged = {event for batch in sent for event in batch}
            until(lambda: acknowledged <= place.logged().keys(), PATIENCE_SECONDS)
            resumed = time.monotonic() - freed
            same = place.running["worker"].poll() is None and place.running["worker"].pid == worker
            place.stop()
            logged = place.logged()
    return DiskFull(
        acknowledged=len(acknowledged),
        refused=2 * events - len(acknowledged),
        missing=len(acknowledged - logged.keys()),
        doubled=sum(times > 1 for times in logged.values()),
        resumed_after_seconds=resumed,
        same_worker=same,
    )


@contextmanager
def _small_disk(place: Path) -> Iterator[Path]:
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(words, capture_output=True, check=False).returncode:
        raise NoMountError("a small disk takes root, and leave to mount one")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def _fill(ballast: Path) -> None:
    statistics = os.statvfs(ballast.parent)
    free = statistics.f_bavail * statistics.f_frsize
    with ballast.open("wb") as file:
        file.write(bytes(free - LEFT_BYTES))


def _send(place: Town, first: int) -> list[str]:
    """Send a batch; the ids that were acknowledged."""
    ids = [f"e{n}" for n in range(first, first + BATCH)]
    said = {"name": "view_item", "consent": True, "items": [{"item_id": "A"}]}
    events = [said | {"event_id": i, "visitor_id": f"v{hash(i) % 99}"} for i in ids]
    request = prepared("POST", "/v1/events", place.shop.secret_key, {"events": events})
    return ids if send(place.port, request) == 200 else []


def _unwritable(observed: str) -> bool:
    with urlopen(f"http://{observed}/metrics", timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    return any(line.startswith(_UNWRITABLE) and line.endswith(" 0.0") for line in lines)
