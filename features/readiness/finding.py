"""One thing that is to be known of a shop's data, in plain words."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much a finding matters."""

    BROKEN = "broken"  # what is sent contradicts itself: more of it does not help
    MISSING = "missing"  # there is not enough yet
    COSTS = "costs"  # it can be learned from, and would be better otherwise


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, what it costs, and what to do; each a sentence."""

    code: str
    level: Level
    found: str
    cost: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.found} {self.cost} {self.remedy}"


def share(part: float, whole: float) -> float:
    """Return a part of a whole; 0 of nothing.

    >>> share(1, 4), share(0, 0)
    (0.25, 0.0)
    """
    return part / whole if whole else 0.0
