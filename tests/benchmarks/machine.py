"""The machine that figures are measured on, and what programs take of it. Linux: it reads /proc."""

import os
import platform
import resource
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

LIBRARIES: Final = (
    "flask",
    "gunicorn",
    "hiredis",
    "lightgbm",
    "numba",
    "numpy",
    "orjson",
    "pyarrow",
    "redis",
)
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")
_USER, _SYSTEM, _PARENT = 11, 12, 1  # fields of /proc/<pid>/stat behind the name
_RESIDENT: Final = 1  # field of /proc/<pid>/statm
_IDLE: Final = slice(3, 5)  # fields of the line `cpu` of /proc/stat: idle, waiting for a disk


def described() -> str:
    """Return the machine and the versions in one line."""
    memory = os.sysconf("SC_PHYS_PAGES") * _PAGE_BYTES / 2**30
    parts = [
        f"{len(os.sched_getaffinity(0))} cores of {_processor()}",
        f"{memory:.0f} GB",
        f"{platform.system()} {platform.release()}",
        f"Python {platform.python_version()}",
        *(f"{name} {version(name)}" for name in LIBRARIES),
    ]
    return ", ".join(parts)


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def cpu_seconds(processes: Iterable[int]) -> float:
    """Return the user and system time that processes have taken so far, in steps of 10 ms."""
    return sum(int(_stat(pid)[_USER]) + int(_stat(pid)[_SYSTEM]) for pid in processes) / _TICKS


def resident_bytes(process: int) -> int:
    """Return the memory that a process holds, pages shared with others included."""
    return int(Path(f"/proc/{process}/statm").read_text(encoding="utf-8").split()[_RESIDENT]) * _PAGE_BYTES


def anonymous_bytes(process: int) -> int:
    """Return the memory that a process holds for itself, without pages of files: the system takes those back."""
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(2**10 * int(line.split()[1]) for line in lines if line.startswith("RssAnon"))


def family(process: int) -> list[int]:
    """Return a process and all its descendants."""
    parents = {pid: int(_stat(pid)[_PARENT]) for pid in _processes()}
    found = [process]
    for one in found:
        found += [pid for pid, parent in parents.items() if parent == one]
    return found


def _processes() -> list[int]:
    return [
        int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit() and (path / "stat").exists()
    ]


def _stat(pid: int) -> list[str]:
    """Return the fields behind the name, which may hold anything; zeros for a process that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ["0"] * (_SYSTEM + 1)


@dataclass(frozen=True, slots=True)
class Busy:
    """CPU time of the whole machine and of this program with its ended children, to see what others took."""

    machine: float
    total: float
    ours: float

    @classmethod
    def now(cls) -> "Busy":
        """Return the times so far, in seconds."""
        fields = Path("/proc/stat").read_text(encoding="utf-8").split("\n", 1)[0].split()[1:9]
        times = [int(field) / _TICKS for field in fields]
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return cls(sum(times) - sum(times[_IDLE]), sum(times), sum(u.ru_utime + u.ru_stime for u in used))

    def others_since(self, before: "Busy") -> float:
        """Return the share of the cores that other programs took since `before`."""
        others = (self.machine - before.machine) - (self.ours - before.ours)
        return max(others, 0.0) / max(self.total - before.total, 1e-9)
