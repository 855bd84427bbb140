"""What a page does at a moment, where that comes from, and why it is not active where it is not. Pure.

The one place that says so: for the decision on a ranking, the API and the console.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from service.pages.settings import KeptPage, effective, rules_source


class Obstacle(StrEnum):
    """Why visitors of a page see the shop's order."""

    KILL_SWITCH = "kill_switch"
    OFF_BY_MERCHANT = "off_by_merchant"
    OUTSIDE_SCHEDULE = "outside_schedule"
    SHADOW = "shadow"
    NO_MODEL = "no_model"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What counts for all pages of a shop at a moment (Unix seconds)."""

    at: float
    kill_switch: bool = False
    has_model: bool = True


@dataclass(frozen=True, slots=True)
class Status:
    """What holds for a page; `source` and `rules_source` are the pages it was set on (None: nobody set any)."""

    page: str
    settings: KeptPage
    source: str | None
    rules_source: str | None
    why_not_active: Obstacle | None


def status_of(pages: Mapping[str, KeptPage], page: str, circumstances: Circumstances) -> Status:
    """Return what holds for a page."""
    holds = effective(pages, page)
    obstacle = obstacle_to(holds.settings, circumstances)
    return Status(page, holds.settings, holds.source, rules_source(pages, page), obstacle)


def obstacle_to(settings: KeptPage, circumstances: Circumstances) -> Obstacle | None:
    """Return why a page with these settings is not active, the strongest reason first; None where it is."""
    if circumstances.kill_switch:
        return Obstacle.KILL_SWITCH
    if settings.state == "off":
        return Obstacle.OFF_BY_MERCHANT
    if settings.schedule is not None and not settings.schedule.is_open(circumstances.at):
        return Obstacle.OUTSIDE_SCHEDULE
    if settings.state == "shadow":
        return Obstacle.SHADOW
    return None if circumstances.has_model else Obstacle.NO_MODEL
