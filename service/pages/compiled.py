"""From a page's rules to those that hold for one listing, in the form that the ranker applies. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Final, TypeAlias

from features.attributes import Attribute, Kind, code, offsets
from features.candidates import Context
from service.contract.verdicts import FieldError
from service.pages.rules import (
    BoostRule,
    BuryRule,
    DiversityRule,
    HideRule,
    Match,
    PinRule,
    Range,
    Rule,
    When,
)
from service.pages.schedule import Schedule
from service.ranking.rules import Between, Boost, Diversity, Hide, Pin, Rules, Selection
from service.ranking.rules.selection import Coded, Measured

_DAY_SECONDS: Final = 86_400.0
_ANYWHERE: Final = When()

Applied: TypeAlias = Hide | Pin | Boost | Diversity


@dataclass(frozen=True, slots=True)
class Compiled:
    """A rule in the ranker's form, and where and when it holds."""

    applied: Applied
    when: When
    schedule: Schedule | None

    def holds(self, context: Context, at: float) -> bool:
        """Tell whether the rule holds for a listing at a moment."""
        return (self.schedule is None or self.schedule.is_open(at)) and is_met(self.when, context)


def compiled(rules: Sequence[Rule], attributes: tuple[Attribute, ...]) -> tuple[Compiled, ...]:
    """Return rules as a shop that declares `attributes` applies them; one on what it no longer declares is left out."""
    slots = slots_by_name(attributes)
    known = [rule for rule in rules if not _wrong_attributes(rule, slots)]
    return tuple(Compiled(_applied(rule, slots), rule.when or _ANYWHERE, rule.schedule) for rule in known)


def active(rules: Sequence[Compiled], context: Context, at: float) -> Rules:
    """Return the rules that hold for a listing."""
    holding = [rule.applied for rule in rules if rule.holds(context, at)]
    return Rules(
        tuple(rule for rule in holding if isinstance(rule, Hide)),
        tuple(rule for rule in holding if isinstance(rule, Pin)),
        tuple(rule for rule in holding if isinstance(rule, Boost)),
        tuple(rule for rule in holding if isinstance(rule, Diversity)),
    )


def is_met(when: When, context: Context) -> bool:
    """Tell whether a listing meets the conditions.

    >>> is_met(When(search_terms=["red shoe"]), Context("search", search_term="Red  shoes"))
    True
    """
    if when.pages is not None and not any(_below(context.page, page) for page in when.pages):
        return False
    if when.devices is not None and (context.device or "") not in when.devices:
        return False
    if when.search_terms is None:
        return True
    said = _plain(context.search_term or "")
    return any(_plain(term) in said for term in when.search_terms)


def wrong_rules(
    rules: Sequence[Rule] | None, attributes: tuple[Attribute, ...], path: str
) -> list[FieldError]:
    """Return an error for each attribute that a rule names and the shop does not declare, or not of that kind."""
    slots = slots_by_name(attributes)
    return [
        FieldError(f"{path}[{n}].{field}", "unknown_attribute", message)
        for n, rule in enumerate(rules or ())
        for field, message in _wrong_attributes(rule, slots)
    ]


Slots: TypeAlias = Mapping[str, tuple[int, Kind]]


def slots_by_name(attributes: tuple[Attribute, ...]) -> Slots:
    """Return the first slot and the kind of each declared attribute."""
    return {a.name: (slot, a.kind) for a, slot in zip(attributes, offsets(attributes), strict=True)}


def _wrong_attributes(rule: Rule, slots: Slots) -> list[tuple[str, str]]:
    if isinstance(rule, DiversityRule):
        wanted = {"attribute": (rule.attribute, Kind.CATEGORICAL)}
    elif isinstance(rule, PinRule):
        wanted = {}
    else:
        wanted = {
            f"match.attributes.{name}": (name, Kind.NUMERIC if isinstance(value, Range) else Kind.CATEGORICAL)
            for name, value in (rule.match.attributes or {}).items()
        }
    return [
        (field, f"The shop declares no {kind} attribute {name!r}; it has {_said(slots, kind)}")
        for field, (name, kind) in wanted.items()
        if slots.get(name, (0, None))[1] is not kind
    ]


def _said(slots: Slots, kind: Kind) -> str:
    return ", ".join(name for name, (_, its) in slots.items() if its is kind) or "none"


def _applied(rule: Rule, slots: Slots) -> Applied:
    match rule:
        case HideRule():
            return Hide(rule.id, _selection(rule.match, slots))
        case PinRule():
            return Pin(rule.id, rule.item_id, rule.index, rule.soft)
        case BoostRule():
            return Boost(rule.id, _selection(rule.match, slots), rule.factor)
        case BuryRule():
            return Boost(rule.id, _selection(rule.match, slots), 1 / rule.factor)
        case DiversityRule():
            return Diversity(rule.id, slots[rule.attribute][0], rule.at_most)


def _selection(match: Match, slots: Slots) -> Selection:
    said = match.attributes or {}
    aged = match.newer_than_days is not None or match.older_than_days is not None
    return Selection(
        item_ids=None if match.item_ids is None else frozenset(match.item_ids),
        coded=tuple(
            Coded(slots[name][0], tuple(code(word) for word in value))
            for name, value in said.items()
            if not isinstance(value, Range)
        ),
        measured=tuple(
            Measured(slots[name][0], _between(value))
            for name, value in said.items()
            if isinstance(value, Range)
        ),
        price=None if match.price is None else _between(match.price),
        in_stock=match.in_stock,
        age_seconds=Between(_days(match.older_than_days, 0.0), _days(match.newer_than_days, inf))
        if aged
        else None,
    )


def _between(numbers: Range) -> Between:
    least, most = numbers.at_least, numbers.at_most
    return Between(-inf if least is None else least, inf if most is None else most)


def _days(days: float | None, otherwise: float) -> float:
    return otherwise if days is None else days * _DAY_SECONDS


def _below(page: str, ancestor: str) -> bool:
    return page == ancestor or page.startswith(f"{ancestor}/")


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
