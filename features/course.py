"""How far the visitor is in the session, in numbers that are the same for every candidate; once per ranking."""

from enum import IntEnum, auto
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from features.compiled import jit
from features.facts import Action, Records
from features.touches import NEVER
from features.visit import Visit

Numbers: TypeAlias = npt.NDArray[np.float64]


class Course(IntEnum):
    """What `course` returns; `features.columns.context` says what each is."""

    INTERACTIONS = 0
    SEARCHES = auto()
    SECONDS = auto()
    IDLE = auto()
    LAST_ACTION = auto()
    SINCE_SEARCH = auto()
    LAST_LOOK = auto()
    CLICKED_MEAN = auto()
    CLICKED_LAST = auto()


def course(visit: Visit) -> list[float]:
    """Return one number per Course; before the first interaction counts are 0 and seconds NEVER; indexes are NaN."""
    numbers = np.zeros(len(Course))
    _lay(visit.session, visit.at, numbers)
    told: list[float] = numbers.tolist()
    return told


@jit
def _lay(session: Records, at: float, numbers: Numbers) -> None:
    numbers[Course.SECONDS] = numbers[Course.IDLE] = numbers[Course.SINCE_SEARCH] = NEVER
    m = len(session)
    if m:
        numbers[Course.SECONDS], numbers[Course.IDLE] = at - session[0]["time"], at - session[m - 1]["time"]
        numbers[Course.LAST_ACTION] = session[m - 1]["action"]
    numbers[Course.INTERACTIONS] = m
    _lay_clicks(session, numbers)
    for j in range(m):
        if session[j]["action"] != Action.SEARCH:
            numbers[Course.LAST_LOOK] = session[j]["detail"]
        if session[j]["action"] == Action.SEARCH:
            numbers[Course.SEARCHES] += 1
            numbers[Course.SINCE_SEARCH] = at - session[j]["time"]


@jit
def _lay_clicks(session: Records, numbers: Numbers) -> None:
    """Fill where clicks were, of those that say so."""
    count, total = 0, 0.0
    numbers[Course.CLICKED_MEAN] = numbers[Course.CLICKED_LAST] = np.nan
    for j in range(len(session)):
        index = session[j]["index"]
        if session[j]["action"] == Action.CLICK and index >= 0:
            count, total = count + 1, total + index
            numbers[Course.CLICKED_LAST] = index
    if count:
        numbers[Course.CLICKED_MEAN] = total / count
