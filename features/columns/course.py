"""How far the visitor is in the session, and how they look at the shop (block G of the design).

Each is one number, the same for every candidate.
"""

from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from features.candidates import Context
from features.columns.row import NEVER, Row
from features.columns.touches import Touched
from features.compiled import jit
from features.facts import Action, Records
from features.visit import Visit

DEVICES: Final = {"desktop": 1.0, "mobile": 2.0, "tablet": 3.0}
PAGE_TYPES: Final = {"home": 1.0, "category": 2.0, "search": 3.0, "product": 4.0, "cart": 5.0}
UNKNOWN: Final = 0.0
_DAY, _HOUR = 86_400.0, 3_600.0
Numbers: TypeAlias = npt.NDArray[np.float64]


class Course(Row):
    """Numbers of the moment."""

    SESSION_INTERACTIONS = "Interactions of the session so far."
    SESSION_SEARCHES = "Searches, filters and sorts in the session."
    SESSION_SECONDS = "Seconds since the session's first interaction"
    SECONDS_IDLE = "Seconds since the visitor's last interaction of the session"
    LAST_ACTION = "The session's last interaction as `features.facts.Action`; 0 before the first"
    SECONDS_SINCE_SEARCH = "Seconds since the session's last search, filter or sort"
    LAST_LOOK = "Which closer look the last touch of the session was, as in `last_look_with`; 0 for none"
    MEAN_CLICKED_INDEX = "Mean place, from 0, of what the session clicked in listings"
    LAST_CLICKED_INDEX = "Place, from 0, of the session's last click in a listing"
    SESSION_ITEMS = "Different items touched in the session."
    LISTED_TOUCHES = "Items of this listing that the session touched."
    LAST_TOUCHED_IS_LISTED = "1 where the listing holds the item touched last, 0 where it does not"
    INTERACTIONS_BEFORE_SESSION = "Interactions in earlier sessions of the remembered 30 days."
    LIST_SIZE = "Items in the listing"
    HOUR_OF_DAY = "Hour of the day, UTC, with its fraction."
    DEVICE = "1 desktop, 2 mobile, 3 tablet; 0 where unknown"
    PAGE_TYPE = "1 home, 2 category, 3 search, 4 product, 5 cart; 0 for any other"


class Where(NamedTuple):
    """Where and how the listing is looked at, as numbers."""

    device: float
    page_type: float

    @classmethod
    def of(cls, context: Context) -> "Where":
        """Return what a call says as numbers."""
        device, page_type = context.device or "", context.page_type
        return cls(DEVICES.get(device, UNKNOWN), PAGE_TYPES.get(page_type, UNKNOWN))


@jit
def lay(visit: Visit, touched: Touched, size: int, where: Where, out: Numbers) -> None:
    """Fill one number per Course; before the first interaction counts are 0 and seconds NEVER; indexes are NaN."""
    _lay_session(visit.session, visit.at, out)
    out[Course.SESSION_ITEMS], out[Course.LISTED_TOUCHES] = touched.items, touched.listed
    out[Course.LAST_TOUCHED_IS_LISTED] = touched.last_is_listed if touched.items else NEVER
    out[Course.INTERACTIONS_BEFORE_SESSION] = len(visit.earlier)
    out[Course.LIST_SIZE] = size
    out[Course.HOUR_OF_DAY] = visit.at % _DAY / _HOUR
    out[Course.DEVICE], out[Course.PAGE_TYPE] = where


@jit
def _lay_session(session: Records, at: float, numbers: Numbers) -> None:
    """Fill what the session's interactions say; all other numbers are 0."""
    numbers[:] = 0.0
    numbers[Course.SESSION_SECONDS] = numbers[Course.SECONDS_IDLE] = NEVER
    numbers[Course.SECONDS_SINCE_SEARCH] = NEVER
    m = len(session)
    if m:
        numbers[Course.SESSION_SECONDS] = at - session[0]["time"]
        numbers[Course.SECONDS_IDLE] = at - session[m - 1]["time"]
        numbers[Course.LAST_ACTION] = session[m - 1]["action"]
    numbers[Course.SESSION_INTERACTIONS] = m
    _lay_clicks(session, numbers)
    for j in range(m):
        if session[j]["action"] == Action.SEARCH:
            numbers[Course.SESSION_SEARCHES] += 1
            numbers[Course.SECONDS_SINCE_SEARCH] = at - session[j]["time"]
        else:
            numbers[Course.LAST_LOOK] = session[j]["detail"]


@jit
def _lay_clicks(session: Records, numbers: Numbers) -> None:
    """Fill where clicks were, of those that say so."""
    count, total = 0, 0.0
    numbers[Course.MEAN_CLICKED_INDEX] = numbers[Course.LAST_CLICKED_INDEX] = np.nan
    for j in range(len(session)):
        index = session[j]["index"]
        if session[j]["action"] == Action.CLICK and index >= 0:
            count, total = count + 1, total + index
            numbers[Course.LAST_CLICKED_INDEX] = index
    if count:
        numbers[Course.MEAN_CLICKED_INDEX] = total / count
