"""What the processes say on standard error: lines for people, or one JSON object each for a machine that collects them.

A line carries the id of the request it belongs to. No line of level INFO or above holds an id of a visitor; so a line
for each call, whose address may hold one, is only there at the level `debug`.
"""

import logging
import sys
import time
from contextvars import ContextVar
from logging.config import dictConfig
from typing import Any, Final

import orjson

from service.settings import Settings

REQUEST: Final[ContextVar[str]] = ContextVar("request", default="")


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and where there is one the request and the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line.

        >>> _ = REQUEST.set("r-1")
        >>> record = logging.LogRecord("balad", logging.INFO, "", 0, "back", (), None)
        >>> record.created = 0.5
        >>> JsonLines().format(record)
        '{"time":"1970-01-01T00:00:00.500Z","level":"info","logger":"balad","message":"back","request_id":"r-1"}'
        """
        said: dict[str, Any] = {
            "time": f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(record.created))}"
            f".{int(record.created % 1 * 1000):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request := REQUEST.get():
            said["request_id"] = request
        if record.exc_info:
            said["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(said).decode()


class Lines(logging.Formatter):
    """A line for people; a line break in what somebody sent does not begin another."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """Return the line, with the request's id behind it where there is one."""
        line = super().formatMessage(record).replace("\r", "\\r").replace("\n", "\\n")
        request = REQUEST.get()
        return f"{line} (request {request})" if request else line


def configuration(settings: Settings) -> dict[str, Any]:
    """Return what `logging.config.dictConfig` takes, for our loggers and gunicorn's alike."""
    formatter = JsonLines if settings.log_format == "json" else Lines
    level = settings.log_level.upper()
    each_call = "INFO" if settings.log_level == "debug" else "WARNING"  # gunicorn tells of it as INFO
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"balad": {"()": formatter}},
        "handlers": {
            "balad": {"class": "logging.StreamHandler", "formatter": "balad", "stream": sys.stderr},
        },
        "root": {
            "level": "WARNING",
            "handlers": ["balad"],
        },  # of libraries; below that they tell of themselves
        "loggers": {
            **{name: {"level": level} for name in ("features", "service", "training")},
            "gunicorn.error": {"level": level, "handlers": [], "propagate": True},
            "gunicorn.access": {"level": each_call, "handlers": [], "propagate": True},
        },
    }


def begin(settings: Settings) -> None:
    """Have this process log so."""
    dictConfig(configuration(settings))
