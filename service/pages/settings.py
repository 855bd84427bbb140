"""What a merchant sets for a page, and what a page without settings of its own inherits. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final, Literal, Self, TypeAlias

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from features.objectives import Objective
from features.pages import lineage
from service.pages.rules import RuleList
from service.pages.schedule import STRICT, Schedule

LARGEST_HOLDOUT: Final = 0.2
USUAL_HOLDOUT: Final = 0.05
LARGEST_EXPLORATION: Final = 0.2
USUAL_EXPLORATION: Final = 0.02
USUAL_TRAFFIC: Final = 0.5  # halves find a difference soonest

State: TypeAlias = Literal["off", "shadow", "test", "on"]


_Share: TypeAlias = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
_Holdout: TypeAlias = Annotated[float, Field(ge=0, le=LARGEST_HOLDOUT, allow_inf_nan=False)]
_Exploration: TypeAlias = Annotated[float, Field(ge=0, le=LARGEST_EXPLORATION, allow_inf_nan=False)]


class PageSettings(BaseModel):
    """Whether a page is personalised, when and for whom, and the merchant's rules."""

    model_config = STRICT

    state: State | None = Field(None, description="Left out, the page inherits state, shares and schedule.")
    holdout: _Holdout = Field(
        USUAL_HOLDOUT, description="Share of visitors that keeps the shop's order for good, shop-wide."
    )
    traffic: _Share | None = Field(
        None, description="In the state `test`, the share of visitors that is personalised; 0.5 if left out."
    )
    exploration: _Exploration | None = Field(
        None,
        description="Share of the personalised rankings whose order is drawn by the model's scores rather than sorted "
        "by them, so that training can tell what pleases from what stands on top; 0.02 if left out, 0 for none.",
    )
    objective: Objective | None = Field(
        None,
        description="What the page is to be good for, from the next training on: `balanced` if left out, `clicks`, "
        "`carts` or `purchases`.",
    )
    schedule: Schedule | None = Field(
        None, description="When the state holds; at other times the page is off."
    )
    rules: RuleList | None = Field(
        None, description="At all times, in both arms. Null: those of the nearest ancestor that has any."
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.state is None and self.rules is None:
            raise PydanticCustomError("missing", "Settings should have a state, rules or both")
        return self

    @property
    def share(self) -> float:
        """The share of visitors that a test personalises."""
        return USUAL_TRAFFIC if self.traffic is None else self.traffic

    @property
    def explored_share(self) -> float:
        """The share of the personalised rankings that is drawn."""
        return USUAL_EXPLORATION if self.exploration is None else self.exploration

    @property
    def measured(self) -> tuple[str | None, float | None, float, float]:
        """What figures depend on: where one of these changes, a new window begins.

        Drawn rankings are part of what the treatment is: its figures hold them.
        """
        return self.state, self.share if self.state == "test" else None, self.holdout, self.explored_share


class KeptPage(PageSettings):
    """A page's settings as they are kept: with what the service itself notes of its measurement."""

    experiment: str | None = None  # of a test: the salt that decides who is in which arm
    window: float | None = None  # Unix seconds: figures from before it are never pooled with those after it

    @property
    def said(self) -> PageSettings:
        """What the merchant set."""
        return PageSettings.model_construct(
            **{name: getattr(self, name) for name in PageSettings.model_fields}
        )


class PageChange(BaseModel):
    """What to change about a page; what is left out stays as it is, null takes away."""

    model_config = STRICT

    state: State | None = None
    holdout: _Holdout | None = None
    traffic: _Share | None = None
    exploration: _Exploration | None = None
    objective: Objective | None = None
    schedule: Schedule | None = None
    rules: RuleList | None = None

    @property
    def is_of_rules(self) -> bool:
        """Whether it says something of the rules, and nothing of the switch."""
        return self.model_fields_set == {"rules"}

    def applied(self, settings: PageSettings) -> PageSettings:
        """Return settings with what was said changed; a state and a holdout are not taken away."""
        said = {name: getattr(self, name) for name in self.model_fields_set}
        kept = {name: value for name, value in said.items() if value is not None or name in _REMOVABLE}
        return settings.model_copy(update=kept)


_REMOVABLE: Final = frozenset({"traffic", "exploration", "schedule", "rules", "objective"})
OFF: Final = KeptPage(state="off")  # a new shop is off everywhere


@dataclass(frozen=True, slots=True)
class Effective:
    """The settings that hold for a page, and the page they were set on (None: nobody set any)."""

    settings: KeptPage
    source: str | None


def effective(pages: Mapping[str, KeptPage], page: str) -> Effective:
    """Return what holds for `page`: its own settings, else the nearest ancestor's, else those of `default`.

    Rules have a source of their own: see `rules_source`.

    >>> on = KeptPage(state="on")
    >>> effective({"category": on}, "category/shoes/boots").source
    'category'
    >>> effective({"category": on}, "home").settings.state
    'off'
    """
    for place in lineage(page):
        if (own := pages.get(place)) is not None and own.state is not None:
            return Effective(own, place)
    return Effective(OFF, None)


def own_or_inherited(pages: Mapping[str, KeptPage], page: str) -> PageSettings:
    """Return what a change of a page's switch begins with: its own settings, else what it inherits but for rules."""
    own = pages.get(page)
    if own is not None and own.state is not None:
        return own.said
    return effective(pages, page).settings.said.model_copy(update={"rules": own and own.rules})


def own_or_none(pages: Mapping[str, KeptPage], page: str) -> PageSettings:
    """Return what a change of a page's rules begins with: its own settings, else none.

    So it goes on to inherit the switch, and to be in the experiment that it is in.
    """
    own = pages.get(page)
    return PageSettings.model_construct() if own is None else own.said


def patched(pages: Mapping[str, KeptPage], page: str, change: PageChange) -> PageSettings:
    """Return the settings of a page after a change."""
    begin = own_or_none if change.is_of_rules else own_or_inherited
    return change.applied(begin(pages, page))


def rules_source(pages: Mapping[str, KeptPage], page: str) -> str | None:
    """Return the nearest page that has rules of its own, be it an empty list; None where nobody set any.

    A page that is switched on by itself so goes on to hide what its ancestors hide.

    >>> shoes, default = KeptPage(state="on"), KeptPage(state="off", rules=[])
    >>> rules_source({"shoes": shoes, "default": default}, "shoes")
    'default'
    """
    return next(
        (p for p in lineage(page) if (own := pages.get(p)) is not None and own.rules is not None), None
    )
