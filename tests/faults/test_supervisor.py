"""What the supervisor keeps is restarted when it dies and never outlives it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Self

import pytest

from service.supervisor import Child, Supervisor

Until = Callable[[Callable[[], bool]], None]

FOREVER = "import signal; signal.pause()"
STUBBORN = (
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); signal.pause()"
)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text() if Path("/proc").is_dir() else True


def written(file: Path) -> list[int]:
    return [int(line) for line in file.read_text().splitlines()] if file.exists() else []


@pytest.fixture
def pids(tmp_path: Path) -> Iterator[Path]:
    """A file in which programs write their process id; whatever is left of them is killed after the test."""
    file = tmp_path / "pids"
    yield file
    for pid in written(file):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def child(
    pids: Path, program: str = FOREVER, *, hurry: Event | None = None, stop_seconds: float = 10.0
) -> Child:
    note = f"import os; open({str(pids)!r}, 'a').write(f'{{os.getpid()}}\\n')\n"
    arguments = [sys.executable, "-c", note + program]
    return Child("it", arguments, stop_seconds=stop_seconds, hurry=hurry or Event())


class Running:
    """A supervisor in a thread."""

    def __init__(self, *kept: Child) -> None:
        self.said: list[str] = []
        self.stopping = Event()
        self.thread = Thread(target=Supervisor(kept, self.said.append).run, args=(self.stopping,))

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self.thread.join()


def test_restarts_what_dies_and_says_so(pids: Path, until: Until) -> None:
    with Running(child(pids)) as supervisor:
        until(lambda: len(written(pids)) == 1)
        os.kill(written(pids)[0], signal.SIGKILL)
        until(lambda: len(written(pids)) == 2)
        assert supervisor.said == ["it stopped; starting it again in 0.5 s"]
        assert alive(written(pids)[1])
    assert not alive(written(pids)[1])


def test_waits_longer_each_time_it_dies_at_once(pids: Path, until: Until) -> None:
    with Running(child(pids, "raise SystemExit(1)")) as supervisor:
        until(lambda: len(supervisor.said) == 2)
    assert [line.split()[-2] for line in supervisor.said] == ["0.5", "1"]


def test_kills_what_does_not_end_in_time(pids: Path, until: Until) -> None:
    with Running(child(pids, STUBBORN, stop_seconds=0.1)):
        until(lambda: bool(written(pids)))
    assert not alive(written(pids)[0])


def test_a_second_signal_does_not_wait(pids: Path, until: Until) -> None:
    hurry = Event()
    hurry.set()
    with Running(child(pids, STUBBORN, hurry=hurry, stop_seconds=600)):
        until(lambda: bool(written(pids)))
    assert not alive(written(pids)[0])


def test_ends_the_children_of_a_child_that_was_killed(pids: Path, until: Until) -> None:
    forks = f"if os.fork() == 0: open({str(pids)!r}, 'a').write(f'{{os.getpid()}}\\n')\n{FOREVER}"
    with Running(child(pids, forks)):
        until(lambda: len(written(pids)) == 2)
        parent, grandchild = written(pids)
        os.kill(parent, signal.SIGKILL)
        until(lambda: not alive(grandchild))


def test_a_first_start_that_fails_stops_what_was_started(pids: Path) -> None:
    first = child(pids)
    missing = Child("missing", ["/nonexistent/program"], stop_seconds=1, hurry=Event())
    with pytest.raises(FileNotFoundError):
        Supervisor([first, missing], print).run(Event())
    assert not first.runs()


def test_a_child_ends_with_a_parent_that_was_killed(pids: Path, until: Until) -> None:
    follow = f"from service.cli.lifeline import end_with_parent; end_with_parent(); {FOREVER}"
    parent = (
        "import sys, threading; from service.supervisor import Child, Supervisor\n"
        "kept = Child('it', [sys.executable, '-c', sys.argv[1]], stop_seconds=1, hurry=threading.Event())\n"
        "Supervisor([kept], print).run(threading.Event())\n"
    )
    note = f"import os; open({str(pids)!r}, 'a').write(f'{{os.getpid()}}\\n')\n"
    with subprocess.Popen([sys.executable, "-c", parent, note + follow]) as process:
        until(lambda: bool(written(pids)))
        process.kill()
    until(lambda: not alive(written(pids)[0]))
