"""Keeps a few processes running: starts them in order, restarts what dies, stops them in the opposite order."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from threading import Event
from typing import Final, Protocol

POLL_SECONDS: Final = 0.1
FIRST_DELAY_SECONDS: Final = 0.5
LONGEST_DELAY_SECONDS: Final = 30.0
SETTLED_SECONDS: Final = 60.0  # what has run this long is well: its next failure counts as the first


class Kept(Protocol):
    """Something to keep running."""

    name: str

    def start(self) -> object:
        """Start it; may raise."""
        ...

    def runs(self) -> bool:
        """Whether it is running now."""
        ...

    def stop(self) -> None:
        """Stop it, whether or not it runs."""
        ...


class Child:
    """A program run as a child process, told of our end by the end of its standard input."""

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        stop_seconds: float,
        hurry: Event,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """`environment` is the process's own; None: ours."""
        self.name = name
        self._environment = environment
        self._arguments = list(arguments)
        self._stop_seconds = stop_seconds
        self._hurry = hurry
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it in its own process group, so that Ctrl-C reaches only us and we stop it in our order."""
        self._close()
        self._process = subprocess.Popen(
            self._arguments, stdin=subprocess.PIPE, process_group=0, env=self._environment
        )

    def runs(self) -> bool:
        """Whether it is running now; what is left of its group where it is not, is ended."""
        if self._process is not None and self._process.poll() is None:
            return True
        self._close()
        return False

    def stop(self) -> None:
        """Ask it to end, and kill it with all its children where it takes too long."""
        if self._process is None:
            return
        self._process.terminate()
        end = time.monotonic() + self._stop_seconds
        while self.runs() and time.monotonic() < end and not self._hurry.is_set():
            time.sleep(POLL_SECONDS / 10)
        self._close()

    def _close(self) -> None:
        if self._process is None:
            return
        with suppress(ProcessLookupError, PermissionError):  # none of its group is left
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process = None


class Supervisor:
    """Runs until told to stop."""

    def __init__(self, kept: Sequence[Kept], say: Callable[[str], None]) -> None:
        self._kept = [_Watched(one, say) for one in kept]

    def run(self, stopping: Event) -> None:
        """Keep all running until `stopping` is set, then stop them, the last started first.

        A first start that raises is not tried again: what was started is stopped, and the error goes on.
        """
        started: list[_Watched] = []
        try:
            for one in self._kept:
                started.append(one)
                one.start()
            while not stopping.wait(POLL_SECONDS):
                for one in self._kept:
                    one.tend()
        finally:
            for one in reversed(started):
                one.kept.stop()


class _Watched:
    def __init__(self, kept: Kept, say: Callable[[str], None]) -> None:
        self.kept = kept
        self._say = say
        self._delay = FIRST_DELAY_SECONDS
        self._started_at = 0.0
        self._start_at: float | None = None  # when to start it again; None while it runs

    def start(self) -> None:
        self._started_at = time.monotonic()
        self.kept.start()

    def tend(self) -> None:
        """Start it again some time after it died, longer each time."""
        now = time.monotonic()
        if self._start_at is not None and now < self._start_at:
            return
        try:
            if self._start_at is not None:
                self._start_at = None
                self.start()
            elif not self.kept.runs():
                self._plan(now, "stopped")
        except (OSError, RuntimeError) as error:
            self._plan(now, f"does not start ({error})")

    def _plan(self, now: float, what: str) -> None:
        if now - self._started_at > SETTLED_SECONDS:
            self._delay = FIRST_DELAY_SECONDS
        self._say(f"{self.kept.name} {what}; starting it again in {self._delay:g} s")
        self._start_at = now + self._delay
        self._delay = min(2 * self._delay, LONGEST_DELAY_SECONDS)
