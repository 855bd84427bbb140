"""What a reading of another system's records takes for granted, and what it counts."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeAlias

from service.importing.typed import number

Said: TypeAlias = dict[str, Any]
NAMES_KEPT: Final = 1_000  # distinct names that are counted apart: a damaged file may hold millions
_NAME_LENGTH: Final = 100
_OTHERS: Final = "(others)"


class Unmapped(NamedTuple):
    """A record that has no place here, under the name that it is counted by."""

    name: str


Reading: TypeAlias = list[Said] | Unmapped


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What holds where a record does not say it.

    Attributes:
        consent: Whether visitors agreed.
        currency: Of purchases; None: a purchase that names none is refused.
        interactions: Our names for the shop's own types of interaction.
    """

    consent: bool
    currency: str | None = None
    interactions: dict[str, str] = field(default_factory=dict)


class Notes:
    """Counts by name: what was not mapped, what was assumed, what was left out of a record."""

    def __init__(self) -> None:
        self.unmapped: Counter[str] = Counter()
        self.assumed: Counter[str] = Counter()
        self.left_out: Counter[str] = Counter()

    def count_unmapped(self, name: str) -> None:
        """Count a record that has no place here."""
        known = name in self.unmapped or len(self.unmapped) < NAMES_KEPT
        self.unmapped[name[:_NAME_LENGTH] if known else _OTHERS] += 1


@dataclass(frozen=True, slots=True)
class Desk:
    """What every format reads with: assumptions to make, notes to take."""

    assumptions: Assumptions
    notes: Notes = field(default_factory=Notes)

    def consent(self, said: bool | None) -> bool:  # noqa: FBT001 - what the record says
        """Return what a record says of consent, else what is assumed."""
        if said is not None:
            return said
        self.notes.assumed[f"consent: {'yes' if self.assumptions.consent else 'no'}"] += 1
        return self.assumptions.consent

    def currency(self, said: object) -> object:
        """Return the currency that a purchase names, else the assumed one."""
        if said is not None or self.assumptions.currency is None:
            return said
        self.notes.assumed[f"currency: {self.assumptions.currency}"] += 1
        return self.assumptions.currency

    def value(self, said: object, items: list[Said]) -> object:
        """Return the value that a purchase states, else the sum of its items where each has a price."""
        if said is not None:
            return number(said) if isinstance(said, str) else said
        worth = [(item["price"], item["quantity"] or 1) for item in items]
        if not worth or not all(_is_number(x) and _is_number(n) for x, n in worth):
            return None
        self.notes.assumed["value: the sum of its items"] += 1
        return float(sum(price * quantity for price, quantity in worth))

    def with_ids(self, items: list[Said]) -> list[Said]:
        """Return the items that have an id; an event about the others still counts."""
        known = [item for item in items if item["item_id"] is not None]
        if len(known) < len(items):
            self.notes.left_out["items without an id"] += len(items) - len(known)
        return known


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
