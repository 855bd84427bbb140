"""How far a canary has come, as the worker saw it last: kept as the finding `canary` for whoever shows it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final

import orjson

from features.store.findings import Findings
from service.insights.moments import Moments
from service.rollout.checks import CANARY, REST, Check
from service.rollout.state import Canary

FINDING: Final = "canary"


@dataclass(frozen=True, slots=True)
class Progress:
    """A look at a canary at the share that began at `since`; `needed` visitors of both groups complete the step."""

    version: str
    since: float
    at: float
    visitors: int  # of both groups
    tried: int  # who got the canary
    needed: int
    checks: tuple[Check, ...]

    @classmethod
    def of(cls, text: bytes) -> "Progress":
        """Read the finding."""
        said = orjson.loads(text)
        return cls(**{**said, "checks": tuple(Check(**check) for check in said["checks"])})

    def text(self) -> bytes:
        """Write the finding."""
        return orjson.dumps(asdict(self))


def seen_of(findings: Findings, shop: str, canary: Canary) -> Progress | None:
    """Return the worker's last look at a canary's present share; None before the first. Raises StoreUnavailable."""
    text = findings.get(shop, FINDING)
    found = None if text is None else Progress.of(text)
    return found if found and (found.version, found.since) == (canary.version, canary.since) else None


def visitors_of(groups: Mapping[str, Mapping[str, Moments]]) -> tuple[int, int]:
    """Return how many visitors both groups have, and how many of them got the canary."""
    tried, rest = (next(iter(groups[group].values())).n for group in (CANARY, REST))
    return tried + rest, tried
