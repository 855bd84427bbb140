"""The rules of a page as a merchant writes them; `service.ranking.rules` applies them."""

from collections.abc import Sequence
from typing import Annotated, Final, Literal, Self, TypeAlias

from pydantic import AfterValidator, BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from service.contract.identifiers import Id, Page
from service.contract.listing import LISTING_LENGTH
from service.pages.schedule import STRICT, Schedule
from service.ranking.rules.boost import LARGEST_FACTOR

MOST_RULES: Final = 100
MOST_ITEMS: Final = 1_000  # that one rule names
_MOST_VALUES: Final = 100

Word: TypeAlias = Annotated[str, Field(min_length=1, max_length=200)]
Number: TypeAlias = Annotated[float, Field(allow_inf_nan=False)]


class Range(BaseModel):
    """Numbers from `at_least` to `at_most`; one of them may be left out."""

    model_config = STRICT

    at_least: Number | None = None
    at_most: Number | None = None

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise PydanticCustomError("empty_range", "Range should have at_least, at_most or both")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise PydanticCustomError("empty_range", "Range should not end before it starts")
        return self


class Match(BaseModel):
    """Which items a rule speaks of: those that meet all that is given; what nobody knows of an item, it does not."""

    model_config = STRICT

    item_ids: Annotated[list[Id] | None, Field(min_length=1, max_length=MOST_ITEMS)] = None
    attributes: Annotated[
        dict[Word, Annotated[list[Word], Field(min_length=1, max_length=_MOST_VALUES)] | Range] | None,
        Field(min_length=1, max_length=6, description="Values, or a range, by attribute."),
    ] = None
    price: Range | None = None
    in_stock: bool | None = None
    newer_than_days: Annotated[float | None, Field(gt=0, le=36_500, allow_inf_nan=False)] = None
    older_than_days: Annotated[float | None, Field(gt=0, le=36_500, allow_inf_nan=False)] = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set or all(value is None for _, value in self):
            raise PydanticCustomError("matches_all", "Say which items: by id, attribute, price, stock or age")
        return self


class When(BaseModel):
    """In which listings a rule holds: those that meet all that is given."""

    model_config = STRICT

    pages: Annotated[
        list[Page] | None,
        Field(min_length=1, max_length=100, description="These pages and those below them."),
    ] = None
    devices: Annotated[list[Word] | None, Field(min_length=1, max_length=10)] = None
    search_terms: Annotated[
        list[Word] | None,
        Field(
            min_length=1, max_length=100, description="Words of which one is in the visitor's search term."
        ),
    ] = None


class _Rule(BaseModel):
    model_config = STRICT

    id: Annotated[
        str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="Unique among the rules of the page.")
    ]
    name: Annotated[str, Field(max_length=200)] = ""
    when: When | None = None
    schedule: Schedule | None = None


class HideRule(_Rule):
    """Items that are not shown."""

    kind: Literal["hide"]
    match: Match


class PinRule(_Rule):
    """An item that stands at `index`; with `soft`, there or above."""

    kind: Literal["pin"]
    item_id: Id
    index: Annotated[int, Field(ge=0, lt=LISTING_LENGTH, description="0-based place in the list.")]
    soft: bool = False


class BoostRule(_Rule):
    """Items whose rank is divided by a factor."""

    kind: Literal["boost"]
    match: Match
    factor: Annotated[float, Field(gt=1, le=LARGEST_FACTOR, allow_inf_nan=False)]


class BuryRule(_Rule):
    """Items whose rank is multiplied by a factor."""

    kind: Literal["bury"]
    match: Match
    factor: Annotated[float, Field(gt=1, le=LARGEST_FACTOR, allow_inf_nan=False)]


class DiversityRule(_Rule):
    """At most so many in a row with the same value of a categorical attribute."""

    kind: Literal["diversity"]
    attribute: Word
    at_most: Annotated[int, Field(ge=1, le=LISTING_LENGTH)]


Rule: TypeAlias = Annotated[
    HideRule | PinRule | BoostRule | BuryRule | DiversityRule, Field(discriminator="kind")
]


def _each_once(rules: Sequence[Rule]) -> Sequence[Rule]:
    seen = set[str]()
    for rule in rules:
        if rule.id in seen:
            raise PydanticCustomError("duplicate_rule", "Rule {id} is there twice", {"id": rule.id})
        seen.add(rule.id)
    return rules


RuleList: TypeAlias = Annotated[list[Rule], Field(max_length=MOST_RULES), AfterValidator(_each_once)]
