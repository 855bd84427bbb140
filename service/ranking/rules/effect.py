"""What a rule did to one list."""

from enum import StrEnum
from typing import NamedTuple


class Verdict(StrEnum):
    """Whether the list is another for it, and why not."""

    CHANGED = "changed"
    SAME = "same"  # what it asks for was so already
    NOTHING = "matches_nothing"  # no item that it speaks of is in the list
    OVERRIDDEN = "overridden"  # a stronger rule, or an earlier one, decided


class Effect(NamedTuple):
    """The verdict on one rule; `by` is the id of the rule that overrides it."""

    verdict: Verdict
    by: str | None = None


CHANGED = Effect(Verdict.CHANGED)
SAME = Effect(Verdict.SAME)
NOTHING = Effect(Verdict.NOTHING)


def overridden(by: str) -> Effect:
    """Return the effect of a rule that another one overrides."""
    return Effect(Verdict.OVERRIDDEN, by)
