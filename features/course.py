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


def course(visit: Visit) -> list[float]:
    """Return one number per Course; before the first interaction counts are 0 and seconds NEVER."""
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
    for j in range(m):
        if session[j]["action"] == Action.SEARCH:
            numbers[Course.SEARCHES] += 1
            numbers[Course.SINCE_SEARCH] = at - session[j]["time"]
