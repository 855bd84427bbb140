"""What was found of a model's drift, day by day: the finding `drift`, for whoever shows it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final

import orjson

FINDING: Final = "drift"
SCORE: Final = "score"  # beside the columns: what the model made of them


@dataclass(frozen=True, slots=True)
class Day:
    """One UTC date: how many rows were looked at, and the stability index of each column and of the score."""

    date: str
    rows: int
    moved: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Drift:
    """The days of one model, the oldest first."""

    version: str
    days: tuple[Day, ...]

    @classmethod
    def of(cls, text: bytes) -> "Drift":
        """Read the finding."""
        said = orjson.loads(text)
        return cls(said["version"], tuple(Day(**day) for day in said["days"]))

    def text(self) -> bytes:
        """Write the finding."""
        return orjson.dumps({"version": self.version, "days": [asdict(day) for day in self.days]})
