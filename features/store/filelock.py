"""A lock on a file, kept by the kernel: it is never left behind by a process that died."""

import fcntl
import os
from pathlib import Path


class FileLockError(RuntimeError):
    """The file cannot be locked at all, whoever holds it."""


class FileLock:
    """Ours from `take` until `drop` or the end of the process, and of those that inherited its descriptor."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: int | None = None

    @property
    def descriptor(self) -> int:
        """What a started process inherits (`pass_fds`) to hold the lock on after our `drop`."""
        if self._held is None:
            raise RuntimeError(f"{self._path} is not held")
        return self._held

    def take(self, *, shared: bool = False) -> bool:
        """Take the lock, or turn the one we hold into this kind; False where others hold it, and we nothing.

        Raises:
            FileLockError: The file cannot be opened, or its file system knows no locks.
        """
        try:
            if self._held is None:
                self._held = os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(self._held, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            self.drop()
            return False
        except OSError as error:
            self.drop()
            raise FileLockError(f"{self._path} cannot be locked: {error.strerror}") from error
        return True

    def drop(self) -> None:
        """Close our descriptor."""
        if self._held is not None:
            os.close(self._held)
            self._held = None
