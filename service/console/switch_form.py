"""The form of a page's switch: from fields to settings, or to what is wrong with which field."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from pydantic import ValidationError

from service.console.said import errors_of
from service.pages.schedule import DAYS
from service.pages.settings import KeptPage, PageChange

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

_HOURS: Final = re.compile(r"\s*(\d{1,2})[:h](\d{2})\s*(?:-|\N{EN DASH}|to|à)\s*(\d{1,2})[:h](\d{2})\s*")
_FIELDS: Final = frozenset({"traffic", "holdout", "exploration", "state", "objective"})
_PERCENT: Final = {"traffic": 100, "holdout": 20, "exploration": 20}  # the most of each
_SCHEDULED: Final = {
    "since": "since",
    "from": "since",
    "until": "until",
    "days": "days",
    "time_zone": "time_zone",
}


class Wrong(Exception):  # noqa: N818 - read as a sentence: "the field is wrong"
    """A field that cannot be read, and why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class Read(NamedTuple):
    """What a form says; None and the errors by field where it cannot be used."""

    change: PageChange | None
    errors: dict[str, str]


def fields_of(settings: KeptPage) -> dict[str, Any]:
    """Return the fields that a form of these settings begins with."""
    schedule = settings.schedule
    zone = "UTC" if schedule is None else schedule.time_zone
    hours = (schedule and schedule.hours) or ()
    return {
        "state": settings.state or "off",
        "traffic": percent(settings.share),
        "holdout": percent(settings.holdout),
        "exploration": percent(settings.explored_share),
        "objective": settings.objective or "balanced",
        "since": local(schedule.since if schedule else None, zone),
        "until": local(schedule.until if schedule else None, zone),
        "days": list((schedule and schedule.days) or ()),
        "hours": ", ".join(f"{each.since}-{each.until}" for each in hours),
        "time_zone": zone,
    }


def said_in(form: "MultiDict[str, str]") -> dict[str, Any]:
    """Return the fields as somebody filled them in, to show them again."""
    return {name: form.get(name, "") for name in fields_of(KeptPage(state="off"))} | {
        "days": form.getlist("days")
    }


def read(form: "MultiDict[str, str]") -> Read:
    """Return the change that a form asks for."""
    try:
        said: dict[str, Any] = {
            "state": form.get("state", ""),
            "traffic": share("traffic", form.get("traffic", "")),
            "holdout": share("holdout", form.get("holdout", "")),
            "exploration": share("exploration", form.get("exploration", "")),
            "objective": form.get("objective") or None,
            "schedule": _schedule(form),
        }
        return Read(PageChange.model_validate(said), {})
    except Wrong as wrong:
        return Read(None, {wrong.field: wrong.message})
    except ValidationError as error:
        found = {_field(each["loc"]): each for each in error.errors()}
        errors = errors_of(error, _field)
        for field, each in found.items():  # shares are written as percentages
            if field in _PERCENT and each["type"] in {"less_than_equal", "greater_than_equal"}:
                most = _PERCENT[field]
                errors[field] = _("This should be between 0 and %(most)s percent.", most=most)
        return Read(None, errors)


def percent(value: float) -> str:
    """Write a share as a form has it.

    >>> percent(0.5), percent(0.075)
    ('50', '7.5')
    """
    return f"{100.0 * value:.4f}".rstrip("0").rstrip(".")


def share(field: str, text: str) -> float | None:
    """Read a percentage; nothing where nothing is said. Raises Wrong."""
    text = text.strip().removesuffix("%").strip().replace(",", ".")
    if not text:
        return None
    try:
        return round(float(text) / 100.0, 9)
    except ValueError:
        raise Wrong(field, _("This should be a percentage, such as 50.")) from None


def moment(field: str, text: str, zone: str) -> float | None:
    """Read a local time of a place as Unix seconds; nothing where nothing is said. Raises Wrong."""
    if not text.strip():
        return None
    try:
        return dt.datetime.fromisoformat(text.strip()).replace(tzinfo=ZoneInfo(zone)).timestamp()
    except (ValueError, KeyError, OSError, OverflowError):
        raise Wrong(field, _("This should be a date and a time.")) from None


def _schedule(form: "MultiDict[str, str]") -> dict[str, Any] | None:
    zone = form.get("time_zone", "").strip() or "UTC"
    if not _is_zone(zone):
        raise Wrong("time_zone", _("There is no such time zone; write one such as Europe/Paris."))
    said = {
        "from": moment("since", form.get("since", ""), zone),
        "until": moment("until", form.get("until", ""), zone),
        "days": [day for day in DAYS if day in form.getlist("days")] or None,
        "hours": _hours(form.get("hours", "")),
    }
    given = {name: value for name, value in said.items() if value is not None}
    return {**given, "time_zone": zone} if given else None


def _hours(text: str) -> list[dict[str, str]] | None:
    if not text.strip():
        return None
    found = [_HOURS.fullmatch(part) for part in text.split(",")]
    if any(match is None for match in found):
        raise Wrong("hours", _("Write hours such as 09:00-12:30, 14:00-18:00."))
    return [
        {"from": f"{int(m[1]):02d}:{m[2]}", "until": f"{int(m[3]):02d}:{m[4]}"}
        for m in found
        if m is not None
    ]


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def local(at: float | None, zone: str) -> str:
    """Write Unix seconds as the local time of a place, as a form has it; nothing for None."""
    return "" if at is None else dt.datetime.fromtimestamp(at, ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")


def _field(location: tuple[Any, ...]) -> str:
    """Return the field that an error of the settings is about; the end of a schedule for a schedule as a whole."""
    if location[:1] == ("schedule",):
        if location[1:2] == ("hours",):
            return "hours"
        return _SCHEDULED.get(str(location[1]) if len(location) > 1 else "", "until")
    named = str(location[0]) if location else ""
    return named if named in _FIELDS else "state"


def differences(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Return the fields in which two versions differ: (field, mine, theirs)."""
    return [(name, mine[name], theirs[name]) for name in theirs if mine.get(name) != theirs[name]]
