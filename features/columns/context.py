"""Where the visitor stands in the session, and how they look at the shop (block G of the design).

Each is one number, the same for every candidate.
"""

from typing import Final

from features.course import Course
from features.scene import Scene
from features.touches import NEVER

DEVICES: Final = {"desktop": 1.0, "mobile": 2.0, "tablet": 3.0}
PAGE_TYPES: Final = {"home": 1.0, "category": 2.0, "search": 3.0, "product": 4.0, "cart": 5.0}
UNKNOWN: Final = 0.0


def session_interactions(scene: Scene) -> float:
    """Interactions of the session so far."""
    return scene.course[Course.INTERACTIONS]


def session_items(scene: Scene) -> float:
    """Different items touched in the session."""
    return scene.touches.items


def session_searches(scene: Scene) -> float:
    """Searches, filters and sorts in the session."""
    return scene.course[Course.SEARCHES]


def session_seconds(scene: Scene) -> float:
    """Seconds since the session's first interaction; NEVER before it."""
    return scene.course[Course.SECONDS]


def seconds_idle(scene: Scene) -> float:
    """Seconds since the visitor's last interaction of the session; NEVER before the first."""
    return scene.course[Course.IDLE]


def last_action(scene: Scene) -> float:
    """The session's last interaction as `features.facts.Action`; 0 before the first."""
    return scene.course[Course.LAST_ACTION]


def last_look(scene: Scene) -> float:
    """Which closer look the last touch of the session was, as in `last_look_with`; 0 for none."""
    return scene.course[Course.LAST_LOOK]


def mean_clicked_index(scene: Scene) -> float:
    """Mean place, from 0, of what the session clicked in listings; NaN without a click."""
    return scene.course[Course.CLICKED_MEAN]


def seconds_since_search(scene: Scene) -> float:
    """Seconds since the session's last search, filter or sort; NEVER without one."""
    return scene.course[Course.SINCE_SEARCH]


def last_touched_is_listed(scene: Scene) -> float:
    """1 where the listing holds the item touched last, 0 where it does not; NEVER without a touch."""
    return float(scene.touches.last_is_listed) if len(scene.visit.touched) else NEVER


def listed_touches(scene: Scene) -> float:
    """Items of this listing that the session touched."""
    return scene.touches.listed


def interactions_before_session(scene: Scene) -> float:
    """Interactions in earlier sessions of the remembered 30 days."""
    return len(scene.visit.earlier)


def hour_of_day(scene: Scene) -> float:
    """Hour of the day, UTC, with its fraction."""
    return scene.visit.at % 86_400.0 / 3600.0


def device(scene: Scene) -> float:
    """1 desktop, 2 mobile, 3 tablet; 0 where unknown."""
    return DEVICES.get(scene.context.device or "", UNKNOWN)


def page_type(scene: Scene) -> float:
    """1 home, 2 category, 3 search, 4 product, 5 cart; 0 for any other."""
    return PAGE_TYPES.get(scene.context.page_type, UNKNOWN)
