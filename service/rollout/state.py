"""What stands of a canary: the setting `canary` of a shop, the same for every process within two seconds.

The pointer `canary` on the shelf says which version is meant; this says on whom it is tried, since when, and how the
latest one ended. A version without the other ranks for nobody: whoever stops between two writes leaves the live model.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

import orjson

CANARY_SETTING: Final = "canary"
SHADOW_SETTING: Final = "shadow"  # the version that scores alongside
STEPS: Final = (0.01, 0.05, 0.25, 1.0)  # of the visitors; at the last one the model is live
SMALLEST: Final = 0.001  # a share that somebody may begin with
LARGEST: Final = 0.5  # more leaves too few to compare with


class Ended(StrEnum):
    """How a canary ended."""

    PROMOTED = "promoted"
    ROLLED_BACK = "rolled_back"
    STOPPED = "stopped"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Canary:
    """A model that a share of the visitors gets, or got: see `ended`. Times are Unix seconds.

    `since` is when this share began: figures of different shares are never pooled.
    """

    version: str
    against: str  # the live model, which the others get
    share: float
    began: float
    since: float
    ended: Ended | None = None
    ended_at: float | None = None
    why: str | None = None  # what the check that ended it said

    @classmethod
    def of(cls, text: bytes) -> "Canary":
        """Read the setting."""
        said: dict[str, Any] = orjson.loads(text)
        return cls(**{**said, "ended": None if said["ended"] is None else Ended(said["ended"])})

    def text(self) -> bytes:
        """Write the setting.

        >>> tried = Canary("2026-11-22T10-00-00Z-4f2a", "2026-11-21T10-00-00Z-77aa", 0.01, 5.0, 5.0)
        >>> Canary.of(tried.text()) == tried
        True
        """
        return orjson.dumps(asdict(self))

    @property
    def is_on(self) -> bool:
        """Whether visitors get it."""
        return self.ended is None

    @property
    def next_share(self) -> float:
        """The share after this one; 1.0: it becomes the live model.

        >>> Canary("", "", 0.1, 0.0, 0.0).next_share
        0.25
        """
        return next(step for step in STEPS if step > self.share or step == 1.0)


def canary_of(values: Mapping[str, bytes]) -> Canary | None:
    """Return the latest canary of a shop from its settings, ended or not; None where there was none."""
    text = values.get(CANARY_SETTING)
    return None if text is None else Canary.of(text)
