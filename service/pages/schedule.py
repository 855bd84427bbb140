"""When something holds: from, until, on which days, in which hours of a place's own clock. Pure."""

from collections.abc import Sequence
from datetime import datetime
from itertools import combinations
from typing import Annotated, Final, Literal, Self, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from service.contract.quantities import Time

STRICT: Final = ConfigDict(
    extra="forbid", strict=True, frozen=True, serialize_by_alias=True, validate_by_alias=True
)
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")  # as datetime.weekday counts them
_HOUR: Final = r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$"
_DAY_MINUTES: Final = 24 * 60

Day: TypeAlias = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Hour: TypeAlias = Annotated[str, Field(pattern=_HOUR, examples=["09:30"])]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (OSError, ValueError):  # ZoneInfoNotFoundError is a KeyError
        pass
    except KeyError:
        pass
    else:
        return name
    raise PydanticCustomError("time_zone", "Time zone should be one of the IANA names, such as Europe/Paris")


class Hours(BaseModel):
    """A part of each day, on the wall clock; one that ends before it starts goes on past midnight."""

    model_config = STRICT

    since: Annotated[Hour, Field(alias="from")]
    until: Hour

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if self.since in {self.until, "24:00"}:
            raise PydanticCustomError("empty_hours", "Hours should end at another time than they start")
        return self

    def covers(self, minute: int) -> tuple[bool, bool]:
        """Tell of a minute of the day whether it is in what starts that day, and in what started the day before."""
        since, until = _minute(self.since), _minute(self.until)
        if since < until:
            return since <= minute < until, False
        return minute >= since, minute < until


def _minute(hour: str) -> int:
    return int(hour[:2]) * 60 + int(hour[3:])


def _apart(hours: Sequence[Hours]) -> Sequence[Hours]:
    """Refuse hours of one day that overlap: which of them was meant?"""
    covered = [{m for m in range(_DAY_MINUTES) if any(h.covers(m))} for h in hours]
    for (i, one), (j, other) in combinations(enumerate(covered), 2):
        if one & other:
            raise PydanticCustomError(
                "overlap",
                "Hours {later} overlap with hours {earlier}",
                {
                    "later": f"{hours[j].since}-{hours[j].until}",
                    "earlier": f"{hours[i].since}-{hours[i].until}",
                },
            )
    return hours


class Schedule(BaseModel):
    """When a page's state, or a rule, holds. What is left out does not limit."""

    model_config = STRICT

    since: Annotated[Time | None, Field(alias="from", description="From this moment.")] = None
    until: Annotated[Time | None, Field(description="Until just before this moment.")] = None
    days: Annotated[list[Day] | None, Field(min_length=1, max_length=7)] = None
    hours: Annotated[
        list[Hours] | None,
        Field(
            min_length=1, max_length=12, description="Parts of a day on the wall clock; they may not overlap."
        ),
        AfterValidator(lambda hours: hours and _apart(hours)),
    ] = None
    time_zone: Annotated[
        str, Field(max_length=64, description="Whose days and hours."), AfterValidator(_known_zone)
    ] = "UTC"

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.since is not None and self.until is not None and self.until <= self.since:
            raise PydanticCustomError("end_before_start", "Schedule should end after it starts")
        return self

    def is_open(self, at: float) -> bool:
        """Tell whether it holds at a moment (Unix seconds).

        Days and hours are those of the wall clock in `time_zone`: an hour that the clock skips is left out, one that
        it repeats counts twice. Hours past midnight belong to the day on which they start.

        >>> night = Schedule.model_validate({"days": ["fri"], "hours": [{"from": "22:00", "until": "02:00"}]})
        >>> [night.is_open(datetime.fromisoformat(f"2026-11-{t}:00+00:00").timestamp())
        ...  for t in ("20T21:59", "20T22:00", "21T01:59", "21T02:00", "21T22:00")]
        [False, True, True, False, False]
        """
        if not (self.since or 0.0) <= at < (self.until or float("inf")):
            return False
        if self.days is None and self.hours is None:
            return True
        local = datetime.fromtimestamp(at, ZoneInfo(self.time_zone))
        today, yesterday = (
            self.days is None or DAYS[(local.weekday() - ago) % len(DAYS)] in self.days for ago in (0, 1)
        )
        if self.hours is None:
            return today
        covers = [hours.covers(local.hour * 60 + local.minute) for hours in self.hours]
        return any((today and starts) or (yesterday and goes_on) for starts, goes_on in covers)

    def is_over(self, at: float) -> bool:
        """Tell whether it will never hold again."""
        return self.until is not None and at >= self.until
