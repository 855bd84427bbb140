"""How gunicorn runs the service: the one place that says so, for `balad serve` and for deploy/gunicorn.conf.py."""

import errno
import gc
import logging
import os
import shutil
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from features import heap
from service.connections import Connections
from service.logs import configuration
from service.settings import Settings, load

if TYPE_CHECKING:
    from flask import Flask

MEMORY_DIRECTORY: Final = Path("/dev/shm")  # noqa: S108 - only heartbeats, in files without a name
METRICS_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
COLLECT_AFTER: Final = 20_000  # new objects, those of some 40 rankings, which leave next to no cycles
STUCK_SECONDS: Final = 30  # a web process that gives no sign of life this long is replaced


class AddressError(RuntimeError):
    """The service cannot listen where it should; the message says what to do."""


def gunicorn_options(settings: Settings) -> dict[str, object]:
    """Return gunicorn's settings.

    Processes, because one interpreter is one core; threads, so that no ranking waits for a long call; nothing
    preloaded, because each process keeps its own connections and model.
    """
    return {
        "bind": [settings.bind],
        "worker_class": "service.web_process.WebProcess",
        "workers": settings.workers,
        "threads": settings.threads,
        "keepalive": settings.keepalive_seconds,
        "graceful_timeout": settings.graceful_seconds,
        "timeout": STUCK_SECONDS,
        "preload_app": False,
        # Heartbeats on a disk stall a process whenever the disk does.
        "worker_tmp_dir": str(MEMORY_DIRECTORY) if MEMORY_DIRECTORY.is_dir() else None,
        "control_socket_disable": True,  # one more way in that nobody uses
        "umask": 0o077,
        "loglevel": settings.log_level,
        "logger_class": Log,
        "logconfig_dict": configuration(settings),
        "proc_name": "balad",
        "on_starting": _start,
        "pre_fork": _share_connections,
        "post_worker_init": _settle,
        "child_exit": _forget,
        "on_exit": _drop_metrics,
    }


class Log(Logger):  # type: ignore[misc]  # it publishes no types
    """gunicorn's log, which makes up its line about a call, 60 µs of a core, only where it is wanted."""

    def access(self, *told: Any) -> None:  # noqa: ANN401 - gunicorn's
        """Tell of a call."""
        if self.access_log.isEnabledFor(logging.INFO):
            super().access(*told)


class Web(BaseApplication):  # type: ignore[misc]  # it publishes no types
    """The service under gunicorn, with our settings and nothing from the command line."""

    def __init__(self, settings: Settings, when_ready: Callable[[], None]) -> None:
        self._settings = settings
        self._when_ready = when_ready
        super().__init__()

    def load_config(self) -> None:
        """Give gunicorn its settings."""
        for name, value in gunicorn_options(self._settings).items():
            self.cfg.set(name, value)
        self.cfg.set("when_ready", lambda _arbiter: self._when_ready())

    def load(self) -> "Flask":
        """Make the application, in each web process."""
        return application(self._settings)


def application(settings: Settings | None = None) -> "Flask":
    """Return the application of one web process; without settings, of the environment's."""
    from service.wiring import wired  # noqa: PLC0415 - heavy, and not for the process that only supervises

    return wired(settings or load())


def _share_metrics() -> None:
    """Give the web processes a directory to share their metrics in; prometheus-client reads the variable."""
    os.environ[METRICS_VARIABLE] = tempfile.mkdtemp(prefix="balad-metrics-")  # noqa: TID251 - its only way


def _start(arbiter: Any) -> None:  # noqa: ANN401 - gunicorn publishes no types
    """Prepare what the web processes inherit, while there is one process and one thread."""
    heap.keep_one()
    _share_metrics()
    arbiter.connections = Connections()


def _share_connections(arbiter: Any, worker: Any) -> None:  # noqa: ANN401 - as above
    worker.connections = arbiter.connections


def _settle(_worker: object) -> None:
    """Leave what was loaded at the start out of every later collection: going through it all takes tens of ms."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)


def _forget(arbiter: Any, worker: Any) -> None:  # noqa: ANN401 - as above
    """Count no more on a process that has ended."""
    arbiter.connections.leave(worker.age)
    from prometheus_client import multiprocess  # noqa: PLC0415 - it reads the variable when imported

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def _drop_metrics(_arbiter: object) -> None:
    shutil.rmtree(os.environ[METRICS_VARIABLE], ignore_errors=True)  # noqa: TID251 - as above


def address(bind: str) -> tuple[str, int]:
    """Split HOST:PORT.

    >>> address("[::1]:8000")
    ('::1', 8000)
    """
    host, _, port = bind.rpartition(":")
    return host.strip("[]"), int(port)


def refuse_taken(bind: str) -> None:
    """Raise AddressError where the service could not listen: gunicorn would try for seconds and say it in pages."""
    host, port = address(bind)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        with socket.socket(found[0][0]) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(found[0][4])
    except OSError as error:
        what = (
            "is taken by another program"
            if error.errno == errno.EADDRINUSE
            else f"cannot be used ({error.strerror})"
        )
        raise AddressError(
            f"{bind} {what}; stop it, or set BALAD_BIND to another address and port"
        ) from error


def url(bind: str) -> str:
    """Return where a browser of this machine finds the service.

    >>> url("0.0.0.0:8000")
    'http://127.0.0.1:8000'
    """
    host, port = address(bind)
    host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104 - compared only
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
