"""A moment on the command line."""

from datetime import UTC, datetime
from typing import Any, Final

import click

_YEAR_10000: Final = 253_402_300_800.0  # dates end there


class Moment(click.ParamType[float]):
    """Unix seconds, or RFC 3339; a time without zone is UTC.

    >>> Moment().convert("2026-11-22T10:00:00Z", None, None), Moment().convert("1795341600.5", None, None)
    (1795341600.0, 1795341600.5)
    """

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401 - click's own signature
        """Return Unix seconds."""
        seconds = _seconds(value)
        if seconds is None or not 0.0 <= seconds < _YEAR_10000:
            self.fail(f"{value!r} is no time; write 2026-11-22T10:00:00Z or Unix seconds", param, ctx)
        return seconds


def _seconds(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        pass
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
