"""Whether a canary is worse than the live model, told at every look without crying wolf more often for looking. Pure.

Each check is a difference between the visitors who get the canary and those who do not, with a confidence sequence
around it (`service.insights.sequence`). All steps and checks together roll back at most 5 of 100 canaries that are no
worse, however often anybody looks: each sequence takes its part of ALPHA.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from service.insights.estimate import Estimate, plain, ratio
from service.insights.lift import difference
from service.insights.moments import Moments
from service.insights.sequence import ALPHA, half_width
from service.rollout.state import STEPS

FEWEST_VISITORS: Final = 30  # who got the canary: of fewer a variance says nothing
CANARY, REST = "canary", "rest"


@dataclass(frozen=True, slots=True)
class Kind:
    """What is compared, per visitor; `tolerated` is by how much more of it a canary may have."""

    name: str
    says: str
    more_is_better: bool
    is_ratio: bool = True  # out of the visitor's rankings; else a yes or no per visitor
    tolerated: float = 0.0


KINDS: Final = (
    Kind("errors", "rankings that failed", more_is_better=False, tolerated=0.002),
    Kind("fallbacks", "rankings late or without the store", more_is_better=False, tolerated=0.005),
    Kind("slow", "rankings slower than 19 of 20 of the live model's", more_is_better=False, tolerated=0.05),
    Kind("clicks", "clicks per ranking", more_is_better=True),
    Kind("conversion", "visitors who bought", more_is_better=True, is_ratio=False),
)
SEQUENCES: Final = len(KINDS) * (len(STEPS) - 1)


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison. `low` and `high` bound canary less rest, whenever one looks; None while too few visitors came."""

    name: str
    canary: float
    rest: float
    low: float | None
    high: float | None
    is_red: bool
    says: str


def checks_of(groups: Mapping[str, Mapping[str, Moments]], planned: float) -> list[Check]:
    """Return every check of both groups' sums by kind; at `planned` canary visitors the sequences are narrowest."""
    return [_check(kind, groups[CANARY][kind.name], groups[REST][kind.name], planned) for kind in KINDS]


def red(checks: list[Check]) -> str | None:
    """Say what ends the canary; None where nothing does."""
    return " ".join(check.says for check in checks if check.is_red) or None


def _check(kind: Kind, canary: Moments, rest: Moments, planned: float) -> Check:
    tried, other = (ratio(m) if kind.is_ratio else plain(m) for m in (canary, rest))
    bounds = _bounds(tried, other, planned)
    if bounds is None:
        return Check(
            kind.name, tried.mean, other.mean, None, None, is_red=False, says=_says(kind, tried, other)
        )
    low, high = bounds
    is_red = high < 0.0 if kind.more_is_better else low > kind.tolerated
    told = f"{_says(kind, tried, other)}, the difference between {low:+.4f} and {high:+.4f}"
    return Check(
        kind.name, tried.mean, other.mean, low, high, is_red, f"{told}{': worse' if is_red else ''}."
    )


def _bounds(tried: Estimate, other: Estimate, planned: float) -> tuple[float, float] | None:
    """Return the interval of the difference.

    Both groups are taken to spread as the wider of them: where few came, one may not have met what is rare, and a
    spread of nothing would be sure of anything.
    """
    if min(tried.n, other.n) < FEWEST_VISITORS:
        return None
    spread = max(tried.variance, other.variance)
    found = difference(replace(tried, variance=spread), replace(other, variance=spread))
    if found is None:
        return None
    half = half_width(found.variance, tried.n, planned, ALPHA / SEQUENCES)
    return found.value - half, found.value + half


def _says(kind: Kind, tried: Estimate, other: Estimate) -> str:
    counts = f"of {tried.n:,} and {other.n:,} visitors"
    return f"{kind.says}: {tried.mean:.4f} with the canary, {other.mean:.4f} without, {counts}"


def nothing() -> dict[str, dict[str, Moments]]:
    """Return the sums of nobody."""
    return {group: {kind.name: Moments(0, 0.0, 0.0) for kind in KINDS} for group in (CANARY, REST)}


def names() -> Iterator[str]:
    """Yield the names of the checks, in order."""
    return (kind.name for kind in KINDS)
