"""A thread that keeps local copies of a process fresh: its settings, its models."""

import logging
from collections.abc import Callable, Sequence
from threading import Event, Thread
from typing import Final

from features.store.protocol import StoreUnavailable

_LOG: Final = logging.getLogger(__name__)


class Refresher:
    """Calls tasks every so often until stopped; a task that fails is tried again the next time."""

    def __init__(self, tasks: Sequence[Callable[[], None]], seconds: float) -> None:
        self._tasks = tasks
        self._seconds = seconds
        self._stopping = Event()
        self._failing: set[int] = set()
        self._thread = Thread(target=self._run, name="balad-refresher", daemon=True)

    def start(self, *, at_once: bool = True) -> None:
        """Refresh once, so that the process begins with what there is, then go on in the background.

        Where not `at_once`, the process begins without: for what takes long to read and is no condition of an answer.
        """
        if at_once:
            self.refresh()
        self._thread.start()

    def stop(self) -> None:
        """Stop and wait for the refresh under way."""
        self._stopping.set()
        self._thread.join()

    def refresh(self) -> None:
        """Run each task once."""
        for number, task in enumerate(self._tasks):
            try:
                task()
            except Exception as error:  # noqa: BLE001 - an old copy is better than no service
                self._failed(number, error)
            else:
                self._failing.discard(number)

    def _run(self) -> None:
        while not self._stopping.wait(self._seconds):
            self.refresh()

    def _failed(self, number: int, error: Exception) -> None:
        """Log a failure once, until the task succeeds again."""
        if number in self._failing:
            return
        self._failing.add(number)
        known = isinstance(error, StoreUnavailable)
        _LOG.error("local copies are not refreshed: %s", error, exc_info=None if known else error)
