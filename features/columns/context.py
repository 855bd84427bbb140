"""Where the visitor stands in the session, and how they look at the shop (block G of the design).

Each is one number, the same for every candidate.
"""

from typing import Final

import numpy as np

from features.facts import Action
from features.scene import Scene
from features.touches import NEVER, Touch

DEVICES: Final = {"desktop": 1.0, "mobile": 2.0, "tablet": 3.0}
PAGE_TYPES: Final = {"home": 1.0, "category": 2.0, "search": 3.0, "product": 4.0, "cart": 5.0}
UNKNOWN: Final = 0.0


def session_interactions(scene: Scene) -> float:
    """Interactions of the session so far."""
    return len(scene.visit.session)


def session_items(scene: Scene) -> float:
    """Different items touched in the session."""
    return len(np.unique(scene.touched_records["item"]))


def session_searches(scene: Scene) -> float:
    """Searches, filters and sorts in the session."""
    return np.count_nonzero(scene.visit.session["action"] == Action.SEARCH)


def session_seconds(scene: Scene) -> float:
    """Seconds since the session's first interaction; NEVER before it."""
    times = scene.visit.session["time"]
    return float(scene.visit.at - times[0]) if len(times) else NEVER


def seconds_idle(scene: Scene) -> float:
    """Seconds since the visitor's last interaction of the session; NEVER before the first."""
    times = scene.visit.session["time"]
    return float(scene.visit.at - times[-1]) if len(times) else NEVER


def last_action(scene: Scene) -> float:
    """The session's last interaction as `features.facts.Action`; 0 before the first."""
    actions = scene.visit.session["action"]
    return float(actions[-1]) if len(actions) else 0.0


def seconds_since_search(scene: Scene) -> float:
    """Seconds since the session's last search, filter or sort; NEVER without one."""
    session = scene.visit.session
    times = session["time"][session["action"] == Action.SEARCH]
    return float(scene.visit.at - times[-1]) if len(times) else NEVER


def last_touched_is_listed(scene: Scene) -> float:
    """1 where the listing holds the item touched last, 0 where it does not; NEVER without a touch."""
    if not len(scene.touched_records):
        return NEVER
    return float(bool((scene.touches[Touch.RANK] == 0).any()))


def listed_touches(scene: Scene) -> float:
    """Items of this listing that the session touched."""
    return len(scene.touches.touched)


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
