"""What a rule did in the last day, and why nothing where it did nothing. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from features.store.rule_counts import Met
from service.pages.rules import Rule
from service.ranking.rules import Verdict


class NoEffect(StrEnum):
    """Why a rule changed no list, the first that is so."""

    EXPIRED = "expired"
    OUTSIDE_SCHEDULE = "outside_schedule"
    NO_LIST = "no_list"  # none was asked for where it holds
    OVERRIDDEN = "overridden"
    MATCHES_NOTHING = "matches_nothing"
    SAME = "same"  # what it asks for was so already


@dataclass(frozen=True, slots=True)
class RuleEffect:
    """How many lists a rule met and changed in the last day; `by` overrode it most often, where that is why."""

    rule: str
    lists: int
    changed: int
    no_effect_because: NoEffect | None
    by: str | None


_REASONS: Final = {
    Verdict.OVERRIDDEN: NoEffect.OVERRIDDEN,
    Verdict.NOTHING: NoEffect.MATCHES_NOTHING,
    Verdict.SAME: NoEffect.SAME,
}


def effect_of(rule: Rule, page: str, counts: Mapping[Met, int], at: float) -> RuleEffect:
    """Return what a rule of a page did, by the counts of the last day, as of a moment (Unix seconds)."""
    own = Counter({met: n for met, n in counts.items() if met.page == page and met.rule == rule.id})
    changed = sum(n for met, n in own.items() if met.verdict == Verdict.CHANGED)
    because, by = (None, None) if changed else _why(rule, own, at)
    return RuleEffect(rule.id, own.total(), changed, because, by)


def _why(rule: Rule, own: Counter[Met], at: float) -> tuple[NoEffect, str | None]:
    if rule.schedule is not None and rule.schedule.is_over(at):
        return NoEffect.EXPIRED, None
    if own:
        met, _ = own.most_common(1)[0]
        return _REASONS[Verdict(met.verdict)], met.by or None
    if rule.schedule is not None and not rule.schedule.is_open(at):
        return NoEffect.OUTSIDE_SCHEDULE, None
    return NoEffect.NO_LIST, None
