"""All findings on a shop's data, and what they come to."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any, Final

from features.readiness.amount import Amount, amount, amount_of
from features.readiness.clocks import clicks_off_their_listing, future_times, shifted_days
from features.readiness.finding import Finding, Level
from features.readiness.goods import catalogue, changed_ids, prices
from features.readiness.joins import clicks_on_the_first_item, clicks_that_join_no_listing
from features.readiness.observed import Observed
from features.readiness.presence import people, presence, short_sessions

QUESTIONS: Final[tuple[Callable[[Observed], Iterator[Finding]], ...]] = (
    presence,
    amount,
    clicks_that_join_no_listing,
    clicks_on_the_first_item,
    future_times,
    clicks_off_their_listing,
    shifted_days,
    catalogue,
    changed_ids,
    prices,
    people,
    short_sessions,
)
_ORDER: Final = tuple(Level)


@dataclass(frozen=True, slots=True)
class Readiness:
    """What was found, the gravest first, and how much there is."""

    findings: tuple[Finding, ...]
    amount: Amount

    @property
    def level(self) -> Level | None:
        """The gravest level; None where there is nothing to say."""
        return self.findings[0].level if self.findings else None

    @property
    def usable(self) -> bool:
        """Whether a model can be trained."""
        return self.level not in (Level.BROKEN, Level.MISSING)

    @property
    def costs(self) -> tuple[Finding, ...]:
        """What would make the data better."""
        return tuple(finding for finding in self.findings if finding.level is Level.COSTS)

    def as_json(self) -> dict[str, Any]:
        """Return the same for programs; what is infinite is null."""
        amount = {name: value if isfinite(value) else None for name, value in self.amount._asdict().items()}
        return {
            "verdict": "usable" if self.usable else ("broken" if self.level is Level.BROKEN else "not_yet"),
            "usable": self.usable,
            **amount,
            "findings": [asdict(finding) for finding in self.findings],
        }


def readiness(seen: Observed) -> Readiness:
    """Say of what was observed whether a model can be trained on it. To be asked once the log went by."""
    seen.following.close()
    found = [finding for question in QUESTIONS for finding in question(seen)]
    return Readiness(tuple(sorted(found, key=lambda f: _ORDER.index(f.level))), amount_of(seen))
